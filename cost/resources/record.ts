import * as pulumi from "@pulumi/pulumi";
import type { DeclaredResource } from "../rule";

/** Options of a recording. */
export interface RecordOptions {
  /** Name of the stack. */
  readonly stack: string;
  /** AWS region that look-ups answer for. */
  readonly region: string;
  /**
   * As in `pulumi preview`: what only AWS can tell stays unknown, and so does all that follows from
   * it. Otherwise `outputs` has to give whatever the program reads.
   */
  readonly preview: boolean;
  /** Outputs that AWS would add to a resource's inputs; only without `preview`. @default only an id */
  readonly outputs?: (resource: Pick<DeclaredResource, "type" | "name" | "inputs">) => object;
}

/**
 * Runs a program against Pulumi mocks and resolves to everything it declares. What is priced, what
 * is tested and what is deployed are therefore the same.
 *
 * Calls can follow one another in a process but must not overlap: the mocks are global.
 *
 * @throws Error when the program looks up something without an answer here, fails inside an `apply`, waits
 *   for what never comes, or declares two resources of one type and name, of which the engine takes one.
 *   Pulumi's mocks swallow all four, and resources would be missing without a word.
 */
export async function record(
  declare: () => unknown,
  options: RecordOptions,
): Promise<DeclaredResource[]> {
  const inputsOf = new Map<string, Readonly<Record<string, unknown>>>();
  const failures: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const declared = inputs as Record<string, unknown>;
        if (inputsOf.has(`${type}::${name}`)) {
          failures.push(`two resources are ${type} "${name}"`);
        }
        inputsOf.set(`${type}::${name}`, declared);
        const added = options.preview ? {} : options.outputs?.({ type, name, inputs: declared });
        return { id: idOf(name), state: { ...declared, ...added } };
      },
      call: ({ token }) => {
        const answer = lookUp(token, zonesOf(options.region));
        if (answer === undefined) {
          failures.push(`no answer for the look-up ${token}`);
        }
        return answer ?? {};
      },
    },
    "ml-platform",
    options.stack,
    options.preview,
  );
  failures.push(...(await withoutStackTraces(() => rejectionsOf(declare))));
  if (failures.length > 0) {
    throw new Error(`the program fails when it is recorded:\n  ${failures.join("\n  ")}`);
  }
  return registered().map((urn) => {
    const { type, name } = partsOf(urn);
    return { type, name, urn, id: idOf(name), inputs: inputsOf.get(`${type}::${name}`) ?? {} };
  });
}

/** The id that stands in for AWS's: mocks have to give one, also in a preview. */
function idOf(name: string): string {
  return `${name}-id`;
}

/** Answers to look-ups, in the shape in which AWS gives them. */
function lookUp(
  token: string,
  { names, zoneIds }: ReturnType<typeof zonesOf>,
): Record<string, unknown> | undefined {
  const answers: Readonly<Record<string, Record<string, unknown>>> = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": { names, zoneIds },
    // Everything is offered everywhere: what AWS lacks today, in which zone, is no matter of price.
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": { locations: zoneIds },
    "aws:rds/getOrderableDbInstance:getOrderableDbInstance": { availabilityZones: names },
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
    "aws:ssm/getParameter:getParameter": { insecureValue: "ami-0123456789abcdef0" },
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": { id: "pl-0123456789abcdef0" },
  };
  return answers[token];
}

/** Names and ids of a region's zones, as many as any stack can have. Ids are AWS's: `euw3-az1`, `apse2-az1`. */
function zonesOf(region: string): { readonly names: string[]; readonly zoneIds: string[] } {
  const [area = "", ...rest] = region.split("-");
  const short =
    area + rest.join("").replace(/north|south|east|west|central/g, (word) => word[0] ?? "");
  return {
    names: ["a", "b", "c", "d"].map((letter) => region + letter),
    zoneIds: [1, 2, 3, 4].map((number) => `${short}-az${number}`),
  };
}

/**
 * Runs the program to its end, or to its first rejection: what waits for a failed resource waits for
 * ever. Node reports a rejection one turn after the fact, and other listeners (a test runner's)
 * would take it for their own.
 */
async function rejectionsOf(declare: () => unknown): Promise<string[]> {
  const reasons = new Set<string>();
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  let stop: () => void = () => undefined;
  const rejected = new Promise<void>((resolve) => (stop = resolve));
  const collect = (reason: unknown): void => {
    reasons.add(reason instanceof Error ? reason.message : String(reason));
    stop();
  };
  // Node asks before it leaves, which it does when nothing is left to wait for.
  const stuck = (): void => {
    collect("something that it waits for never comes");
  };
  process.on("unhandledRejection", collect);
  process.on("beforeExit", stuck);
  try {
    const all = Promise.resolve(declare()).then(() => pulumi.runtime.disconnect());
    await Promise.race([all, rejected]);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("beforeExit", stuck);
    process.off("unhandledRejection", collect);
    others.forEach((listener) => process.on("unhandledRejection", listener));
  }
  return [...reasons];
}

/** URNs of everything registered, in order. Only the mocks' own monitor keeps them. */
function registered(): string[] {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    getRegisteredResources(): ReadonlyMap<string, unknown>;
  };
  return [...monitor.getRegisteredResources().keys()];
}

/** `urn:pulumi:stack::project::parent$type::name`; a name may hold single colons, never two. */
function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", name = ""] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name };
}

/**
 * Runs without stack traces. Pulumi takes one of every resource and every promise, which takes as long as
 * the program itself. Pulumi also raises the limit for them, so a setter here ignores it.
 */
async function withoutStackTraces<T>(run: () => Promise<T>): Promise<T> {
  const limit = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit") ?? {};
  Object.defineProperty(Error, "stackTraceLimit", {
    configurable: true,
    get: () => 0,
    set: () => undefined,
  });
  try {
    return await run();
  } finally {
    Object.defineProperty(Error, "stackTraceLimit", limit);
  }
}
