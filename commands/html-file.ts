import {
  closeSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { CostError } from "../cost/cost-error";
import { quoted, sentenceOf } from "../settings/foreign-text";
import { typedPath } from "../settings/schema/text-file";

/**
 * The path of a report, relative to the folder of the caller, which npm keeps in `INIT_CWD`.
 *
 * @param head the beginning of every report: no other file is overwritten.
 * @throws CostError when the folder does not exist, or the file exists and is no report.
 */
export function reportFile(
  path: string,
  { env, head }: { readonly env: NodeJS.ProcessEnv; readonly head: string },
): string {
  const file = typedPath(path, env);
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CostError(
      `--html ${quoted(path)} cannot be written: there is no folder ${quoted(folder)}; create it first`,
    );
  }
  const found = entryAt(file);
  if (found !== undefined && !(found.isFile() && beginsWith(file, head))) {
    throw new CostError(
      `--html ${quoted(path)} is not overwritten: it is not a report of this command; choose another name or delete it`,
    );
  }
  return file;
}

function entryAt(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new CostError(`${quoted(file)} cannot be written: ${sentenceOf(error)}`);
  }
}

function beginsWith(file: string, head: string): boolean {
  const bytes = Buffer.alloc(Buffer.byteLength(head));
  try {
    const opened = openSync(file, "r");
    try {
      readSync(opened, bytes);
    } finally {
      closeSync(opened);
    }
  } catch {
    return false;
  }
  return bytes.toString() === head;
}

/**
 * Writes a file that is either whole or not there: under another name first.
 *
 * @throws CostError when it cannot be written.
 */
export function writeWhole(file: string, text: string): void {
  const unfinished = join(dirname(file), `.report-${process.pid}.tmp`);
  try {
    writeFileSync(unfinished, text, { flag: "wx" });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new CostError(`${quoted(file)} cannot be written: ${sentenceOf(error)}`);
  }
}
