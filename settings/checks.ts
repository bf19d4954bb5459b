import type { StackSource } from "./schema/load";
import type { SharedSettings } from "./shared";

/** Something a person must change in a stack file. */
export interface Fault {
  /** One sentence: the setting, what is allowed, what was given. */
  readonly problem: string;
  /** The command or edit that mends it. */
  readonly fix: string;
}

/** A rule between several settings; skipped while one of them has a fault of its own. */
export interface Check<S> {
  /** Paths of the settings that it reads. */
  readonly reads: readonly string[];
  /** `error` stops everything, `warning` is printed. */
  readonly severity: "error" | "warning";
  /** @param from where the settings come from: some things are right for some names, or until a day. */
  find(settings: S, from: StackSource): readonly Fault[];
}

/**
 * Availability zones of the regions that have prices. Others are counted by AWS, in the middle of an `up`.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
export const ZONES: Readonly<Record<string, number>> = { "eu-west-3": 3, "us-east-1": 6 };

/** Rules that hold on every target. */
export const SHARED_CHECKS: readonly Check<SharedSettings>[] = [
  {
    reads: ["region", "network.zones"],
    severity: "error",
    find: ({ region, network }) => {
      const most = ZONES[region] ?? network.zones;
      return network.zones <= most
        ? []
        : [
            {
              problem: `network.zones must be ${most} or less in ${region}, which has no more; got ${network.zones}`,
              fix: `pulumi config set network.zones ${most}`,
            },
          ];
    },
  },
  {
    reads: ["lifecycle", "database.multiAz"],
    severity: "warning",
    find: ({ lifecycle, database }) =>
      lifecycle === "keep" && !database.multiAz
        ? [
            {
              problem:
                "lifecycle is keep, but the database stands in a single zone: when that zone fails, it is gone until AWS repairs it",
              fix: "pulumi config set database.multiAz true",
            },
          ]
        : [],
  },
];
