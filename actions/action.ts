/**
 * Work of this project that Pulumi's engine does itself while it creates, changes or deletes a
 * resource: one file of this folder each, which exports its `action`. `components/action-resource.ts`
 * makes a resource of it.
 *
 * Inputs are plain JSON. What is printed appears in the output of `pulumi up` or `destroy`.
 */
export interface Action<I> {
  /** At creation, and again when an input has changed. An error fails the resource. */
  apply?(inputs: I): Promise<void>;
  /** At deletion, with the inputs of the last `up`. An error keeps the resource. */
  remove?(inputs: I): Promise<void>;
}

/** A fault that its message explains. The engine prints stacks, and here there is nothing in one. */
export class ActionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.stack = message;
  }
}

/** What an action needs of the world around it; tests bring a shorter clock. */
export interface World {
  /** Milliseconds since any moment. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Signal that aborts after so long. */
  limit(milliseconds: number): AbortSignal;
  /** Tells the person who waits. */
  say(line: string): void;
}

/** The real world. Lines go to standard error, which the engine shows as they come. */
export const WORLD: World = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  limit: (milliseconds) => AbortSignal.timeout(milliseconds),
  say: (line) => {
    process.stderr.write(`${line}\n`);
  },
};

/** Milliseconds that a look may take, all its requests together, until it is given up. */
export const LOOK_MS = 10_000;
/** What such a look says is missing. */
export const NO_ANSWER = `no answer within ${LOOK_MS / 1000} s`;
/**
 * Seconds between two looks, and after which the person who waits hears of it at the next one: with
 * what a look may take there is a line at least every half minute.
 */
const LOOK_SECONDS = 5;
const SAY_SECONDS = 15;

export interface Waiting {
  /** What is waited for, as it reads after "waiting for". */
  readonly what: string;
  readonly minutes: number;
  /** What is still missing, as it reads behind a colon; undefined when nothing is. */
  readonly look: () => Promise<string | undefined>;
}

/**
 * Looks every five seconds until nothing is missing, and says at least every half minute what still is.
 *
 * @returns what is missing when the time is over; undefined when nothing is.
 */
export async function wait(
  { what, minutes, look }: Waiting,
  world: World,
): Promise<string | undefined> {
  const start = world.now();
  let said = start;
  for (;;) {
    const missing = await look();
    const passed = (world.now() - start) / 60_000;
    if (missing === undefined || passed >= minutes) {
      return missing;
    }
    if (world.now() - said >= SAY_SECONDS * 1000) {
      said = world.now();
      world.say(`waiting for ${what} (${passed.toFixed(1)} of ${minutes} min): ${missing}`);
    }
    await world.sleep(LOOK_SECONDS * 1000);
  }
}
