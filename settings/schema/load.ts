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
import { flatten, type NamedSetting, Invalid, type SettingTree } from "./setting";
import { unknownKeys } from "./unknown-keys";

interface Entries<S> {
  readonly settings: SettingTree;
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
  // Without a valid target any target's settings may be meant; only the target is then at fault.
  const meant = target === undefined ? Object.values(byTarget) : [];
  const known = [...inForce, ...meant.flatMap((one) => flatten(one.settings))];
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
    throw new SettingsError(faultsMessage(title, stack, faults));
  }
  return { settings, warnings: of("warning") };
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
  if (!(value instanceof Invalid)) {
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

function setPath(values: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop() ?? path;
  let at = values;
  for (const name of names) {
    at = (at[name] ??= {}) as Record<string, unknown>;
  }
  at[last] = value;
}
