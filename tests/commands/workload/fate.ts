/** A moment some seconds after the beginning of a test's runs. */
export const at = (second: number): string => new Date(START + second * 1000).toISOString();
const START = Date.UTC(2026, 10, 20, 12);

/** Looks at a run that goes on, until a fake platform ends it. */
export const LOOKS = 2;

/** Behaviour of a fake platform to its runs. @default every one is done after two looks */
export interface Fate {
  fails?: boolean;
  /** Runs never end. */
  hangs?: boolean;
  /** A letter for each look: `x` where the platform refuses to be looked at. */
  looks?: string;
  /** The platform refuses to stop a run. */
  refusesStop?: boolean;
}
