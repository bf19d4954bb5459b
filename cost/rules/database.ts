import { isBoolean, isNumber, isString, readInput } from "../resources/inputs";
import { HOURS_PER_MONTH, type DeclaredResource, type LineItem, type PriceRule } from "../rule";
import type { Usage } from "../scenarios/usage";
import { aboveFree } from "../tiers";
import { publicIpv4 } from "./elastic-ip";

/**
 * A database instance is billed by the hour, its storage by allocated size; a standby in a second zone
 * doubles both. Backups are free up to the size of the storage. Burstable classes always run in unlimited mode,
 * so CPU beyond their baseline is billed. Not included: growth by storage autoscaling, and extended support of
 * an old engine.
 */
export const database: PriceRule = {
  type: "aws:rds/instance:Instance",
  service: "RDS",
  category: "database",
  source: "https://aws.amazon.com/rds/postgresql/pricing/",
  lines: (resource, { usage }) => {
    const facts = factsOf(resource);
    return [
      {
        label: `Database instance (on-demand, ${facts.zones}, ${facts.instanceClass})`,
        unit: "hour",
        quantity: HOURS_PER_MONTH,
        priceKey: `rds.${facts.engine}.${facts.instanceClass}.${facts.zonesKey}.hour`,
      },
      ...credits(facts, usage),
      ...storage(resource, facts),
      {
        label: `Backup storage (beyond ${facts.storageGb} GB free)`,
        unit: "GB-month",
        quantity: aboveFree(facts.storageGb, usage.rdsBackupGb),
        usage: "rdsBackupGb",
        priceKey: "rds.backup.gbMonth",
      },
      ...(readInput(resource, "manageMasterUserPassword", isBoolean, false) ? [masterSecret] : []),
      ...(readInput(resource, "publiclyAccessible", isBoolean, false) ? [publicIpv4] : []),
    ];
  },
};

interface Facts {
  readonly engine: string;
  readonly instanceClass: string;
  readonly zones: "Single-AZ" | "Multi-AZ";
  readonly zonesKey: "singleAz" | "multiAz";
  readonly storageGb: number;
  readonly storageType: string;
}

function factsOf(resource: DeclaredResource): Facts {
  const multiAz = readInput(resource, "multiAz", isBoolean, false);
  return {
    engine: readInput(resource, "engine", isString),
    instanceClass: readInput(resource, "instanceClass", isString),
    zones: multiAz ? "Multi-AZ" : "Single-AZ",
    zonesKey: multiAz ? "multiAz" : "singleAz",
    storageGb: readInput(resource, "allocatedStorage", isNumber),
    storageType: readInput(resource, "storageType", isString),
  };
}

/**
 * IOPS and MB/s that the price of gp3 includes. From 400 GB on, where RDS stripes the storage, it includes
 * more.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
 */
function includedInGp3(storageGb: number): { iops: number; throughput: number } {
  return storageGb < 400 ? { iops: 3000, throughput: 125 } : { iops: 12000, throughput: 500 };
}

function storage(resource: DeclaredResource, facts: Facts): LineItem[] {
  const { engine, storageType, storageGb, zones, zonesKey } = facts;
  const included = includedInGp3(storageGb);
  const extra = (property: "iops" | "throughput", input: string): number =>
    storageType === "gp3" ? readInput(resource, input, isNumber, 0) - included[property] : 0;
  const key = `rds.${engine}.${storageType}.${zonesKey}`;
  return [
    {
      label: `Storage (${zones}, ${storageType})`,
      unit: "GB-month",
      quantity: storageGb,
      priceKey: `${key}.gbMonth`,
    },
    {
      label: `Storage IOPS (${zones}, ${storageType}, beyond ${included.iops})`,
      unit: "IOPS-month",
      quantity: extra("iops", "iops"),
      priceKey: `${key}.extraIops.month`,
    },
    {
      label: `Storage throughput (${zones}, ${storageType}, beyond ${included.throughput} MB/s)`,
      unit: "MB/s-month",
      quantity: extra("throughput", "storageThroughput"),
      priceKey: `${key}.extraThroughput.month`,
    },
  ].filter(({ quantity }) => quantity > 0);
}

/** Surplus CPU credits of a burstable class, e.g. `db.t4g.micro`. */
function credits({ engine, instanceClass }: Facts, usage: Usage): LineItem[] {
  const [, family] = /^db\.(t\w+)\./.exec(instanceClass) ?? [];
  return family === undefined
    ? []
    : [
        {
          label: `Surplus CPU credits (db.${family})`,
          unit: "vCPU-hour",
          quantity: usage.databaseSurplusVcpuHours,
          usage: "databaseSurplusVcpuHours",
          priceKey: `rds.${engine}.cpuCredits.${family}.vcpuHour`,
        },
      ];
}

/** RDS creates the secret for the master password; no resource of the stack declares it. */
const masterSecret: LineItem = {
  label: "Database master password",
  unit: "secret-month",
  quantity: 1,
  priceKey: "secretsManager.secret.month",
  service: "Secrets Manager",
};
