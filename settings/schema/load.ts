import { RunError } from "@pulumi/pulumi/errors";
import { inspect } from "node:util";
import { awsFaults } from "./aws-config";
import type { Check, Fault } from "../checks";
import { flatten, Refusal, visible, type NamedSetting, type SettingTree } from "./setting";
import { unknownKeys } from "./unknown-keys";

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

interface Entries<S> {
  readonly tree: SettingTree;
  readonly checks: readonly Check<S>[];
}

/** The entries that hold for every target, and those that one target adds. */
export interface Catalogue<S> {
  readonly shared: Entries<S>;
  readonly byTarget: Readonly<Record<string, Entries<S>>>;
}

/**
 * Reads every setting in force for the stack's target from its configuration.
 *
 * @throws SettingsError that lists every missing, refused or unknown key and every conflict.
 */
export function load<S>(from: StackSource, { shared, byTarget }: Catalogue<S>): LoadedSettings<S> {
  const { stack, source } = from;
  const name = source[`${PROJECT}:target`] ?? "";
  const target = Object.hasOwn(byTarget, name) ? byTarget[name] : undefined;
  const inForce = [...flatten(shared.tree), ...(target === undefined ? [] : flatten(target.tree))];
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  const bad = new Set<string>();
  for (const entry of inForce) {
    const found = read(entry, source);
    place(values, entry.path, found.value);
    if (found.faults.length > 0) {
      bad.add(entry.path);
      faults.push(...found.faults);
    }
  }
  // Without a valid target any target's settings may be meant; only the target is then at fault.
  const meant = target === undefined ? Object.values(byTarget) : [];
  const known = [...inForce, ...meant.flatMap(({ tree }) => flatten(tree))];
  faults.push(
    ...awsFaults(source),
    ...unknownKeys(
      source,
      known.filter(({ setting }) => setting.key === undefined).map(({ path }) => path),
    ),
  );

  // Every path that a check reads has its type now; the cast says what the loop above did.
  const settings = values as S;
  const found = [...shared.checks, ...(target?.checks ?? [])]
    .filter((check) => !check.reads.some((path) => bad.has(path)))
    .map((check) => ({ severity: check.severity, faults: check.find(settings, from) }));
  const of = (severity: "error" | "warning"): Fault[] =>
    found.filter((one) => one.severity === severity).flatMap((one) => one.faults);
  faults.push(...of("error"));
  if (faults.length > 0) {
    const title = `the settings of stack "${stack}" cannot be used`;
    throw new SettingsError(message(title, stack, faults));
  }
  return { settings, warnings: of("warning") };
}

/** Faults as a person reads them: each with the command that mends it below. */
export function message(title: string, stack: string, faults: readonly Fault[]): string {
  const entries = faults.map(({ problem, fix }) => {
    const lines = inStack(stack, fix).split("\n");
    return [`  - ${visible(problem)}`, ...lines.map((line) => `      ${line}`)];
  });
  return [`${title}:`, ...entries.flat()].join("\n");
}

/** A fix whose commands name the stack: the selected one may be another. */
export function inStack(stack: string, fix: string): string {
  return fix.replace(/pulumi config (set|rm) [^;#\n]*[^;#\s]/g, `$& --stack ${stack}`);
}

/** Full key of a setting. */
export function keyOf({ path, setting }: NamedSetting): string {
  return setting.key ?? `${PROJECT}:${path}`;
}

/** The command that gives a setting its example value, or one for each part of it. */
function command({ path, setting }: NamedSetting): string {
  return setting.example.startsWith("--path")
    ? setting.example.replace(/^/gm, "pulumi config set ")
    : `pulumi config set ${setting.key ?? path} ${setting.example}`;
}

function read(entry: NamedSetting, source: ConfigSource): { value?: unknown; faults: Fault[] } {
  const { path, setting } = entry;
  const key = keyOf(entry);
  const name = setting.key ?? path;
  const allowed = setting.allowed + (setting.unit === undefined ? "" : ` (${setting.unit})`);
  if (!(key in source)) {
    return setting.fallback === undefined
      ? {
          faults: [{ problem: `${name} must be ${allowed}; it is not set`, fix: command(entry) }],
        }
      : { value: setting.fallback, faults: [] };
  }
  const raw = source[key];
  if (raw === undefined) {
    const problem = `${name} must be readable by everybody who prices the stack; it is encrypted`;
    return { faults: [{ problem, fix: command(entry) }] };
  }
  const value = setting.parse(raw);
  if (!(value instanceof Refusal)) {
    return { value, faults: [] };
  }
  const got = value.details.length === 0 ? [`got "${raw}"`] : value.details;
  return {
    faults: got.map((detail) =>
      typeof detail === "string"
        ? { problem: `${name} must be ${allowed}; ${detail}`, fix: value.fix ?? command(entry) }
        : detail,
    ),
  };
}

function place(values: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop() ?? path;
  let at = values;
  for (const name of names) {
    at = (at[name] ??= {}) as Record<string, unknown>;
  }
  at[last] = value;
}
