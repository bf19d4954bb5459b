import type { Finding } from "../aws/finding";
import { ActionError, poll, type Host } from "./action";

/** Resources to delete. */
export interface Sweep {
  /** Creator of those that name none themselves, as it reads after "created by". */
  readonly creator: string;
  /** Minutes after which to give up. */
  readonly minutes: number;
  /** Lists them. Those that AWS would not delete yet may be left out until it would. */
  readonly find: () => Promise<readonly Finding[]>;
  /** Advice for the person when the time is over, a sentence. */
  readonly advice: string;
}

/**
 * Deletes findings until there are none, and lists them again every five seconds: AWS deletes some only after
 * others, and takes its time.
 *
 * @throws ActionError naming the findings that exist when the time is over, or one that AWS refuses to delete.
 */
export async function sweep({ creator, minutes, find, advice }: Sweep, host: Host): Promise<void> {
  const logged = new Set<string>();
  const left = await poll(
    {
      what: `the deletion of what was created by ${creator}`,
      minutes,
      check: async () => {
        const found = await find();
        for (const one of found) {
          if (!logged.has(one.id)) {
            logged.add(one.id);
            host.log(announcement(one, creator));
          }
          await attempt(one);
        }
        return found.length === 0
          ? undefined
          : found
              .map(({ label, id, creator: own }) => `${label} ${id}${own ? ` of ${own}` : ""}`)
              .join(", ");
      },
    },
    host,
  );
  if (left !== undefined) {
    throw new ActionError(
      `still there after ${minutes} minutes, created by ${creator}: ${left}. ${advice}`,
    );
  }
}

/** Line for the log about a finding; AWS itself deletes one without `remove`. */
function announcement({ label, id, creator, remove }: Finding, otherwise: string): string {
  const finding = `${label} ${id}, created by ${creator ?? otherwise}`;
  return remove === undefined ? `waiting until AWS deletes ${finding}` : `deleting ${finding}`;
}

/** Names of refusals that pass with time or after another deletion; the next attempt shows whether they did. */
const TEMPORARY =
  /DependencyViolation|InUse|IncorrectState|IncorrectFileSystemLifeCycleState|OperationNotPermitted|Conflict|NotFound|Throttl|RequestLimitExceeded/i;
/**
 * Messages of such refusals that have the name of any bad request: EC2's for an interface that is being detached,
 * SageMaker's for an app that was deleted and a job that ended since they were listed.
 * https://github.com/aws/amazon-vpc-cni-k8s/issues/1399, https://github.com/awslabs/benchmark-ai/issues/928
 */
const TEMPORARY_MESSAGE = /currently in use|already been deleted|in status (Completed|Stopp|Fail)/i;

async function attempt({ label, id, remove }: Finding): Promise<void> {
  try {
    await remove?.();
  } catch (error) {
    const { name, message } = error as Error;
    if (!TEMPORARY.test(name) && !TEMPORARY_MESSAGE.test(message)) {
      throw new ActionError(`${label} ${id} cannot be deleted: ${message}`, { cause: error });
    }
  }
}
