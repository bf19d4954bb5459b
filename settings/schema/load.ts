import { defined } from "../defined";
import {
  type Check,
  ConfigSource,
  type Fault,
  LoadedSettings,
  PROJECT,
  SettingsError,
  StackSource,
} from "../contract";
import { awsFaults, clearSecrets } from "./aws-config";
import { faultsMessage } from "./message";
import { accepts, flatten, Invalid, mustBe, type NamedSetting, type SettingTree } from "./setting";
import { shellWord } from "../foreign-text";

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
export function load<S>(from: StackSource, catalogue: Catalogue<S>): LoadedSettings<S> {
  const { shared, byTarget } = catalogue;
  const { stack, source } = from;
  const name = source[`${PROJECT}:target`] ?? "";
  const target = Object.hasOwn(byTarget, name) ? byTarget[name] : undefined;
  const inForce = [
    ...flatten(shared.settings),
    ...(target === undefined ? [] : flatten(target.settings)),
  ];
  const unknown = unknownKeys(source, {
    settings: inForce,
    others: settingsOfOthers(catalogue, target),
    // Without a valid target the keys may belong to any, so none of another target is unknown.
    target: target && name,
  });
  const misspelt = new Set(unknown.flatMap(({ meant }) => meant));
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  const bad = new Set<string>();
  for (const entry of inForce) {
    const found = read(entry, source, misspelt);
    setPath(values, entry.path, found.value);
    if (found.faults.length > 0) {
      bad.add(entry.path);
      faults.push(...found.faults);
    }
  }
  const unread = new Set(unknown.map(({ key }) => key));
  const readable = Object.entries(source).filter(([key]) => !unread.has(key));
  faults.push(...awsFaults(Object.fromEntries(readable)), ...unknown.map(({ fault }) => fault));

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
  return { settings, warnings: [...clearSecrets(from), ...ofSeverity("warning")] };
}

/** Settings that only other targets have, each with the names of its targets. */
function settingsOfOthers<S>(
  { byTarget }: Catalogue<S>,
  target: Entries<S> | undefined,
): ReadonlyMap<string, { readonly entry: NamedSetting; readonly targets: readonly string[] }> {
  const own = new Set(target && flatten(target.settings).map(({ path }) => path));
  const others = new Map<string, { entry: NamedSetting; targets: string[] }>();
  for (const [name, { settings }] of Object.entries(byTarget)) {
    for (const entry of flatten(settings).filter(({ path }) => !own.has(path))) {
      const { targets = [] } = others.get(entry.path) ?? {};
      others.set(entry.path, { entry, targets: [...targets, name] });
    }
  }
  return others;
}

/** The full configuration key of a setting. */
export function keyOf({ path, setting }: NamedSetting): string {
  return setting.key ?? `${PROJECT}:${path}`;
}

/** The command that gives a setting a value, or one command for each part of it. */
function command({ path, setting }: NamedSetting, value: string): string {
  return value.startsWith("--path")
    ? value.replace(/^/gm, "pulumi config set ")
    : `pulumi config set ${setting.key ?? path} ${value}`;
}

function read(
  entry: NamedSetting,
  source: ConfigSource,
  misspelt: ReadonlySet<string>,
): { value?: unknown; faults: Fault[] } {
  const { path, setting } = entry;
  const key = keyOf(entry);
  const name = setting.key ?? path;
  if (!Object.hasOwn(source, key)) {
    const problem = mustBe(name, setting, "it is not set");
    // The command for the key that was misspelt sets the value that its writer chose.
    const fix = misspelt.has(key) ? {} : { fix: command(entry, setting.example) };
    return setting.fallback === undefined
      ? { faults: [{ problem, ...fix }] }
      : { value: setting.fallback, faults: [] };
  }
  const raw = source[key];
  if (raw === undefined) {
    const problem = `${name} must be readable without the stack's passphrase or key; it is encrypted`;
    return { faults: [{ problem, fix: `${command(entry, "VALUE")}   # without --secret` }] };
  }
  const value = setting.parse(raw);
  if (!(value instanceof Invalid)) {
    return { value, faults: [] };
  }
  const meant = setting.meant?.(raw);
  const sure = meant !== undefined && !meant.startsWith("-") && accepts(setting, meant);
  const fix = value.fix ?? (sure ? command(entry, shellWord(meant)) : undefined);
  return {
    faults: value
      .explain(name, setting, raw)
      .map((problem) => (typeof problem === "string" ? { problem, ...defined({ fix }) } : problem)),
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
