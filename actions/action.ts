/**
 * Work that Pulumi's engine does while it creates, updates or deletes a resource. Each file of this folder but
 * this one and `sweep.ts` exports one as `action`; `components/action-resource.ts` declares it as a resource.
 *
 * Inputs are plain JSON. Printed lines appear in the output of `pulumi up` or `pulumi destroy`.
 */
export interface Action<I> {
  /**
   * Runs in a preview and before an update, with the inputs of the last `up` and the new ones, of which some are
   * unknown in a preview. An error refuses the change before anything is deleted, in a preview before anything is
   * changed at all.
   */
  review?(before: I, after: I): Promise<void>;
  /** Runs at creation, and again when an input has changed. An error fails the resource. */
  apply?(inputs: I): Promise<void>;
  /** Runs at deletion, with the inputs of the last `up`. An error keeps the resource in the state. */
  remove?(inputs: I): Promise<void>;
}

/** An error that its message explains. It has no stack trace, since the engine would print that. */
export class ActionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.stack = message;
  }
}

/** Clock and log of an action; tests bring a faster clock. */
export interface Host {
  /** Milliseconds since a fixed but arbitrary moment. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Signal that aborts after so many milliseconds. */
  limit(milliseconds: number): AbortSignal;
  /** Prints a line for the person who runs Pulumi. */
  log(line: string): void;
}

/** The real clock. Lines go to standard error, which the engine shows at once. */
export const HOST: Host = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  limit: (milliseconds) => AbortSignal.timeout(milliseconds),
  log: (line) => {
    process.stderr.write(`${line}\n`);
  },
};

/** Milliseconds after which a check is given up, all its requests together. */
export const CHECK_MS = 10_000;
/** Result of a check that was given up. */
export const NO_ANSWER = `no answer within ${CHECK_MS / 1000} s`;
/**
 * Seconds between two checks, and seconds after which the next check is logged. With the time that a check may
 * take, there is a line at least every half minute.
 */
const CHECK_SECONDS = 5;
const LOG_SECONDS = 15;

/** Something to wait for. */
export interface Polling {
  /** Its name, as it reads after "waiting for". */
  readonly what: string;
  /** Minutes after which to give up. */
  readonly minutes: number;
  /** Tells what is still missing, as it reads after a colon; undefined when nothing is. */
  readonly check: () => Promise<string | undefined>;
}

/**
 * Checks every five seconds until nothing is missing, and logs at least every half minute what still is.
 *
 * @returns the missing part when the time is over; undefined when nothing is missing.
 */
export async function poll(
  { what, minutes, check }: Polling,
  host: Host,
): Promise<string | undefined> {
  const start = host.now();
  let logged = start;
  for (;;) {
    const missing = await check();
    const passed = (host.now() - start) / 60_000;
    if (missing === undefined || passed >= minutes) {
      return missing;
    }
    if (host.now() - logged >= LOG_SECONDS * 1000) {
      logged = host.now();
      host.log(`waiting for ${what} (${passed.toFixed(1)} of ${minutes} min): ${missing}`);
    }
    await host.sleep(CHECK_SECONDS * 1000);
  }
}
