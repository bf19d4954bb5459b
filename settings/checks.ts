import { parseCidr, size } from "./cidr";
import type { StackSource } from "./load";
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

/** Subnets are cut as eighths of the VPC: room for a public and a private one in four zones. */
export const SUBNET_BITS = 3;
/** AWS keeps 5 addresses of a subnet, a control plane of EKS wants 6, RDS and NAT one each. */
const SMALLEST_SUBNET = 27;

/** Rules that hold on every target. */
export const SHARED_CHECKS: readonly Check<SharedSettings>[] = [
  {
    reads: ["network.cidr", "network.zones"],
    severity: "error",
    find: ({ network }) => {
      const smallest = SMALLEST_SUBNET - SUBNET_BITS;
      const cidr = parseCidr(network.cidr);
      return cidr === undefined || cidr.prefix <= smallest
        ? []
        : [
            {
              problem: `network.cidr must be /${smallest} or larger, so that the subnets of ${network.zones} zones get ${size({ first: 0, prefix: SMALLEST_SUBNET })} addresses each; got "${network.cidr}"`,
              fix: "pulumi config set network.cidr 10.0.0.0/16",
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
