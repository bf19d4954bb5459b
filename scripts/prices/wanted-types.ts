import { INSTANCE_TYPES, sagemakerPriceKey } from "../../settings/values/instance-types";
import { hours, yearlyFee, type Wanted } from "./filters";

/**
 * Every price of an instance type that a region can have. A region need not sell a type.
 *
 * @param keys keys of all regions. The refresh looks for their types in each region.
 */
export function wantedTypes(keys: readonly string[]): Wanted[] {
  return [
    ...instances(typesOf(keys, /^ec2\.([^.]+\.[^.]+)\.hour$/)),
    ...databases(typesOf(keys, /^rds\.postgres\.(db\.[^.]+\.[^.]+)\.singleAz\.hour$/)),
    ...notebooks(typesOf(keys, /^sagemaker\.(ml\.[^.]+\.[^.]+)\.studio\.hour$/)),
    ...endpoints(typesOf(keys, /^sagemaker\.(ml\.[^.]+\.[^.]+)\.hosting\.hour$/)),
  ];
}

function typesOf(keys: readonly string[], pattern: RegExp): string[] {
  return [...new Set(keys.flatMap((key) => pattern.exec(key)?.[1] ?? []))];
}

const LINUX = {
  operatingSystem: "Linux",
  tenancy: "Shared",
  preInstalledSw: "NA",
  capacitystatus: "Used",
  operation: "RunInstances",
};
const RESERVATIONS = {
  reserved1yNoUpfront: { payment: "No Upfront", units: hours.units },
  reserved1yAllUpfront: { payment: "All Upfront", units: yearlyFee.units },
};

/** Prices of machines, on demand and reserved for a year. Adds the types of the catalogue. */
function instances(types: readonly string[]): Wanted[] {
  return [...new Set([...types, ...INSTANCE_TYPES.keys()])].flatMap((type) => {
    const filter = { usage: [`BoxUsage:${type}`], where: LINUX };
    const key = `ec2.${type}`;
    const common = { unit: "hour", offer: "AmazonEC2", optional: true };
    return [
      { ...common, key: `${key}.hour`, parts: [{ ...filter, units: hours.units }] },
      ...Object.entries(RESERVATIONS).map(([way, { payment, units }]) => ({
        ...common,
        key: `${key}.${way}.hour`,
        parts: [
          {
            ...filter,
            units,
            reserved: {
              LeaseContractLength: "1yr",
              OfferingClass: "standard",
              PurchaseOption: payment,
            },
          },
        ],
      })),
    ];
  });
}

const ZONES = { singleAz: "Single-AZ", multiAz: "Multi-AZ" };

function databases(classes: readonly string[]): Wanted[] {
  return classes.flatMap((name) =>
    Object.entries(ZONES).map(([az, deploymentOption]) => ({
      key: `rds.postgres.${name}.${az}.hour`,
      unit: "hour",
      offer: "AmazonRDS",
      // AWS cuts long usage types off here (db.r7i.2xl), so the instance type decides.
      parts: [
        {
          instance: name,
          where: {
            productFamily: "Database Instance",
            databaseEngine: "PostgreSQL",
            deploymentOption,
          },
          units: hours.units,
        },
      ],
      optional: true,
    })),
  );
}

function notebooks(types: readonly string[]): Wanted[] {
  return types.map((type) =>
    ofSagemaker(sagemakerPriceKey(type, "studio"), `Studio:JupyterLab-${type}`),
  );
}

function endpoints(types: readonly string[]): Wanted[] {
  return types.map((type) => ofSagemaker(sagemakerPriceKey(type, "hosting"), `Host:${type}`));
}

function ofSagemaker(key: string, usage: string): Wanted {
  return {
    key,
    unit: "hour",
    offer: "AmazonSageMaker",
    parts: [{ usage: [usage], units: hours.units }],
    optional: true,
  };
}
