import { join } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Result } from "../settings/contract";
import { printable, quoted, sentenceOf, shellWord } from "../settings/foreign-text";
import { nearest } from "../settings/schema/nearest";
import { readTextFile } from "../settings/schema/text-file";

/** Options of a command, by their names, in the form of `parseArgs`. */
type OptionTable = NonNullable<ParseArgsConfig["options"]>;

/** A command that npm runs. */
export interface NpmCommand<T extends OptionTable> {
  /** Its name among the scripts of `package.json`. */
  readonly script: string;
  readonly options: T;
  /** True if it takes arguments that are no options. @default false */
  readonly positionals?: boolean;
}

/** The values of a command's options, and its other arguments. */
type Arguments<T extends OptionTable> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true }>
>;

/**
 * Reads the arguments of a command.
 *
 * @returns a problem, for whoever typed them, also where npm has kept options for itself.
 */
export function readArguments<T extends OptionTable>(
  { script, options, positionals = false }: NpmCommand<T>,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Result<Arguments<T>> {
  const kept = keptByNpm(options, env, script).filter(({ name }) => !argv.includes(`--${name}`));
  const run = `npm ${script === "start" ? "" : "run "}${script} --`;
  if (kept.length > 0) {
    const names = kept.map(({ name }) => `--${name}`).join(" ");
    return { problem: `npm keeps ${names} for itself; write ${run} ${asTyped(kept, argv)}` };
  }
  try {
    const read = parseArgs({ args: [...argv], options, allowPositionals: true });
    // The error that `parseArgs` has for it, without advice that leads nowhere.
    const [odd] = positionals ? [] : read.positionals;
    return odd === undefined ? { ok: read } : { problem: `${quoted(odd)} is no option` };
  } catch (error) {
    return { problem: problemOf(error as NodeJS.ErrnoException, Object.keys(options)) };
  }
}

/** The sentence on what `parseArgs` refuses; its own has advice that leads nowhere. */
function problemOf({ code, message }: NodeJS.ErrnoException, names: readonly string[]): string {
  const [, typed = ""] = /^[^']*'(?:-\w, )?(-[^' ]*)/.exec(message) ?? [];
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const near = nearest(typed.replace(/^-+/, ""), names);
    return `${quoted(typed)} is no option${near === undefined ? "" : `; did you mean --${near}?`}`;
  }
  return code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE"
    ? `${typed} ${message.includes("not take") ? "takes no value" : "needs a value"}`
    : sentenceOf(message);
}

/** An option that npm has kept. */
interface KeptOption {
  readonly name: string;
  /** Its text, or `apart` where npm takes the text for another argument. @default it takes no text */
  readonly text?: string;
}

/**
 * Options that were typed before the `--`. npm takes every option there for one of its own, known to it or not, and
 * hands it to the script as a variable: `--equal` as `npm_config_equal=true`, `--stacks=ec2` as
 * `npm_config_stacks=ec2`, `--stacks ec2` as `npm_config_stacks=true` with `ec2` as an argument, and `--no-state` as
 * an empty `npm_config_state`. It runs no script at all for `--help` and, since it takes that for `-c -s -v`, `--csv`.
 *
 * A name that npm does not know is set by nothing else. Those that it knows, `json`, may also stand in an `.npmrc`,
 * which says nothing about this command: then the variable is no evidence.
 */
function keptByNpm(options: OptionTable, env: NodeJS.ProcessEnv, script: string): KeptOption[] {
  // The variables are inherited: a script of another name may have had such an option, and run this command.
  if (env["npm_lifecycle_event"] !== script) {
    return [];
  }
  return Object.entries(options).flatMap(([name, { type }]) => {
    const [known, empty] = name.startsWith("no-")
      ? [name.slice("no-".length), true]
      : [name, false];
    const value = env[`npm_config_${known.replaceAll("-", "_")}`];
    if (value === undefined || (value === "") !== empty || isInNpmrc(known, env)) {
      return [];
    }
    const text = value === "true" ? "apart" : value;
    return [{ name, ...(type === "string" && { text }) }];
  });
}

/** The arguments as they were typed, as far as npm lets them be seen: it hands on the texts apart from their options. */
function asTyped(kept: readonly KeptOption[], argv: readonly string[]): string {
  const apart = kept.filter(({ text }) => text === "apart");
  const [only] = apart.length === 1 && argv.length === 1 ? argv : [];
  const options = kept.map(({ name, text }) => {
    const shown = text === "apart" ? (only ?? "TEXT") : text;
    const between = text === "apart" ? " " : "=";
    return shown === undefined ? `--${name}` : `--${name}${between}${shellWord(printable(shown))}`;
  });
  const others = apart.length === 0 ? argv.map((one) => shellWord(printable(one))) : [];
  return [...options, ...others].join(" ");
}

/** True if one of npm's files sets an option: the user's, that of the machine, or that of this folder. */
function isInNpmrc(name: string, env: NodeJS.ProcessEnv): boolean {
  const folder = env["npm_config_local_prefix"];
  const files = [
    env["npm_config_userconfig"],
    env["npm_config_globalconfig"],
    folder && join(folder, ".npmrc"),
  ];
  const line = new RegExp(`^\\s*${name}\\s*(=|$)`, "m");
  return files.some((file) => {
    const read = file === undefined ? undefined : readTextFile(file);
    return read !== undefined && "ok" in read && line.test(read.ok);
  });
}
