/**
 * Writes to standard output. Who reads it may have seen enough and close it, as `| head -1` does: what is
 * left is then for nobody, and no fault.
 *
 * @throws what else goes wrong with it, such as a full disk, from the process's loop of events.
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
