import { ActionError, wait, type World } from "./action";

/** One thing in AWS that is in nobody's state. */
export interface Found {
  /** Kind as it reads in a sentence. */
  readonly what: string;
  readonly id: string;
  /** Whose it is, as it reads after "made by". @default that of the sweep */
  readonly whose?: string;
  /** When it was made. @default the list does not tell */
  readonly since?: Date | undefined;
  /** Studio's instance type, of an app. @default it has none */
  readonly instanceType?: string | undefined;
  /** Asks AWS to delete it. @default it is going already, and only waited for */
  readonly remove?: () => Promise<unknown>;
}

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
export async function sweep({ whose, minutes, find, advice }: Sweep, world: World): Promise<void> {
  const told = new Set<string>();
  const left = await wait(
    {
      what: `what was made by ${whose}`,
      minutes,
      look: async () => {
        const found = await find();
        for (const one of found) {
          if (!told.has(one.id)) {
            told.add(one.id);
            world.say(news(one, whose));
          }
          await attempt(one);
        }
        return found.length === 0
          ? undefined
          : found
              .map(({ what, id, whose: own }) => `${what} ${id}${own ? ` of ${own}` : ""}`)
              .join(", ");
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

function news({ what, id, whose: own, remove }: Found, whose: string): string {
  const thing = `${what} ${id}, made by ${own ?? whose}`;
  return remove === undefined ? `${thing}, is being deleted` : `deleting ${thing}`;
}

/** What a list of AWS has, over all of its pages. */
export async function collect<Page, T>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly T[] | undefined,
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) {
    all.push(...(itemsOf(page) ?? []));
  }
  return all;
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
