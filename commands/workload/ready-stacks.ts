import type { StoredStack } from "../../cost/resources/stack-export";
import { problemsOf, SettingsError, valuesOf, type Result } from "../../settings/contract";
import { TARGET_NAMES } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import type { Terminal } from "../standard-output";
import type { ReadyStack } from "./ready-stack";

/** Everything that a command which runs on stacks uses outside this process; tests replace it. */
export interface WorkloadContext extends Terminal {
  readonly now: () => Date;
  /** Stacks of the current Pulumi backend with these names, all of which must exist. */
  readonly stored: (stacks: readonly string[]) => Promise<readonly StoredStack[]>;
  /** The means of a stack to run the workload as a person, and to tune it; see `readyStack`. */
  readonly ready: (stack: StoredStack, person: string | undefined) => Promise<Result<ReadyStack>>;
  /** The reason why `kubectl` cannot be used here; undefined when it can. */
  readonly withoutKubectl: () => Promise<string | undefined>;
  /** Aborted when the person wants to end everything. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at a run. */
  readonly interval: number;
}

/** Stacks that a command names, and the person to run as. */
interface Asked {
  readonly stacks: readonly string[];
  readonly person: string | undefined;
}

/**
 * Acts on stacks that are all ready to run, and removes afterwards what reaching them has put on this machine.
 *
 * @returns the exit status of `act`; 2 where a stack is not ready, with the problems on standard error.
 */
export async function onStacks(
  asked: Asked,
  context: WorkloadContext,
  act: (stacks: readonly ReadyStack[]) => Promise<number>,
): Promise<number> {
  const { stacks, problems } = await readyStacks(asked, context);
  try {
    if (problems.length > 0) {
      context.err(`${problems.join("\n")}\n`);
      return 2;
    }
    return await act(stacks);
  } finally {
    stacks.forEach(({ close }) => {
      close();
    });
  }
}

/** The stacks with the means to run, and the problems of all that have none. */
async function readyStacks(
  { stacks: names, person }: Asked,
  context: WorkloadContext,
): Promise<{ readonly stacks: readonly ReadyStack[]; readonly problems: readonly string[] }> {
  try {
    const stored = await context.stored(names);
    const results = await Promise.all(stored.map((one) => readiness(one, person, context)));
    const problems = problemsOf(results);
    const isCluster = stored.some(({ deployment: { target } }) => isOnNodes(target));
    const missing = isCluster ? await context.withoutKubectl() : undefined;
    return {
      stacks: valuesOf(results),
      problems: [...problems, ...(missing === undefined ? [] : [missing])],
    };
  } catch (error) {
    return { stacks: [], problems: [messageOf(error)] };
  }
}

/** True for a target whose runs are Jobs of a cluster. */
function isOnNodes(target: string | undefined): boolean {
  const known = TARGET_NAMES.find((name) => name === target);
  return known !== undefined && profileOf(known).capacity.kind === "nodes";
}

async function readiness(
  stored: StoredStack,
  person: string | undefined,
  { ready }: WorkloadContext,
): Promise<Result<ReadyStack>> {
  try {
    return await ready(stored, person);
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** @throws the error itself when it is one of the program. */
function messageOf(error: unknown): string {
  if (error instanceof SettingsError) {
    return error.message;
  }
  throw error;
}
