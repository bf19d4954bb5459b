import { fault, type Check, type Fault } from "../contract";
import { EKS_MINORS, EKS_VERSIONS, supportOf, type EksMinor } from "../versions/eks";

/** US dollars an hour that extended support adds. https://aws.amazon.com/eks/pricing/ (2026-10-08) */
const EXTENDED_SURCHARGE = 0.5;

/** Days before the end of standard support in which it is worth saying. */
const NOTICE_DAYS = 60;

/** Rules about the support that AWS gives a minor version of Kubernetes. */
export const VERSION_CHECKS: readonly Check<{
  readonly kubernetes: { readonly version: EksMinor };
}>[] = [
  {
    reads: ["kubernetes.version"],
    severity: "error",
    find: ({ kubernetes: { version } }, { today }) =>
      fault.when(
        supportOf(version, today) === "ended",
        `kubernetes.version must be one that EKS still has; got "${version}", which ended on ${EKS_VERSIONS[version].endOfExtended}`,
        newer(version),
      ),
  },
  {
    reads: ["kubernetes.version"],
    severity: "warning",
    find: ({ kubernetes: { version } }, { today }) => versionWarnings(version, today),
  },
];

function versionWarnings(version: EksMinor, today: string): readonly Fault[] {
  const { endOfStandard, endOfExtended } = EKS_VERSIONS[version];
  const support = supportOf(version, today);
  const daysLeft = (Date.parse(endOfStandard) - Date.parse(today)) / 86_400_000;
  return [
    ...fault.when(
      support === "extended",
      `kubernetes.version ${version} is in extended support since ${endOfStandard}, until ${endOfExtended}: the stack does not ask for that, so it is priced without the surcharge of $${EXTENDED_SURCHARGE * 730} a month, and AWS upgrades its cluster by itself`,
      newer(version),
    ),
    ...fault.when(
      support === "standard" && daysLeft <= NOTICE_DAYS,
      `standard support of kubernetes.version ${version} ends on ${endOfStandard}: then AWS upgrades the cluster by itself`,
      newer(version),
    ),
  ];
}

/** The command for the next version, since EKS goes up by one at a time; undefined for the newest. */
function newer(version: EksMinor): string | undefined {
  const next = EKS_MINORS[EKS_MINORS.indexOf(version) - 1];
  return next && `pulumi config set kubernetes.version ${next}   # one minor version at a time`;
}
