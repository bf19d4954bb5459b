import { join } from "node:path";
import type { ParseArgsConfig } from "node:util";
import { isTypeable, quoted, shellWord } from "../settings/foreign-text";
import { nearest } from "../settings/schema/nearest";
import { readTextFile } from "../settings/schema/text-file";

/** Options of a command, by their names, in the form of `parseArgs`. */
export type OptionTable = NonNullable<ParseArgsConfig["options"]>;

/** A command that npm runs. */
export interface NpmCommand<T extends OptionTable> {
  /** Its name among the scripts of `package.json`. */
  readonly script: string;
  readonly options: T;
  /** True if it takes arguments that are no options. @default false */
  readonly positionals?: boolean;
}

/** Fewest letters of an option's name that are taken for the beginning of it. */
const FEWEST_LETTERS = 3;

/** Separator of the texts of one option that was typed several times, which npm puts into one variable. */
const BETWEEN_TEXTS = "\n\n";

/** An option that npm has kept. */
interface KeptOption {
  /** As it was typed, without `no-`. */
  readonly name: string;
  /** `true` where no text was joined to the name by `=`, and empty for `--no-name`, `--name=` and `--name=false`. */
  readonly value: string;
  /** The command's option of this name, or of one like it. */
  readonly option: string;
  /** True if the option has a text. */
  readonly hasText: boolean;
}

/**
 * Explains options that were typed before the `--`. npm takes every option there for one of its own, known to it or
 * not, and hands it to the script as a variable: `--equal` as `npm_config_equal=true`, `--stacks=ec2` as
 * `npm_config_stacks=ec2`, `--stacks ec2` as `npm_config_stacks=true` with `ec2` as an argument, and `--no-state` as
 * an empty `npm_config_state`. It runs no script at all for `--help` and, since it takes that for `-c -s -v`, `--csv`.
 */
export function npmProblem(
  { script, options }: NpmCommand<OptionTable>,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): string | undefined {
  // The variables are inherited: a script of another name may have had such an option, and run this command.
  const all = env["npm_lifecycle_event"] === script ? keptOptions(options, env) : [];
  const run = commandLine(script);
  const odd = all.flatMap((one) => oddProblem(one, run, argv) ?? []);
  if (odd.length > 0) {
    return odd.join("\n");
  }
  const isBehind = ({ option }: KeptOption): boolean =>
    argv.some((one) => one === `--${option}` || one.startsWith(`--${option}=`));
  const twice = all.find((one) => one.hasText && isBehind(one));
  if (twice !== undefined) {
    return `npm keeps one of the two --${twice.option} for itself; give it once, after ${run}`;
  }
  const kept = all.filter((one) => !isBehind(one));
  return kept.length === 0
    ? undefined
    : `npm keeps ${kept.map(({ option }) => `--${option}`).join(" ")} for itself; write ${run} ${asTyped(kept, argv)}`;
}

/** The beginning of a command line, up to the options: `npm start --`, `npm run tune --`. */
export function commandLine(script: string): string {
  return `npm ${script === "start" ? "" : "run "}${script} --`;
}

/** Explains an option that the command does not have: turned round, with a text that it does not take, or misspelt. */
function oddProblem(kept: KeptOption, run: string, argv: readonly string[]): string | undefined {
  const { name, value, option } = kept;
  const bare = withoutNo(option);
  if (isTurned(kept)) {
    const typed = value === "true" ? `--${name}` : `--${name}=${value}`;
    return value === ""
      ? `${quoted(`--no-${name}`)} or ${quoted(typed)} is no option`
      : `${quoted(typed)} is no option`;
  }
  return name === bare
    ? undefined
    : `${quoted(`--${option.replace(bare, name)}`)} is no option; did you mean ${run} ${asTyped([kept], argv)}?`;
}

/**
 * The command's options among npm's variables, and those like them. A name that npm does not know is set by nothing
 * else. Those that it knows, `json`, may also stand in an `.npmrc`, which says nothing about this command: then the
 * variable is no evidence.
 */
function keptOptions(options: OptionTable, env: NodeJS.ProcessEnv): KeptOption[] {
  const known = Object.keys(options);
  const kept = Object.entries(env).flatMap(([variable, value = ""]) => {
    const [prefix, name = ""] = /^npm_config_(.*)$/.exec(variable) ?? [];
    const hyphened = name.replaceAll("_", "-");
    const option = prefix === undefined ? undefined : optionLike(hyphened, known);
    // Of what is typed npm makes no "false": it comes from the environment.
    return option === undefined || value === "false" || isInNpmrc(hyphened, env)
      ? []
      : [{ name: hyphened, value, option, hasText: options[option]?.type === "string" }];
  });
  return kept.sort((one, other) => known.indexOf(one.option) - known.indexOf(other.option));
}

/** The option of a name, or the first that the name may stand for: misspelt or cut off. */
function optionLike(name: string, options: readonly string[]): string | undefined {
  const isBegun = (known: string): boolean =>
    name.length >= FEWEST_LETTERS && known.startsWith(name);
  const like = (option: string): boolean =>
    isBegun(withoutNo(option)) || nearest(name, [withoutNo(option)]) !== undefined;
  return options.find((option) => withoutNo(option) === name) ?? options.find(like);
}

function withoutNo(option: string): string {
  return option.replace(/^no-/, "");
}

/** True if a switch was typed that says the opposite of the option, or says something else. */
function isTurned({ option, value, hasText }: KeptOption): boolean {
  return !hasText && (option.startsWith("no-") ? value !== "" : !textsOf(value).includes("true"));
}

function textsOf(value: string): string[] {
  return value.split(BETWEEN_TEXTS);
}

/** The arguments as they were typed, as far as npm lets them be seen: it hands on the texts apart from their options. */
function asTyped(kept: readonly KeptOption[], argv: readonly string[]): string {
  const isApart = ({ value, hasText }: KeptOption): boolean =>
    hasText && textsOf(value).includes("true");
  const apart = kept.filter(isApart);
  const [only] = apart.length === 1 && argv.length === 1 ? argv : [];
  const options = kept.map((one) => {
    const text = isApart(one) ? (only ?? "") : textsOf(one.value).join(",");
    const between = isApart(one) ? " " : "=";
    return one.hasText ? `--${one.option}${between}${typeable(text)}` : `--${one.option}`;
  });
  return [...options, ...(apart.length === 0 ? argv.map(typeable) : [])].join(" ");
}

/** A text as a word for the shell, or a word that stands for it. */
function typeable(text: string): string {
  return text !== "" && isTypeable(text) ? shellWord(text) : "TEXT";
}

/** True if one of npm's files sets an option: the user's, that of the machine, or that of this folder. */
function isInNpmrc(name: string, env: NodeJS.ProcessEnv): boolean {
  const folder = env["npm_config_local_prefix"];
  const files = [
    env["npm_config_userconfig"],
    env["npm_config_globalconfig"],
    folder && join(folder, ".npmrc"),
  ];
  return files.some((file) => {
    const read = file === undefined ? undefined : readTextFile(file);
    const lines = read !== undefined && "ok" in read ? read.ok.split("\n") : [];
    return lines.some((line) => line.split("=")[0]?.trim() === name);
  });
}
