import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../settings/contract";
import { warningMessage } from "../settings/schema/message";

/** Needs of a stack that only some availability zones meet. */
export interface ZoneNeeds {
  readonly region: string;
  /** Number of zones, the setting `network.zones`. */
  readonly zones: number;
  /** Ids of zones without something that AWS names in its documentation only. */
  readonly withoutZoneIds: readonly string[];
  /** EC2 types of machines that run in every zone, by the setting of each; none, so that every zone will do. */
  readonly instanceTypes: Readonly<Record<string, string>>;
  /** Class of the database, which needs one zone, or two with a standby. */
  readonly database: { readonly instanceClass: string; readonly multiAz: boolean };
}

/** Zones that the account may use, and what AWS offers in them. */
interface Offers {
  /** Name of each zone, `eu-west-3a`, and its id, `euw3-az1`, which is the same zone in every account. */
  readonly zones: readonly { readonly name: string; readonly id: string }[];
  /** Ids of the zones with each instance type, by its setting. */
  readonly withTypes: Readonly<Record<string, readonly string[]>>;
  /** Names of the zones with the database class; undefined where AWS does not tell. */
  readonly withClass: readonly string[] | undefined;
}

/**
 * Names of the zones that offer what the stack needs, the best first: those that also have the database's class,
 * in alphabetical order, then the others.
 *
 * AWS does not tell in which zones SageMaker has which type.
 *
 * @param lookups provider for look-ups, see `awsProviders`.
 * @throws SettingsError inside the output where too few zones are left.
 */
export function zonesFor(needs: ZoneNeeds, lookups: aws.Provider): pulumi.Output<string[]> {
  const ask = { provider: lookups };
  const { withoutZoneIds, instanceTypes } = needs;
  // Without Local Zones, which require an opt-in: they have no NAT gateways, no RDS and few instance types.
  const zones = aws.getAvailabilityZonesOutput(
    {
      state: "available",
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      // By id, since names stand for different zones in different accounts.
      ...(withoutZoneIds.length > 0 && { excludeZoneIds: [...withoutZoneIds] }),
    },
    ask,
  );
  const offering = (type: string): pulumi.Output<string[]> =>
    aws.ec2.getInstanceTypeOfferingsOutput(
      {
        locationType: "availability-zone-id",
        filters: [{ name: "instance-type", values: [type] }],
      },
      ask,
    ).locations;
  const withTypes = Object.entries(instanceTypes).map(
    ([setting, type]) => [setting, offering(type)] as const,
  );
  return pulumi
    .all([
      zones.names,
      zones.zoneIds,
      pulumi.output(Object.fromEntries(withTypes)),
      withDatabaseClass(needs, lookups),
    ])
    .apply(([names, ids, typeIds, classNames]) =>
      chosen(needs, {
        zones: names.map((name, index) => ({ name, id: ids[index] ?? "" })),
        withTypes: typeIds,
        withClass: classNames,
      }),
    );
}

/** Names of the zones with the database's class. A failure is a warning: RDS itself refuses what it lacks. */
async function withDatabaseClass(
  { database: { instanceClass } }: ZoneNeeds,
  provider: aws.Provider,
): Promise<string[] | undefined> {
  try {
    const { availabilityZones } = await aws.rds.getOrderableDbInstance(
      {
        engine: "postgres",
        storageType: "gp3",
        // AWS lists a class once for each minor version.
        preferredInstanceClasses: [instanceClass],
        engineLatestVersion: true,
      },
      { provider },
    );
    return availabilityZones;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await pulumi.log.warn(
      `AWS does not tell which zones offer database.instanceClass ${instanceClass}: ${reason}`,
    );
    return undefined;
  }
}

/** The zones of a new stack in the order of preference. */
function chosen(needs: ZoneNeeds, { zones, withTypes, withClass }: Offers): string[] {
  const { region, zones: count, instanceTypes, database } = needs;
  const sorted = [...zones].sort((one, other) => (one.name < other.name ? -1 : 1));
  const having = (setting: string): Offers["zones"] =>
    sorted.filter(({ id }) => withTypes[setting]?.includes(id));
  // The setting of the rarest type first.
  const settings = Object.keys(instanceTypes).sort(
    (one, other) => having(one).length - having(other).length,
  );
  const fitting = sorted.filter((zone) => settings.every((one) => having(one).includes(zone)));
  const list = (some: Offers["zones"]): string =>
    some.map(({ name, id }) => `${name} (${id})`).join(", ") || "none";
  if (fitting.length < count) {
    const all = fitting.length === zones.length;
    const scarce = settings.filter((one) => having(one).length < zones.length);
    const types = scarce.map((one) => `${one} ${instanceTypes[one]}`).join(" and ");
    const most = fitting.length;
    const why = all
      ? `as many zones as the region has for this target: ${list(fitting)}`
      : `as many zones of ${region} as offer ${types}: ${list(fitting)}`;
    throw refusal(
      `network.zones must be ${most} or less, ${why}; got ${count}`,
      most < 2
        ? `pulumi config set ${scarce[0] ?? "nodes.instanceType"} TYPE   # one that more zones offer`
        : `pulumi config set network.zones ${most}`,
    );
  }
  const best = fitting.filter(({ name }) => withClass?.includes(name) ?? true);
  const needed = database.multiAz ? 2 : 1;
  if (best.length < needed) {
    throw refusal(
      `database.instanceClass must be one that ${needed} of the zones ${list(fitting)} offer${needed === 1 ? "s" : ""}; got ${database.instanceClass}, offered in: ${withClass?.join(", ") || "none"}`,
      "pulumi config set database.instanceClass CLASS   # another one",
    );
  }
  return [...new Set([...best, ...fitting])].map(({ name }) => name);
}

function refusal(problem: string, fix: string): SettingsError {
  return new SettingsError(warningMessage(pulumi.getStack(), { problem, fix }));
}
