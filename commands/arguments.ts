import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Result } from "../settings/contract";
import { quoted, sentenceOf, shellWord } from "../settings/foreign-text";

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
  const kept = keptByNpm(options, env, script).filter((option) => !argv.includes(option));
  const run = `npm ${script === "start" ? "" : "run "}${script} --`;
  if (kept.length > 0) {
    const typed = [...kept, ...argv].map(shellWord).join(" ");
    return { problem: `npm keeps ${kept.join(" ")} for itself; write ${run} ${typed}` };
  }
  try {
    const read = parseArgs({ args: [...argv], options, allowPositionals: true });
    // The error that `parseArgs` has for it, without advice that leads nowhere.
    const [odd] = positionals ? [] : read.positionals;
    return odd === undefined ? { ok: read } : { problem: `${quoted(odd)} is no option` };
  } catch (error) {
    return { problem: sentenceOf(error) };
  }
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
function keptByNpm(options: OptionTable, env: NodeJS.ProcessEnv, script: string): string[] {
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
    return [type === "boolean" || value === "true" ? `--${name}` : `--${name}=${value}`];
  });
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
  return files.some(
    (file) => file !== undefined && existsSync(file) && line.test(readFileSync(file, "utf8")),
  );
}
