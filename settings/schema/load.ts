import { faultsMessage } from "./message";
import {
  type Check,
  ConfigSource,
  type Fault,
  LoadedSettings,
  PROJECT,
  SettingsError,
  StackSource,
} from "../contract";
import { awsFaults } from "./aws-config";
import { flatten, Invalid, mustBe, type NamedSetting, type SettingTree } from "./setting";
import { unknownKeys } from "./unknown-keys";

interface Entries<S> {
  readonly settings: SettingTree;
  readonly checks: readonly Check<S>[];
}

/** The settings and checks of all targets, and those that each target adds. */
export interface Catalogue<S> {
  readonly shared: Entries<S>;
  readonly byTarget: Readonly<Record<string, Entries<S>>>;
}

/**
 * Reads every setting of the stack's target from its configuration.
 *
 * @throws SettingsError that lists every missing, invalid or unknown key and every conflict.
 */
export function load<S>(from: StackSource, { shared, byTarget }: Catalogue<S>): LoadedSettings<S> {
  const { stack, source } = from;
  const name = source[`${PROJECT}:target`] ?? "";
  const target = Object.hasOwn(byTarget, name) ? byTarget[name] : undefined;
  const inForce = [
    ...flatten(shared.settings),
    ...(target === undefined ? [] : flatten(target.settings)),
  ];
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  const bad = new Set<string>();
  for (const entry of inForce) {
    const found = read(entry, source);
    setPath(values, entry.path, found.value);
    if (found.faults.length > 0) {
      bad.add(entry.path);
      faults.push(...found.faults);
    }
  }
  // Without a valid target the other keys may belong to any target, so none of these is unknown.
  const meant = target === undefined ? Object.values(byTarget) : [];
  const known = [...inForce, ...meant.flatMap((one) => flatten(one.settings))];
  faults.push(
    ...awsFaults(source),
    ...unknownKeys(
      source,
      known.filter(({ setting }) => setting.key === undefined).map(({ path }) => path),
    ),
  );

  // The loop above has given a value to every path that a check reads.
  const settings = values as S;
  const found = [...shared.checks, ...(target?.checks ?? [])]
    .filter((check) => !check.reads.some((path) => bad.has(path)))
    .map((check) => ({ severity: check.severity, faults: check.find(settings, from) }));
  const ofSeverity = (wanted: "error" | "warning"): Fault[] =>
    found.filter(({ severity }) => severity === wanted).flatMap((check) => check.faults);
  faults.push(...ofSeverity("error"));
  if (faults.length > 0) {
    const title = `the settings of stack "${stack}" cannot be used`;
    throw new SettingsError(faultsMessage(title, stack, faults), faults);
  }
  return { settings, warnings: ofSeverity("warning") };
}

/** The full configuration key of a setting. */
export function keyOf({ path, setting }: NamedSetting): string {
  return setting.key ?? `${PROJECT}:${path}`;
}

/** The command that gives a setting its example value, or one command for each part of it. */
function command({ path, setting }: NamedSetting): string {
  return setting.example.startsWith("--path")
    ? setting.example.replace(/^/gm, "pulumi config set ")
    : `pulumi config set ${setting.key ?? path} ${setting.example}`;
}

function read(entry: NamedSetting, source: ConfigSource): { value?: unknown; faults: Fault[] } {
  const { path, setting } = entry;
  const key = keyOf(entry);
  const name = setting.key ?? path;
  if (!(key in source)) {
    return setting.fallback === undefined
      ? { faults: [{ problem: mustBe(name, setting, "it is not set"), fix: command(entry) }] }
      : { value: setting.fallback, faults: [] };
  }
  const raw = source[key];
  if (raw === undefined) {
    const problem = `${name} must be readable without the stack's passphrase or key; it is encrypted`;
    return { faults: [{ problem, fix: command(entry) }] };
  }
  const value = setting.parse(raw);
  if (!(value instanceof Invalid)) {
    return { value, faults: [] };
  }
  const fix = value.fix ?? command(entry);
  return {
    faults: value
      .explain(name, setting, `"${raw}"`)
      .map((problem) => (typeof problem === "string" ? { problem, fix } : problem)),
  };
}

function setPath(values: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop() ?? path;
  let at = values;
  for (const name of names) {
    at = (at[name] ??= {}) as Record<string, unknown>;
  }
  at[last] = value;
}
