import { type ConfigSource, PROJECT } from "../contract";
import { isArgument, shellWord } from "../foreign-text";
import { isSecretAccess } from "./aws-access";
import { acceptsAws } from "./aws-config";
import { accepts, isRecord, type NamedSetting } from "./setting";

/** A value under a key that nothing reads, and the setting that it is meant for. */
export interface Move {
  /** Key as it is typed, `nodes.count` or `aws:region`; with a `base`, a path below it. */
  readonly key: string;
  /** Its value. @default it is encrypted, or it is unsure that it is one of this setting */
  readonly value: string | undefined;
  /** Key of the list or group of which `key` is a part. @default `key` is a setting */
  readonly base?: string;
  /** The edit of the stack file that does the same, for when no command can. */
  readonly edit: string;
}

/** Everything that decides about a command. */
export interface Surroundings {
  readonly source: ConfigSource;
  /** Settings that the stack may have. */
  readonly settings: readonly NamedSetting[];
  /** Full key of the unknown one. */
  readonly from: string;
}

/** Most commands for one value: with more, the file is edited faster. */
const MOST_COMMANDS = 15;

/**
 * The commands that give a setting the value that was meant: none where the stack has one for it already.
 *
 * @returns undefined where that is unsure, or where a command cannot have the value.
 */
export function commandsFor(move: Move, around: Surroundings): string[] | undefined {
  return move.base === undefined ? valueCommand(move, around) : partCommands(move, around);
}

function valueCommand({ key, value }: Move, { source, settings }: Surroundings) {
  if (Object.hasOwn(source, fullKey(key))) {
    return [];
  }
  const meant = meantBy(key, value, settings);
  return meant !== undefined && isArgument(meant)
    ? [`pulumi config set ${key} ${shellWord(meant)}`]
    : undefined;
}

/** The accepted value that was meant; undefined where that is unsure, and for a secret, which nobody may read. */
function meantBy(
  key: string,
  value: string | undefined,
  settings: readonly NamedSetting[],
): string | undefined {
  const setting = settingOf(key, settings);
  const name = awsName(key);
  if (value === undefined || isSecretAccess(name)) {
    return undefined;
  }
  if (setting === undefined) {
    return name !== "" && acceptsAws(name, value) ? value : undefined;
  }
  return [value, setting.meant?.(value)].find((one) => one !== undefined && accepts(setting, one));
}

/** The setting with a key as it is typed. @returns undefined for one of the AWS provider alone */
export function settingOf(
  key: string,
  settings: readonly NamedSetting[],
): NamedSetting["setting"] | undefined {
  return settings.find(({ path, setting }) => (setting.key ?? path) === key)?.setting;
}

/** A key as the stack file has it. */
export function fullKey(key: string): string {
  return key.includes(":") ? key : `${PROJECT}:${key}`;
}

/** Name of a setting of the AWS provider; empty for any other key. */
export function awsName(key: string): string {
  return key.startsWith("aws:") ? key.slice("aws:".length) : "";
}

/** A command for each plain value below a path: `pulumi config set --path` would store JSON as text. */
function partCommands({ key, value, base = "" }: Move, around: Surroundings): string[] | undefined {
  const below = key.slice(base.length);
  // The dot in a setting's name is none of the path.
  const parts = partsOf(`${base.includes(".") ? `["${base}"]` : base}${below}`, value);
  return !isSecretAccess(awsName(base)) &&
    isPlace(below, base, around) &&
    isEntry(below, value, settingOf(base, around.settings)) &&
    parts.length <= MOST_COMMANDS &&
    parts.every(([path, part]) => isArgument(path) && part !== undefined && isArgument(part))
    ? parts.map(
        ([path, part]) => `pulumi config set --path '${inQuotes(path)}' ${shellWord(part ?? "")}`,
      )
    : undefined;
}

function inQuotes(path: string): string {
  return path.replaceAll("'", "'\\''");
}

/** False for a whole entry of a list that its setting would refuse: it would replace one that is good. */
function isEntry(
  below: string,
  value: string | undefined,
  setting: NamedSetting["setting"] | undefined,
): boolean {
  const isWhole = /^\[\d+\]$/.test(below);
  return (
    setting === undefined || !isWhole || accepts(setting, JSON.stringify([json(value) ?? value]))
  );
}

/** True where `--path` adds to a list or group: it replaces a plain value, and refuses to leave out an entry. */
function isPlace(below: string, base: string, { source, settings, from }: Surroundings): boolean {
  const [, index] = /^\[(\d+)\]/.exec(below) ?? [];
  const empty = index === undefined ? "{}" : "[]";
  const isList = settingOf(base, settings)?.type === "list";
  const present = json(Object.hasOwn(source, fullKey(base)) ? source[fullKey(base)] : empty);
  if (isList ? index === undefined : !acceptsAws(awsName(base), empty)) {
    return false;
  }
  if (index === undefined) {
    return isRecord(present);
  }
  const keys = Object.keys(source).map(withBrackets);
  const previous = fullKey(`${base}[${Number(index) - 1}]`);
  const follows = keys
    .slice(0, keys.indexOf(withBrackets(from)))
    .some((key) => key.startsWith(previous));
  return Array.isArray(present) && (Number(index) <= present.length || follows);
}

/** A path in which the index of an entry has brackets, as `--path` takes it: `users[0].name` for `users.0.name`. */
export function withBrackets(path: string): string {
  return path.replace(/\.(\d+)(?=\.|$)/g, "[$1]");
}

/** Plain values at and below a path, each with its own; undefined for an empty list or group, and for none. */
function partsOf(
  path: string,
  raw: string | undefined,
): [path: string, value: string | undefined][] {
  const structured = json(raw);
  const collect = (at: string, value: unknown): [string, string | undefined][] => {
    if (typeof value !== "object" || value === null) {
      return [[at, value === null ? undefined : textOf(value)]];
    }
    const parts = Array.isArray(value)
      ? value.map((part, index) => [`[${index}]`, part] as const)
      : Object.entries(value).map(([name, part]) => [stepOf(name), part] as const);
    return parts.length === 0
      ? [[at, undefined]]
      : parts.flatMap(([step, part]) => collect(at + step, part));
  };
  try {
    return typeof structured === "object" ? collect(path, structured) : [[path, raw]];
  } catch {
    // Too many levels.
    return [[path, undefined]];
  }
}

/** A plain value as text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function stepOf(name: string): string {
  return /^[\w-]+$/.test(name) ? `.${name}` : `["${name.replaceAll('"', '\\"')}"]`;
}

/** A structured value; undefined for plain text. */
export function json(raw: string | undefined): unknown {
  try {
    return JSON.parse(raw ?? "");
  } catch {
    return undefined;
  }
}
