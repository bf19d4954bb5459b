import { Found } from "../aws/finding";
import { ActionError, poll, type Host } from "./action";

export interface Sweep {
  /** Whose things they are, as it reads after "made by". */
  readonly whose: string;
  /** Minutes after which it gives up. */
  readonly minutes: number;
  /** What is there now. What can go only after something else may be left out until then. */
  readonly find: () => Promise<readonly Found[]>;
  /** What a person does when it has given up, a sentence. */
  readonly advice: string;
}

/**
 * Deletes what it finds until it finds nothing, looking every five seconds: some things go only when
 * others are gone, and AWS takes its time.
 *
 * @throws ActionError naming what is still there when the time is over, or what AWS does not let go.
 */
export async function sweep({ whose, minutes, find, advice }: Sweep, world: Host): Promise<void> {
  const told = new Set<string>();
  const left = await poll(
    {
      what: `what was made by ${whose}`,
      minutes,
      check: async () => {
        const found = await find();
        for (const one of found) {
          if (!told.has(one.id)) {
            told.add(one.id);
            world.log(`deleting ${one.what} ${one.id}, made by ${whose}`);
          }
          await attempt(one);
        }
        return found.length === 0
          ? undefined
          : found.map(({ what, id }) => `${what} ${id}`).join(", ");
      },
    },
    world,
  );
  if (left !== undefined) {
    throw new ActionError(
      `still there after ${minutes} minutes, made by ${whose}: ${left}. ${advice}`,
    );
  }
}

/** Refusals that time or another deletion cures; the next look shows whether it did. */
const LATER =
  /DependencyViolation|InUse|IncorrectState|IncorrectFileSystemLifeCycleState|OperationNotPermitted|Conflict|NotFound|Throttl|RequestLimitExceeded/i;
/**
 * The same in words, where the name is that of any bad request: EC2 of an interface that is being detached,
 * SageMaker of an app that has gone and of a job that has ended since they were listed.
 * https://github.com/aws/amazon-vpc-cni-k8s/issues/1399, https://github.com/awslabs/benchmark-ai/issues/928
 */
const LATER_IN_WORDS = /currently in use|already been deleted|in status (Completed|Stopp|Fail)/i;

async function attempt({ what, id, remove }: Found): Promise<void> {
  try {
    await remove?.();
  } catch (error) {
    const { name, message } = error as Error;
    if (!LATER.test(name) && !LATER_IN_WORDS.test(message)) {
      throw new ActionError(`${what} ${id} cannot be deleted: ${message}`, { cause: error });
    }
  }
}
