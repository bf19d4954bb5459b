import { parseArgs } from "node:util";
import type { Result } from "../settings/contract";
import { quoted, sentenceOf } from "../settings/foreign-text";
import { nearest } from "../settings/schema/nearest";
import { npmProblem, commandLine, type NpmCommand, type OptionTable } from "./npm-options";
import type { Terminal } from "./standard-output";

/** An option without a value. */
export const FLAG = { type: "boolean", default: false } as const;

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
  command: NpmCommand<T>,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Result<Arguments<T>> {
  const { options, positionals = false } = command;
  const kept = npmProblem(command, argv, env);
  if (kept !== undefined) {
    return { problem: kept };
  }
  try {
    const { tokens, ...read } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      tokens: true,
    });
    const names = tokens.flatMap((one) =>
      one.kind === "option" && one.value !== undefined ? [one.name] : [],
    );
    // Of several texts `parseArgs` takes the last.
    const twice = names.find((name, index) => names.includes(name, index + 1));
    const [odd] = positionals ? [] : read.positionals;
    return twice !== undefined
      ? { problem: `--${twice} must be given once` }
      : odd !== undefined
        ? { problem: `${quoted(odd)} is no option` }
        : { ok: read };
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

/** A command of npm, with its help and the reader of its options. */
export interface Command<O> {
  /** Name of the script, such as `tune`. */
  readonly script: string;
  /** Printed for `--help`. */
  readonly help: string;
  /** Reads the options; the problem has a line for each fault. */
  readonly read: (argv: readonly string[], env: NodeJS.ProcessEnv) => Result<O>;
}

/**
 * Acts with the options of a command.
 *
 * @returns the exit status of `act`; 0 after the help, 2 for wrong options.
 */
export async function withOptions<O extends { readonly help: boolean }>(
  { script, help, read }: Command<O>,
  argv: readonly string[],
  context: Terminal & { readonly env: NodeJS.ProcessEnv },
  act: (options: O) => Promise<number>,
): Promise<number> {
  const options = read(argv, context.env);
  if ("problem" in options) {
    context.err(`${options.problem}\n${commandLine(script)} --help lists the options\n`);
    return 2;
  }
  if (options.ok.help) {
    context.out(help);
    return 0;
  }
  return act(options.ok);
}
