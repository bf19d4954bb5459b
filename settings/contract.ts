import { RunError } from "@pulumi/pulumi/errors";
import { inspect } from "node:util";
import { defined } from "./defined";

/** A mistake that a person must correct in a stack file. */
export interface Fault {
  /** One sentence: the setting, what is allowed, what was written. */
  readonly problem: string;
  /** The commands or edit that correct it. @default only who wrote the setting knows what they meant */
  readonly fix?: string;
}

/** A rule for one or more settings; skipped while one of them has a fault of its own. */
export interface Check<S> {
  /** Paths of the settings that the rule reads. */
  readonly reads: readonly string[];
  /** `error` stops the command, `warning` is only printed. */
  readonly severity: "error" | "warning";
  /** @param from source of the settings; some values are valid for some stack names, or until some day. */
  find(settings: S, from: StackSource): readonly Fault[];
}

/** Namespace of this program's settings in a stack file: the name of the Pulumi project. */
export const PROJECT = "ml-platform";

/**
 * Configuration of one stack by full key (`ml-platform:target`, `aws:region`). Lists and objects are
 * JSON text, as Pulumi passes them on; `undefined` stands for an encrypted value.
 */
export type ConfigSource = Readonly<Record<string, string | undefined>>;

/** An error in a stack file, not in this program; Pulumi prints it without a stack trace. */
export class SettingsError extends RunError {
  /** @param faults what the message lists. @default none: the file as a whole cannot be used */
  constructor(
    message: string,
    readonly faults: readonly Fault[] = [],
  ) {
    super(message);
  }

  /** The faults in one sentence; the message where none is listed. */
  get reason(): string {
    const problems = this.faults.map(({ problem }) => problem);
    return problems.length === 0 ? this.message : problems.join("; ");
  }

  /** Replaces the inspection by Pulumi of an error in `apply`, which would walk all promises of the program. */
  [inspect.custom](): string {
    return this.message;
  }
}

/** The configuration of a stack, and the day on which it is read. */
export interface StackSource {
  /** Name of the stack. */
  readonly stack: string;
  readonly source: ConfigSource;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** True for a key that the stack file has encrypted. @default what is encrypted cannot be read */
  readonly isEncrypted?: (key: string) => boolean;
}

/** Valid settings, and warnings that a person should read before using them. */
export interface LoadedSettings<S> {
  readonly settings: S;
  readonly warnings: readonly Fault[];
}

/** Creates the faults of a check. */
export const fault = {
  /** One fault if `bad` is true, otherwise none: a list, so that several can be joined. */
  when: (bad: boolean, problem: string, fix?: string): readonly Fault[] =>
    bad ? [{ problem, ...defined({ fix }) }] : [],
};

/** The value that was asked for, or a sentence that says why there is none. */
export type Result<T> = { readonly ok: T } | { readonly problem: string };

/** Values of the results that have one. */
export function valuesOf<T>(results: readonly Result<T>[]): T[] {
  return results.flatMap((one) => ("ok" in one ? [one.ok] : []));
}

/** Problems of the results that have no value. */
export function problemsOf(results: readonly Result<unknown>[]): string[] {
  return results.flatMap((one) => ("problem" in one ? [one.problem] : []));
}
