import { RunError } from "@pulumi/pulumi/errors";
import { inspect } from "node:util";

/** Something a person must change in a stack file. */
export interface Fault {
  /** One sentence: the setting, what is allowed, what was given. */
  readonly problem: string;
  /** The command or edit that mends it. */
  readonly fix: string;
}

/** A rule between several settings; skipped while one of them has a fault of its own. */
export interface Check<S> {
  /** Paths of the settings that it reads. */
  readonly reads: readonly string[];
  /** `error` stops everything, `warning` is printed. */
  readonly severity: "error" | "warning";
  /** @param from where the settings come from: some things are right for some names, or until a day. */
  find(settings: S, from: StackSource): readonly Fault[];
}

/** Namespace of our settings in a stack file: the name of the project. */
export const PROJECT = "ml-platform";

/**
 * Configuration of one stack by full key (`ml-platform:target`, `aws:region`). Lists and objects are
 * JSON text, as Pulumi hands them over; `undefined` stands for an encrypted value.
 */
export type ConfigSource = Readonly<Record<string, string | undefined>>;

/** Shown without a stack trace: the fault is in the stack file, not in this program. */
export class SettingsError extends RunError {
  /** Pulumi inspects an error that an `apply` throws, which walks all promises of the program. */
  [inspect.custom](): string {
    return this.message;
  }
}

/** What a stack's owner has written, and when it is read. */
export interface StackSource {
  /** Name of the stack. */
  readonly stack: string;
  readonly source: ConfigSource;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/** Settings that passed, and what a person should know before using them. */
export interface LoadedSettings<S> {
  readonly settings: S;
  readonly warnings: readonly Fault[];
}

/** Makes the faults of a check. */
export const fault = {
  /** One fault where `bad` holds, else none: checks return lists, so several can be joined. */
  when: (bad: boolean, problem: string, fix: string): readonly Fault[] =>
    bad ? [{ problem, fix }] : [],
};

/** What a function found, or why there is nothing: a sentence for the person who asked. */
export type Result<T> = { readonly ok: T } | { readonly problem: string };
