import { sentenceOf } from "../settings/foreign-text";

/** A question to AWS: where something of a stack can be, or what else there is to know about findings. */
export interface Lookup<T> {
  /** Name of what is looked up, as it reads after "could not look for". */
  readonly what: string;
  /** IAM actions that it takes. */
  readonly permissions: readonly string[];
  readonly run: () => Promise<T>;
}

/** A look-up that AWS refused. */
export interface DeniedLookup {
  readonly what: string;
  readonly permissions: readonly string[];
  /** AWS's error. */
  readonly reason: string;
}

/** No look-up had an answer, and all for one reason: there is nothing to report. */
export class CouldNotLook extends Error {}

/** Characters of an error of AWS, which names who asked, for what, and of which resource. */
const MOST_OF_A_REASON = 400;

/** Names of errors of an AWS client that has no credentials to sign a request with. */
const WITHOUT_CREDENTIALS = ["CredentialsProviderError", "TokenProviderError"];

/** Runs look-ups in parallel, counts them, and collects those that AWS refused: a refusal does not stop the others. */
export class LookupRunner {
  readonly denied: DeniedLookup[] = [];
  private done = 0;
  private begun = 0;

  /** @param progress called after each look-up with how many are done, of how many. */
  constructor(private readonly progress: (done: number, all: number) => void) {}

  /** Answers of those look-ups that AWS did not refuse. */
  async all<T>(lookups: readonly Lookup<T>[]): Promise<T[]> {
    this.begun += lookups.length;
    const answers = await Promise.all(lookups.map((lookup) => this.one(lookup)));
    return answers.flatMap((answer) => (answer === undefined ? [] : [answer]));
  }

  /**
   * Ends where nothing can be seen.
   *
   * @throws CouldNotLook when every look-up until now was refused, and for the same reason.
   */
  endIfBlind(): void {
    const [reason, ...others] = new Set(this.denied.map((one) => one.reason));
    if (reason !== undefined && others.length === 0 && this.denied.length === this.begun) {
      throw new CouldNotLook(`Could not look: ${reason}`);
    }
  }

  private async one<T>({ what, permissions, run }: Lookup<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.denied.push({ what, permissions, reason: reasonOf(error) });
      return undefined;
    } finally {
      this.done += 1;
      this.progress(this.done, this.begun);
    }
  }
}

function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "Error";
  return WITHOUT_CREDENTIALS.includes(name)
    ? `no AWS credentials (${sentenceOf(error, MOST_OF_A_REASON)})`
    : `${name}: ${sentenceOf(error, MOST_OF_A_REASON)}`;
}
