/**
 * Writes to standard output. Ignores EPIPE: a reader such as `head -1` may close the pipe before the end,
 * and that is no failure.
 *
 * @throws any other error of the stream, such as a full disk, from the event loop.
 */
export function standardOutput(text: string): void {
  process.stdout.removeListener("error", unlessClosed);
  process.stdout.on("error", unlessClosed);
  process.stdout.write(text);
}

function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") {
    throw error;
  }
}
