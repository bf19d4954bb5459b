import { REPORT_WIDTH } from "../reports/table";

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
