import type { Deployment } from "../cost/resources/stack-export";
import type { Clients } from "./clients";
import { logGroupLookup, lookupsByName } from "./finders/by-name";
import { lookupsByTag } from "./finders/by-tag";
import { untaggedLookups, type Places } from "./finders/untagged";
import { KINDS } from "./kinds";
import type { Charge, Description } from "./kinds/kind";
import { LookupRunner, type DeniedLookup, type Lookup } from "./lookup";
import type { StackFinding } from "./stack-finding";

/**
 * Relation of a finding to its stack. `leftover`: the stack is gone, and this remains. `kept`: the stack is gone,
 * and this is retained on purpose. For a running stack, `interrupted`: created by Pulumi in an interrupted run, but
 * missing from the state; `user-made`: created by a user, and deleted with the stack.
 */
export type Verdict = "leftover" | "interrupted" | "kept" | "user-made";

/** A finding that is not in the state of its stack. */
export interface Leftover extends StackFinding {
  readonly verdict: Verdict;
  /** Its size, e.g. "20 GB". @default AWS does not tell */
  readonly size: string | undefined;
  /** Costs of a month; undefined where AWS does not tell them. */
  readonly charges: readonly Charge[] | undefined;
  /** Lines for bash that remove it, in their order; undefined where none are known. */
  readonly commands: readonly string[] | undefined;
}

/** A stack and what the audit found of it. */
export interface AuditedStack {
  readonly stack: string;
  readonly stackId: string;
  /** Tag `Owner`; empty where nothing tells it. */
  readonly owner: string;
  /** True if a state of this backend has the id; without one the stack may be a colleague's, and running. */
  readonly hasState: boolean;
  /** Number of findings that are in the state; 0 when the stack is down. */
  readonly managed: number;
  readonly leftovers: readonly Leftover[];
}

/** Result of an audit. */
export interface Audit {
  readonly region: string;
  readonly stacks: readonly AuditedStack[];
  /** Look-ups that AWS refused. */
  readonly denied: readonly DeniedLookup[];
}

/** Scope of an audit. */
export interface AuditQuestion {
  readonly region: string;
  /** Names of the stacks. @default every stack of this project that is found */
  readonly stacks?: readonly string[];
  /** Id of the one stack, when its state is gone and others have had its name. @default any */
  readonly stackId?: string;
  /** States by the name of the stack, as far as there are any. */
  readonly states: ReadonlyMap<string, Deployment>;
  /** Called with how many look-ups are done, of how many. */
  readonly progress: (done: number, all: number) => void;
}

/**
 * Looks for everything of a stack, or of all stacks, at AWS. It only reads.
 *
 * @throws CouldNotLook when AWS can be asked nothing, for want of credentials or of a connection.
 */
export async function audit(question: AuditQuestion, clients: Clients): Promise<Audit> {
  const { region, stacks: names = [] } = question;
  const lookups = new LookupRunner(question.progress);
  const [byTag, byName] = await Promise.all([
    lookups.all(lookupsByTag(clients, region)),
    lookups.all(names.map((name) => logGroupLookup(clients, name))),
  ]);
  lookups.endIfBlind();
  const tagged = byTag.flat();
  const stacks = stacksOf(question, [...tagged, ...byName.flat()]);
  const more = await lookups.all(
    stacks.flatMap((one) => [
      ...untaggedLookups(clients, placesOf(one, question, tagged)),
      ...lookupsByName(clients, one.stack, one.stackId),
    ]),
  );
  const ids = new Set(stacks.map(({ stackId }) => stackId));
  const findings = unique([...tagged, ...more.flat()]).filter(({ stackId }) => ids.has(stackId));
  const described = new Map(await lookups.all(descriptionLookups(clients, findings)));
  return {
    region,
    stacks: stacks.map((one) => audited(one, findings, described, question)),
    denied: lookups.denied,
  };
}

type StackKey = Pick<AuditedStack, "stack" | "stackId" | "owner">;

/** The stacks in question: by their states, by the id that is given, and by findings. */
function stacksOf(
  { stacks: names, stackId, states }: AuditQuestion,
  findings: readonly StackKey[],
): StackKey[] {
  const stacks = new Map<string, StackKey>();
  const add = (one: StackKey): void => {
    if (
      (names === undefined || names.includes(one.stack)) &&
      (stackId === undefined || one.stackId === stackId)
    ) {
      const owner = one.owner || (stacks.get(one.stackId)?.owner ?? "");
      stacks.set(one.stackId, { stack: one.stack, stackId: one.stackId, owner });
    }
  };
  for (const [name, { stackId: id }] of states) {
    if (id !== undefined) {
      add({ stack: name, stackId: id, owner: "" });
    }
  }
  // The state has the stack's own id: another id with the same name is a colleague's.
  const own = ({ stack }: StackKey): string | undefined =>
    names === undefined ? undefined : states.get(stack)?.stackId;
  findings.filter((one) => (own(one) ?? one.stackId) === one.stackId).forEach(add);
  const [stack] = names ?? [];
  if (stack !== undefined && stackId !== undefined && !stacks.has(stackId)) {
    add({ stack, stackId, owner: "" });
  }
  return [...stacks.values()].sort(
    (one, other) =>
      one.stack.localeCompare(other.stack) || one.stackId.localeCompare(other.stackId),
  );
}

function placesOf(
  { stack, stackId }: StackKey,
  question: AuditQuestion,
  tagged: readonly StackFinding[],
): Places {
  const own = tagged.filter((one) => one.stackId === stackId);
  const resources = stateOf({ stack, stackId }, question)?.resources ?? [];
  const idsOf = (kind: string, type: string): string[] => [
    ...new Set([
      ...own.filter((one) => one.kind === kind).map(({ id }) => id),
      ...resources.filter((one) => one.type === type).map(({ id }) => id),
    ]),
  ];
  return {
    stack,
    stackId,
    keepsData: own.some(({ keepsData }) => keepsData),
    vpcIds: idsOf("ec2:vpc", "aws:ec2/vpc:Vpc"),
    domainIds: idsOf("sagemaker:domain", "aws:sagemaker/domain:Domain"),
    hasVpcOrigin: resources.some(({ type }) => type === "aws:cloudfront/vpcOrigin:VpcOrigin"),
    ownGroups: idsOf("ec2:security-group", "aws:ec2/securityGroup:SecurityGroup"),
    ownProfiles: idsOf("sagemaker:user-profile", "aws:sagemaker/userProfile:UserProfile").map(
      (id) => id.split("/").at(-1) ?? id,
    ),
  };
}

function stateOf(
  { stack, stackId }: Pick<StackKey, "stack" | "stackId">,
  { states }: AuditQuestion,
): Deployment | undefined {
  const state = states.get(stack);
  return state?.stackId === stackId ? state : undefined;
}

/** Findings without those that another finder has listed before, by tags as well as by a service's own names. */
function unique(findings: readonly StackFinding[]): StackFinding[] {
  const seen = new Map<string, StackFinding>();
  for (const one of findings) {
    const key = `${one.kind}|${one.id}`;
    if (!seen.has(key)) {
      seen.set(key, one);
    }
  }
  return [...seen.values()];
}

/** Descriptions of a kind by id. */
type Described = ReadonlyMap<string, ReadonlyMap<string, Description>>;

/**
 * Look-ups that ask services about findings. The tagging API still lists some resources, such as hosted zones and
 * user pools, up to an hour after their deletion: a finding that its own service does not know is gone.
 */
function descriptionLookups(
  clients: Clients,
  findings: readonly StackFinding[],
): Lookup<readonly [kind: string, byId: ReadonlyMap<string, Description>]>[] {
  return Object.entries(KINDS).flatMap(([name, { plural, describe }]) => {
    const ofKind = findings.filter(({ kind }) => kind === name);
    return describe === "listed" || ofKind.length === 0
      ? []
      : [
          {
            what: `more about ${plural}`,
            permissions: [describe.permission],
            run: async () => {
              const unknown = ofKind.map(({ id }) => [id, { gone: true }] as const);
              return [name, new Map([...unknown, ...(await describe.ask(clients, ofKind))])];
            },
          },
        ];
  });
}

function audited(
  one: StackKey,
  findings: readonly StackFinding[],
  described: Described,
  question: AuditQuestion,
): AuditedStack {
  const state = stateOf(one, question);
  const up = (state?.resources.length ?? 0) > 0;
  const managed = managedIds(state);
  const isManaged = ({ kind, id, arn = "" }: StackFinding): boolean =>
    managed.has(id) || managed.has(`${kind} ${id}`) || managed.has(arn);
  const descriptionOf = ({ kind, id }: StackFinding): Description | undefined =>
    described.get(kind)?.get(id);
  const existing = findings.filter(
    (finding) => finding.stackId === one.stackId && descriptionOf(finding)?.gone !== true,
  );
  return {
    ...one,
    hasState: state !== undefined,
    managed: existing.filter(isManaged).length,
    leftovers: existing
      .filter((finding) => !isManaged(finding))
      .map((finding) => ({ finding, description: descriptionOf(finding) }))
      // A root disk or a node has an owner that is in the state, or listed itself.
      .filter(({ description }) => description?.held !== true)
      .filter(({ description: { partOf } = {} }) => partOf === undefined || managed.has(partOf))
      .map(({ finding, description }) => leftoverOf(finding, description, up))
      .sort(byLabel),
  };
}

/**
 * Kinds by types whose id stands for that kind alone. A stack's login page and database have the same name, and
 * either may be missing from the state.
 */
const KIND_OF_ID: Readonly<Record<string, string>> = {
  "aws:cognito/userPoolDomain:UserPoolDomain": "cognito-idp:domain",
};

function managedIds(state: Deployment | undefined): Set<string> {
  return new Set(
    (state?.resources ?? []).flatMap(({ type, id, outputs }) => {
      const { arn, vpcConfig, homeEfsFileSystemId, securityGroupIdForDomainBoundary } = outputs;
      const { clusterSecurityGroupId } = (vpcConfig ?? {}) as Record<string, unknown>;
      const kind = KIND_OF_ID[type];
      // Ids of parameters are paths.
      const ids = kind === undefined ? [id, id.replace(/^\//, ""), arn] : [`${kind} ${id}`];
      // EKS and Studio create these with a cluster or a domain, and delete them with it.
      const parts = [clusterSecurityGroupId, homeEfsFileSystemId, securityGroupIdForDomainBoundary];
      return [...ids, ...parts].filter((one) => typeof one === "string" && one !== "");
    }),
  ) as Set<string>;
}

function leftoverOf(
  finding: StackFinding,
  description: Description | undefined,
  up: boolean,
): Leftover {
  const kind = KINDS[finding.kind];
  const charges = typeof kind?.charges === "function" ? kind.charges(finding) : kind?.charges;
  return {
    ...finding,
    verdict: verdictOf(finding, up),
    since: description?.since ?? finding.since,
    size: description?.size,
    charges: description?.charges ?? (typeof charges === "string" ? undefined : charges),
    commands: kind?.remove(finding),
  };
}

function verdictOf({ kind, keepsData, byPulumi }: StackFinding, up: boolean): Verdict {
  if (up) {
    return byPulumi ? "interrupted" : "user-made";
  }
  return keepsData && KINDS[kind]?.holdsData === true ? "kept" : "leftover";
}

function byLabel(one: Leftover, other: Leftover): number {
  return one.label.localeCompare(other.label) || one.id.localeCompare(other.id);
}
