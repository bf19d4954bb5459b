import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { sentenceOf } from "../foreign-text";
import type { Result } from "../contract";

/** Most bytes of a file that people write: 200 users have a third. Parsers take the square of the size for some. */
const MOST_BYTES = 64 * 1024;

/** A path as somebody typed it, from the folder in which they called npm, which changes it and keeps it in `INIT_CWD`. */
export function typedPath(path: string, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env["INIT_CWD"] ?? ".", path);
}

/**
 * Reads a file that people write. The problem reads after the file's name: `is a folder`.
 *
 * @param most bytes. @default 64 KiB
 */
export function readTextFile(file: string, most: number = MOST_BYTES): Result<string> {
  try {
    const bytes = firstBytes(file, most);
    return bytes.length > most
      ? { problem: `must have at most ${most / 1024} KiB; it has more` }
      : { ok: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    return { problem: reason(error) };
  }
}

/** No more than decides whether a file is too large: it may also be a device that has no end. */
function firstBytes(file: string, most: number): Buffer {
  const bytes = Buffer.alloc(most + 1);
  const opened = openSync(file, "r");
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(opened, bytes, length, bytes.length - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "does not exist";
    case "EISDIR":
      return "is a folder, not a file";
    case "EACCES":
      return "cannot be read: permission denied";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "must be UTF-8 text; it is not";
    default:
      return `cannot be read: ${sentenceOf(error)}`;
  }
}
