import { styleText } from "node:util";
import { plain, REPORT_WIDTH, type Paint } from "../reports/table";

/** Means by which a command speaks to the person who called it; tests replace them. */
export interface Terminal {
  /** Writes to standard output, without a newline of its own. */
  readonly out: (text: string) => void;
  /** Writes to standard error, without a newline of its own. */
  readonly err: (text: string) => void;
  readonly paint: Paint;
  /** Characters a line of text. */
  readonly width: number;
  /** Variables, among which npm puts options that it keeps. */
  readonly env: NodeJS.ProcessEnv;
}

/** The terminal of this process. */
export function terminal(): Terminal {
  const { stdout, env } = process;
  return {
    out: standardOutput,
    err: standardError,
    paint: stdout.isTTY && stdout.hasColors() ? styleText : plain,
    width: reportWidth(stdout),
    env,
  };
}

/** Writes to standard output. A closed pipe ends nothing; any other failure ends the process with one line and 1. */
export function standardOutput(text: string): void {
  write(process.stdout, text, ({ code, message }) => {
    if (code !== "EPIPE") {
      standardError(`the output cannot be written: ${message}\n`);
      // Now, since the command is about to set a status of its own.
      process.exit(1);
    }
  });
}

/** Writes to standard error, where nothing can be said about a failure. */
export function standardError(text: string): void {
  write(process.stderr, text, () => undefined);
}

type OnFailure = (error: NodeJS.ErrnoException) => void;

/** Streams whose failures are handled: an error event without a listener ends the process with a stack trace. */
const handled = new WeakSet<NodeJS.WriteStream>();

function write(stream: NodeJS.WriteStream, text: string, onFailure: OnFailure): void {
  if (!handled.has(stream)) {
    handled.add(stream);
    stream.on("error", onFailure);
  }
  stream.write(text);
}

/** Characters a line of a report: the width of the terminal, from 80 to 200; 100 where there is no terminal. */
export function reportWidth({
  isTTY,
  columns,
}: Pick<NodeJS.WriteStream, "isTTY" | "columns">): number {
  return isTTY ? Math.min(200, Math.max(80, columns)) : REPORT_WIDTH;
}
