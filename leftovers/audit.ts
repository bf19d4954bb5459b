import type { Deployment } from "../cost/deployment";
import type { Clients } from "./clients";
import { detailLooks, type Details } from "./details";
import { madeLooks, type Places } from "./made";
import { namedLooks, namesLook } from "./named";
import type { Blind, Detail, Found, Look } from "./remains";
import { taggedLooks, type Tagged } from "./tagged";

/**
 * What a thing at AWS is to its stack. `lost`: nothing knows it any more. `kept`: it was to stay. While the
 * stack is up and does not know it, `orphan`: Pulumi has made it, in a run that was interrupted; `beside`: a
 * user has made it, and it goes with the stack.
 */
export type Verdict = "lost" | "orphan" | "kept" | "beside";

/** Something of a stack that is not in its state. */
export interface Remains extends Found, Detail {
  readonly verdict: Verdict;
}

/** What the audit says of one stack. */
export interface AuditedStack {
  readonly stack: string;
  readonly stackId: string;
  /** Tag `Owner`; empty where nothing tells. */
  readonly owner: string;
  /** Whether a state of this backend has the id; without one it may be somebody else's, and up. */
  readonly known: boolean;
  /** Resources of the state that AWS has; 0 when the stack is down. */
  readonly managed: number;
  readonly remains: readonly Remains[];
}

/** What the audit has seen, and what it could not see. */
export interface Audit {
  readonly region: string;
  readonly stacks: readonly AuditedStack[];
  readonly blind: readonly Blind[];
}

/** What is asked. */
export interface AuditQuestion {
  readonly region: string;
  /** Name of one stack. @default every stack of this project that is found */
  readonly stack?: string;
  /** Id of the stack, when its state is gone and others have had its name. @default any */
  readonly stackId?: string;
  /** States by the name of the stack, as far as there are any. */
  readonly states: ReadonlyMap<string, Deployment>;
  /** Hears how many looks are done, of how many. */
  readonly progress: (done: number, all: number) => void;
}

/** Looks everywhere where something of a stack can be. It changes nothing. */
export async function audit(question: AuditQuestion, clients: Clients): Promise<Audit> {
  const { region } = question;
  const eyes = new Eyes(question.progress);
  const [tags, names] = await Promise.all([
    eyes.all(taggedLooks(clients, region)),
    eyes.all(question.stack === undefined ? [] : [namesLook(clients, question.stack)]),
  ]);
  const tagged = tags.flat();
  const stacks = stacksOf(question, [...tagged, ...names.flat()]);
  const made = (
    await eyes.all(
      stacks.flatMap((one) => [
        ...madeLooks(clients, placesOf(one, question, tagged)),
        ...namedLooks(clients, one.stack, one.stackId),
      ]),
    )
  ).flat();
  const found = unique([...tagged.map((one) => one.found), ...made]);
  const ids = new Set(stacks.map(({ stackId }) => stackId));
  const ours = found.filter(({ stackId }) => ids.has(stackId));
  const details = await eyes.all(detailLooks(clients, ours));
  return {
    region,
    stacks: stacks.map((one) => judged(one, ours, details, question)),
    blind: eyes.blind,
  };
}

/** Runs looks side by side, counts them, and remembers those that were refused. */
class Eyes {
  readonly blind: Blind[] = [];
  private done = 0;
  private begun = 0;

  constructor(private readonly progress: AuditQuestion["progress"]) {}

  async all<T>(looks: readonly Look<T>[]): Promise<T[]> {
    this.begun += looks.length;
    const answers = await Promise.all(looks.map((one) => this.one(one)));
    return answers.flatMap((answer) => (answer === undefined ? [] : [answer]));
  }

  private async one<T>({ what, permissions, look }: Look<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.blind.push({ what, permissions, reason: `${name}: ${message}` });
      return undefined;
    } finally {
      this.done += 1;
      this.progress(this.done, this.begun);
    }
  }
}

type Known = Pick<AuditedStack, "stack" | "stackId" | "owner">;

/** The stacks that are asked about: by their states, by the id that is given, and by tags. */
function stacksOf({ stack, stackId, states }: AuditQuestion, found: readonly Known[]): Known[] {
  const known = new Map<string, Known>();
  const add = (one: Known): void => {
    if (
      (stack === undefined || one.stack === stack) &&
      (stackId === undefined || one.stackId === stackId)
    ) {
      known.set(one.stackId, { ...one, owner: one.owner || (known.get(one.stackId)?.owner ?? "") });
    }
  };
  for (const [name, { stackId: id }] of states) {
    if (id !== undefined) {
      add({ stack: name, stackId: id, owner: "" });
    }
  }
  // A state says which id is the stack's own: another one of the same name is a colleague's.
  const own = stack === undefined ? undefined : states.get(stack)?.stackId;
  found
    .filter((one) => own === undefined || one.stackId === own)
    .forEach((one) => {
      add({ stack: one.stack, stackId: one.stackId, owner: one.owner });
    });
  if (stack !== undefined && stackId !== undefined && !known.has(stackId)) {
    add({ stack, stackId, owner: "" });
  }
  return [...known.values()].sort(
    (one, other) =>
      one.stack.localeCompare(other.stack) || one.stackId.localeCompare(other.stackId),
  );
}

function placesOf(
  { stack, stackId }: Known,
  question: AuditQuestion,
  tagged: readonly Tagged[],
): Places {
  const mine = tagged.filter((one) => one.stackId === stackId);
  const resources = stateOf({ stack, stackId }, question)?.resources ?? [];
  const idsOf = (kind: string, type: string): string[] => [
    ...new Set([
      ...mine.filter(({ found }) => found.kind === kind).map(({ found }) => found.id),
      ...resources.filter((one) => one.type === type).map(({ id }) => id),
    ]),
  ];
  return {
    stack,
    stackId,
    kept: mine.some(({ lifecycle }) => lifecycle === "keep"),
    vpcIds: idsOf("ec2:vpc", "aws:ec2/vpc:Vpc"),
    domainIds: idsOf("sagemaker:domain", "aws:sagemaker/domain:Domain"),
    hasOrigin: resources.some(({ type }) => type === "aws:cloudfront/vpcOrigin:VpcOrigin"),
    ownGroups: idsOf("ec2:security-group", "aws:ec2/securityGroup:SecurityGroup"),
    ownProfiles: idsOf("sagemaker:user-profile", "aws:sagemaker/userProfile:UserProfile").map(
      (id) => id.split("/").at(-1) ?? id,
    ),
  };
}

function stateOf(
  { stack, stackId }: Pick<Known, "stack" | "stackId">,
  { states }: AuditQuestion,
): Deployment | undefined {
  const state = states.get(stack);
  return state?.stackId === stackId ? state : undefined;
}

function judged(
  one: Known,
  found: readonly Found[],
  details: readonly Details[],
  question: AuditQuestion,
): AuditedStack {
  const state = stateOf(one, question);
  const managed = managedIds(state);
  const isManaged = ({ id, arn = "" }: Found): boolean => managed.has(id) || managed.has(arn);
  const all = found
    .filter(({ stackId }) => stackId === one.stackId)
    .map((thing) => ({ ...thing, ...detailOf(thing, details) }))
    .filter(({ gone }) => gone !== true);
  const up = (state?.resources.length ?? 0) > 0;
  return {
    ...one,
    known: state !== undefined,
    managed: all.filter(isManaged).length,
    remains: all
      // With its owner in the state, or listed itself, a root disk or a node is nobody's loss.
      .filter((thing) => !isManaged(thing) && thing.held !== true)
      .map((thing): Remains => ({
        ...thing,
        verdict: verdictOf(thing, up),
      }))
      .sort(byKind),
  };
}

function detailOf({ kind, id }: Found, details: readonly Details[]): Detail | undefined {
  return details.find((some) => some.kind === kind)?.byId.get(id);
}

function verdictOf({ kept, byPulumi }: Found, up: boolean): Verdict {
  if (up) {
    return byPulumi === true ? "orphan" : "beside";
  }
  return kept ? "kept" : "lost";
}

function managedIds(state: Deployment | undefined): Set<string> {
  return new Set(
    (state?.resources ?? []).flatMap(({ id, outputs }) => {
      const { arn, vpcConfig, homeEfsFileSystemId, securityGroupIdForDomainBoundary } = outputs;
      const { clusterSecurityGroupId } = (vpcConfig ?? {}) as Record<string, unknown>;
      // Parameters have a path for an id, and profiles their domain before them.
      const ids = [id, id.replace(/^\//, ""), arn];
      // What EKS and Studio make with a cluster or a domain, and take along.
      const theirs = [
        clusterSecurityGroupId,
        homeEfsFileSystemId,
        securityGroupIdForDomainBoundary,
      ];
      return [...ids, ...theirs].filter((one) => typeof one === "string" && one !== "");
    }),
  ) as Set<string>;
}

/** The same thing by its tags and by what a service calls it: the first that was found. */
function unique(found: readonly Found[]): Found[] {
  const seen = new Map<string, Found>();
  for (const one of found) {
    const key = `${one.kind ?? one.what}|${one.id}`;
    if (!seen.has(key)) {
      seen.set(key, one);
    }
  }
  return [...seen.values()];
}

function byKind(one: Remains, other: Remains): number {
  return one.what.localeCompare(other.what) || one.id.localeCompare(other.id);
}
