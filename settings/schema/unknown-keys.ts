import { type ConfigSource, type Fault, PROJECT } from "../contract";
import { defined } from "../defined";
import { isTypeable, printable, shellWord } from "../foreign-text";
import { AWS_NAMES, acceptsAws } from "./aws-config";
import { isSecretAccess } from "./aws-access";
import { nearest, sameLetters } from "./nearest";
import { accepts, isRecord, type NamedSetting } from "./setting";

/** Everything that a key may stand for. */
export interface KnownKeys {
  /** Settings of the stack. */
  readonly settings: readonly NamedSetting[];
  /** Settings by path that only other targets have, with their names. */
  readonly others: ReadonlyMap<
    string,
    { readonly entry: NamedSetting; readonly targets: readonly string[] }
  >;
  /** Target of the stack. @default it is not valid: settings of every target are known */
  readonly target: string | undefined;
}

/** A key that nothing reads. */
interface UnknownKey {
  readonly fault: Fault;
  /** Full key of the setting that it stands for, if that is sure. */
  readonly meant?: string;
}

/** A reading of an unknown key: what is wrong with it, and the settings that it stands for, with their values. */
interface Reading {
  readonly problem: string;
  readonly set?: readonly { readonly key: string; readonly value: string | undefined }[];
  /** True where the keys are set part by part. */
  readonly byPath?: boolean;
}

/**
 * Finds keys that nothing reads: unknown settings of this program and of its AWS provider, and
 * misspelt namespaces of this program. Keys of other providers and of Pulumi itself are ignored.
 */
export function unknownKeys(source: ConfigSource, known: KnownKeys): UnknownKey[] {
  return Object.entries(source).flatMap(([key, raw]) => {
    const [namespace = "", name = ""] = key.split(/:(.*)/s);
    if (namespace === PROJECT ? isKnown(name, known) : AWS_NAMES.includes(awsName(key))) {
      return [];
    }
    const reading = readingOf({ namespace, name, raw }, known);
    return reading === undefined ? [] : [unknown(key, reading, { source, known })];
  });
}

function isKnown(name: string, { settings, others, target }: KnownKeys): boolean {
  return (
    settings.some(({ path, setting }) => setting.key === undefined && path === name) ||
    (target === undefined && others.has(name))
  );
}

function awsName(key: string): string {
  return key.startsWith("aws:") ? key.slice("aws:".length) : "";
}

interface Written {
  readonly namespace: string;
  readonly name: string;
  readonly raw: string | undefined;
}

/** The reading of an unknown key; undefined for one of another program. */
function readingOf(written: Written, known: KnownKeys): Reading | undefined {
  const { namespace, name } = written;
  if (namespace === PROJECT) {
    return ofOtherTarget(name, known) ?? byPath(written, known) ?? misspelt(written, known);
  }
  if (namespace === "aws") {
    return withoutPath(written, AWS_NAMES, "aws:") ?? misspelt(written, known);
  }
  const groups = known.settings.map(({ path }) => path.split(".")[0] ?? path);
  const joined = `${namespace}.${name}`;
  if (groups.includes(namespace) && keysOf(known).includes(joined)) {
    return misspelt({ ...written, name: joined }, known);
  }
  const isOurs =
    (sameLetters(namespace, [PROJECT, "aws"]) ?? nearest(namespace, [PROJECT])) !== undefined;
  return isOurs || (name.includes(".") && keysOf(known).includes(name))
    ? misspelt(written, known)
    : undefined;
}

/** Keys as they are typed: the settings of this program without a namespace, those of the provider with theirs. */
function keysOf({ settings }: KnownKeys): string[] {
  const own = settings.map(({ path, setting }) => setting.key ?? path);
  return [...new Set([...own, ...AWS_NAMES.map((name) => `aws:${name}`)])];
}

function ofOtherTarget(name: string, { others, target }: KnownKeys): Reading | undefined {
  const { targets } = others.get(name) ?? {};
  return (
    targets && {
      problem: `is a setting of ${targets.join(" and ")}; the target is ${target ?? ""}`,
    }
  );
}

/** A key whose dots and brackets were read as a path although it is a name, or the other way round. */
function byPath(written: Written, { settings, others }: KnownKeys): Reading | undefined {
  const { name, raw } = written;
  const paths = [...settings.map(({ path }) => path), ...others.keys()];
  const inGroup = paths.filter((path) => path.startsWith(`${name}.`));
  if (inGroup.length > 0) {
    const leaves = leavesOf(name, raw);
    return {
      problem: `is no setting but a group of them, as --path writes it; each setting is one key, such as ${inGroup[0] ?? ""}`,
      set: [...leaves].map(([key, value]) => ({ key, value })),
    };
  }
  const lists = settings.filter(({ setting }) => setting.type === "list").map(({ path }) => path);
  return withoutPath(written, lists, "");
}

function withoutPath(
  { name, raw }: Written,
  whole: readonly string[],
  prefix: string,
): Reading | undefined {
  const isPart = whole.some((one) => name.startsWith(`${one}[`) || name.startsWith(`${one}.`));
  const path = name.replace(/\.(\d+)(?=\.|$)/g, "[$1]");
  const isIndexed = path.includes("[");
  return isPart
    ? {
        problem: "is a part of a setting, which only --path can set",
        // In a path an entry of a list has brackets, and every part of these lists is of an entry.
        set: isIndexed || prefix !== "" ? [{ key: `${prefix}${path}`, value: raw }] : [],
        byPath: true,
      }
    : undefined;
}

/** Plain values below a structured one, by dotted name. */
function leavesOf(path: string, raw: string | undefined): Map<string, string> {
  const leaves = new Map<string, string>();
  const collect = (at: string, value: unknown): void => {
    if (isRecord(value)) {
      Object.entries(value).forEach(([name, inner]) => {
        collect(`${at}.${name}`, inner);
      });
    } else if (["string", "number", "boolean"].includes(typeof value)) {
      leaves.set(at, String(value));
    }
  };
  try {
    const value: unknown = JSON.parse(raw ?? "");
    collect(path, isRecord(value) ? value : undefined);
  } catch {
    // Not structured, or too deep to be a group of settings: there is nothing to take over.
  }
  return leaves;
}

function misspelt({ namespace, name, raw }: Written, known: KnownKeys): Reading {
  const keys = keysOf(known);
  const bare = name.replace(new RegExp(`^${PROJECT}[.:]`), "");
  const candidates =
    namespace.toLowerCase() === "aws" ? [`aws:${bare}`, bare] : [bare, `aws:${bare}`];
  const found =
    candidates.find((one) => keys.includes(one)) ??
    firstOf(candidates, (one) => sameLetters(one, keys)) ??
    firstOf(candidates, (one) => sameLetters(one.replace(":", "."), keys)) ??
    lastPartOf(bare, keys) ??
    firstOf(candidates, (one) => nearest(one, keys));
  return {
    problem: `is not a setting of this program${found === undefined ? "" : `; the nearest known name is ${found}`}`,
    ...(found !== undefined && { set: [{ key: found, value: raw }] }),
  };
}

function firstOf(
  names: readonly string[],
  find: (name: string) => string | undefined,
): string | undefined {
  return names.map(find).find((found) => found !== undefined);
}

/** The only setting of which a name is the last part: `multiAz` is `database.multiAz`. */
function lastPartOf(name: string, keys: readonly string[]): string | undefined {
  const found = keys.filter((key) => key.split(/[.:]/).at(-1) === name);
  return found.length === 1 ? found[0] : undefined;
}

function unknown(
  key: string,
  { problem, set = [], byPath = false }: Reading,
  { source, known }: { readonly source: ConfigSource; readonly known: KnownKeys },
): UnknownKey {
  const shown = key.startsWith(`${PROJECT}:`) ? key.slice(PROJECT.length + 1) : key;
  const takenOver = set.flatMap(({ key: name, value }) => {
    const command = byPath
      ? partCommand(name, value)
      : setCommand({ name, value }, { source, known });
    return command === undefined ? [] : [command];
  });
  const meant = set.length === 1 && !byPath ? set[0]?.key : undefined;
  return {
    fault: {
      problem: `"${printable(shown)}" ${problem}`,
      fix: [removal(shown), ...takenOver].join("\n"),
    },
    ...defined({ meant: meant && fullKey(meant) }),
  };
}

function fullKey(key: string): string {
  return key.includes(":") ? key : `${PROJECT}:${key}`;
}

/** The command that removes a key, or where to remove one that nobody could type. */
function removal(key: string): string {
  // A name that begins with a hyphen would be taken for an option.
  const name = key.startsWith("-") ? `${PROJECT}:${key}` : key;
  return isTypeable(name)
    ? `pulumi config rm ${shellWord(name)}`
    : "delete this key from the stack file";
}

/** The command that sets a value under its right name; undefined if it has one already, or no valid or public one. */
function setCommand(
  { name, value }: { readonly name: string; readonly value: string | undefined },
  { source, known: { settings } }: { readonly source: ConfigSource; readonly known: KnownKeys },
): string | undefined {
  const own = settings.find(({ path, setting }) => (setting.key ?? path) === name);
  const aws = awsName(name);
  if (value === undefined || !isTypeable(value) || Object.hasOwn(source, fullKey(name))) {
    return undefined;
  }
  const isValid =
    own === undefined ? aws !== "" && acceptsAws(aws, value) : accepts(own.setting, value);
  return isValid && !isSecretAccess(aws)
    ? `pulumi config set ${name} ${shellWord(value)}`
    : undefined;
}

function partCommand(path: string, value: string | undefined): string | undefined {
  const isSecret = value === undefined || !isTypeable(value);
  return isSecret || !isTypeable(path)
    ? undefined
    : `pulumi config set --path '${path.replaceAll("'", "'\\''")}' ${shellWord(value)}`;
}
