import { type ConfigSource, type Fault, PROJECT } from "../contract";
import { isArgument, listed, printable, quoted, shellWord } from "../foreign-text";
import { AWS_NAMES } from "./aws-config";
import { nearest, sameLetters } from "./nearest";
import { accepts, isRecord, mustBe, type NamedSetting } from "./setting";
import {
  awsName,
  commandsFor,
  fullKey,
  json,
  type Move,
  settingOf,
  textOf,
  withBrackets,
} from "./take-over";

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
  readonly key: string;
  readonly fault: Fault;
  /** Full keys of the settings that it stands for. */
  readonly meant: readonly string[];
}

/** A reading of an unknown key: what is wrong with it, and the settings that its value is meant for. */
interface Reading {
  readonly problem: string;
  readonly moves?: readonly Move[];
  /** The edit of the stack file that corrects it. @default removing the key does, once its value has moved */
  readonly edit?: string;
}

/** A key and its value. */
interface Written {
  readonly namespace: string;
  readonly name: string;
  readonly raw: string | undefined;
}

/**
 * Finds keys that nothing reads: unknown settings of this program and of its AWS provider, and
 * misspelt namespaces of this program. Keys of other providers and of Pulumi itself are ignored.
 */
export function unknownKeys(source: ConfigSource, known: KnownKeys): UnknownKey[] {
  const found = Object.entries(source).flatMap(([key, raw]) => {
    const [namespace = "", name = ""] = key.split(/:(.*)/s);
    if (namespace === PROJECT ? isKnown(name, known) : AWS_NAMES.includes(awsName(key))) {
      return [];
    }
    const reading = readingOf({ namespace, name, raw }, known);
    return reading === undefined ? [] : [{ key, reading }];
  });
  const values = new Map<string, Set<string | undefined>>();
  for (const { key, value } of found.flatMap(({ reading }) => reading.moves ?? [])) {
    values.set(key, (values.get(key) ?? new Set()).add(value));
  }
  // Of two values for one setting neither is sure.
  const isSure = ({ key }: Move): boolean => values.get(key)?.size === 1;
  return found.map(({ key, reading }) => unknown(key, reading, { source, known, isSure }));
}

function isKnown(name: string, known: KnownKeys): boolean {
  return inForce(known).some(({ path, setting }) => setting.key === undefined && path === name);
}

/** Settings that the stack may have: without a valid target those of every target. */
function inForce({ settings, others, target }: KnownKeys): readonly NamedSetting[] {
  return target === undefined
    ? [...settings, ...[...others.values()].map(({ entry }) => entry)]
    : settings;
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
  const joined = `${namespace}.${name}`;
  if ((sameLetters(joined, keysOf(known)) ?? nearest(joined, keysOf(known))) !== undefined) {
    return misspelt({ namespace: PROJECT, name: joined, raw: written.raw }, known);
  }
  const isOurs =
    (sameLetters(namespace, [PROJECT, "aws"]) ?? nearest(namespace, [PROJECT])) !== undefined;
  return isOurs || (name.includes(".") && keysOf(known).includes(name))
    ? misspelt(written, known)
    : undefined;
}

/** Keys as they are typed: the settings of this program without a namespace, those of the provider with theirs. */
function keysOf(known: KnownKeys): string[] {
  const own = inForce(known).map(({ path, setting }) => setting.key ?? path);
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
function byPath(written: Written, known: KnownKeys): Reading | undefined {
  const { name, raw } = written;
  const paths = [...known.settings.map(({ path }) => path), ...known.others.keys()];
  const groups = [
    ...new Set(
      paths.flatMap((path) => [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index))),
    ),
  ];
  const meant = nameAmong(groups, [name]);
  const group = groups.includes(name) || isRecord(json(raw)) ? meant : undefined;
  if (group !== undefined) {
    const such = `each setting is one key, such as ${paths.find((path) => path.startsWith(`${group}.`)) ?? ""}`;
    return ofGroup(
      group === name
        ? `is no setting but a group of them, as --path writes it; ${such}`
        : `is not a setting of this program; the nearest known name is ${group}, a group of them; ${such}`,
      { ...written, name: group },
      known,
    );
  }
  const lists = inForce(known)
    .filter(({ setting }) => setting.type === "list")
    .map(({ path }) => path);
  return withoutPath(written, lists, "");
}

/** Most settings of a group that a sentence names. */
const MOST_NAMED = 5;

/** A group, of which each part is a setting, or as unknown as a key of its own. */
function ofGroup(problem: string, { name: group, raw }: Written, known: KnownKeys): Reading {
  const leaves = leavesOf(group, raw);
  if (leaves === undefined) {
    return { problem, edit: "write each setting as a key of its own in the stack file" };
  }
  const readings = [...leaves].map(([name, value]) => {
    const reading: Reading | undefined = isKnown(name, known)
      ? { problem: "", moves: [{ key: name, value, edit: "" }] }
      : readingOf({ namespace: PROJECT, name, raw: value }, known);
    return { name, reading };
  });
  const unread = readings.flatMap(({ name, reading }) =>
    reading === undefined || reading.problem === ""
      ? []
      : [`"${printable(name)}" ${reading.problem}`],
  );
  const edits = readings.flatMap(({ reading }) => reading?.edit ?? []);
  return {
    problem: [problem, ...(unread.length > 0 ? [listed(unread, MOST_NAMED)] : [])].join("; "),
    moves: readings
      .flatMap(({ reading }) => reading?.moves ?? [])
      .map((move) => ({
        ...move,
        edit: `write ${fullKey(move.key)} in the stack file, instead of its value in ${group}`,
      })),
    ...(edits[0] !== undefined && { edit: edits[0] }),
  };
}

/** A key that names a part of a list, or of a group of the provider, whose names are in `whole`. */
function withoutPath(
  { name, raw }: Written,
  whole: readonly string[],
  prefix: string,
): Reading | undefined {
  const base = whole.find((one) => name.startsWith(`${one}[`) || name.startsWith(`${one}.`));
  return base === undefined
    ? undefined
    : {
        problem: "is a part of a setting, which only --path can set",
        moves: [
          {
            key: `${prefix}${withBrackets(name)}`,
            value: raw,
            base: `${prefix}${base}`,
            edit: `write this part into ${fullKey(`${prefix}${base}`)} in the stack file`,
          },
        ],
      };
}

/**
 * Values below a group, by dotted name; lists are whole.
 *
 * @returns undefined where the group is no group, or has too many levels.
 */
function leavesOf(group: string, raw: string | undefined): Map<string, string> | undefined {
  const leaves = new Map<string, string>();
  const collect = (at: string, value: unknown): void => {
    if (isRecord(value)) {
      Object.entries(value).forEach(([name, inner]) => {
        collect(`${at}.${name}`, inner);
      });
    } else {
      leaves.set(at, textOf(value));
    }
  };
  try {
    const value = json(raw);
    collect(group, value);
    return isRecord(value) ? leaves : undefined;
  } catch {
    return undefined;
  }
}

function misspelt({ namespace, name, raw }: Written, known: KnownKeys): Reading {
  const keys = keysOf(known);
  const bare = name.replace(new RegExp(`^${PROJECT}[.:]`), "");
  const candidates =
    namespace.toLowerCase() === "aws" ? [`aws:${bare}`, bare] : [bare, `aws:${bare}`];
  const found =
    candidates.find((one) => keys.includes(one)) ??
    nameAmong(keys, [...candidates, ...candidates.map((one) => one.replace(":", "."))]);
  // What follows a setting's name may have changed what its value means.
  const begun = firstOf(candidates, (one) =>
    keys.find((key) => one.startsWith(key) && /^\W/.test(one.slice(key.length))),
  );
  const meant = found ?? begun;
  const several = severalAmong(keys, bare);
  if (meant === undefined && several.length > 0) {
    return {
      problem: `is not a setting of this program; ${several.join(" and ")} end like it`,
      edit: `rename this key to ${several.map(fullKey).join(" or ")} in the stack file`,
    };
  }
  if (meant === undefined) {
    const problem = "is not a setting of this program";
    return isRecord(json(raw))
      ? ofGroup(problem, { namespace, name: bare, raw }, known)
      : { problem };
  }
  return {
    problem: `is not a setting of this program; the nearest known name is ${meant}`,
    moves: [
      {
        key: meant,
        value: found === undefined ? undefined : raw,
        edit: `rename this key to ${fullKey(meant)} in the stack file`,
      },
    ],
  };
}

/** The known key that one of several spellings of a name stands for. */
function nameAmong(keys: readonly string[], spellings: readonly string[]): string | undefined {
  const finders = [sameLetters, lastPart(sameLetters), nearest, lastPart(nearest)];
  return firstOf(finders, (find) => firstOf(spellings, (one) => find(one, keys)));
}

function firstOf<T>(all: readonly T[], find: (one: T) => string | undefined): string | undefined {
  return all.map(find).find((found) => found !== undefined);
}

/** The known keys with the last part of a name, of which none is surely meant: `instanceType`. */
function severalAmong(keys: readonly string[], name: string): string[] {
  const last = sameLetters(lastOf(name), [...new Set(keys.map(lastOf))]);
  return keys.filter((key) => lastOf(key) === last);
}

function lastOf(key: string): string {
  return key.split(/[.:]/).at(-1) ?? key;
}

/** Finds the only key by the last part of a name: `multiAz` and `db.multiaz` are `database.multiAz`. */
function lastPart(find: typeof nearest): typeof nearest {
  return (name, keys) => {
    const last = find(lastOf(name), [...new Set(keys.map(lastOf))]);
    const found = keys.filter((key) => lastOf(key) === last);
    return found.length === 1 ? found[0] : undefined;
  };
}

/** Everything that decides about the fix. */
interface Context {
  readonly source: ConfigSource;
  readonly known: KnownKeys;
  /** True where no other unknown key stands for the same setting. */
  readonly isSure: (move: Move) => boolean;
}

function unknown(
  key: string,
  { problem, moves = [], edit }: Reading,
  { source, known, isSure }: Context,
): UnknownKey {
  const shown = key.startsWith(`${PROJECT}:`) ? key.slice(PROJECT.length + 1) : key;
  const settings = inForce(known);
  const taken = moves.map((move) => ({
    move,
    commands: isSure(move) ? commandsFor(move, { source, settings, from: key }) : undefined,
  }));
  const edits = [
    ...taken.flatMap(({ move, commands }) => (commands === undefined ? [move.edit] : [])),
    ...(edit === undefined ? [] : [edit]),
  ];
  // While something is left in it, removing the key would leave a setting with its default.
  const ending = edits.length > 0 ? [] : [removal(key)];
  const refusals = moves.flatMap((move) =>
    isSure(move)
      ? refusalOf(move, source, settings)
      : [`other keys that nothing reads have another value for ${move.key}`],
  );
  return {
    key,
    fault: {
      problem: [`"${printable(shown)}" ${problem}`, ...refusals].join("; "),
      fix: [...ending, ...taken.flatMap(({ commands = [] }) => commands), ...edits].join("\n"),
    },
    meant: moves.map(({ key: name, base = name }) => fullKey(base)),
  };
}

/** The phrase on a value that its setting does not accept as it is, or that another one stands in the way of. */
function refusalOf(
  { key, value }: Move,
  source: ConfigSource,
  settings: readonly NamedSetting[],
): string[] {
  if (Object.hasOwn(source, fullKey(key)) && source[fullKey(key)] !== value) {
    return [`${key} is set already`];
  }
  const setting = settingOf(key, settings);
  return setting === undefined || value === undefined || accepts(setting, value)
    ? []
    : [mustBe(key, setting, `got ${quoted(value)}`)];
}

/** The command that removes a key, or where to remove one that nobody could type. */
function removal(key: string): string {
  const own = key.startsWith(`${PROJECT}:`) ? key.slice(PROJECT.length + 1) : key;
  // A name that begins with a hyphen would be taken for an option, and one with a colon for another key.
  const name = /^-|:/.test(own) ? key : own;
  return isArgument(name) && name.split(":").length <= 2
    ? `pulumi config rm ${shellWord(name)}`
    : "delete this key from the stack file";
}
