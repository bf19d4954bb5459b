import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as pause } from "node:timers/promises";
import { RefreshError } from "./refresh-error";

/** Attempts in a row without a new byte before the download fails. */
const ATTEMPTS = 5;

/** Progress of a download, and the pause between attempts. */
export interface DownloadOptions {
  /** Called with the bytes so far, and with their total if the server tells it. */
  readonly progress: (done: number, total: number | undefined) => void;
  /** Milliseconds before another attempt. @default 1,000 */
  readonly pauseMs?: number;
}

/**
 * Downloads a file that never changes at its address. Continues what an earlier attempt left; the file
 * gets its name when it is complete.
 *
 * @throws RefreshError when the server refuses, or when five attempts in a row bring no new byte.
 */
export async function download(
  url: string,
  file: string,
  { progress, pauseMs = 1000 }: DownloadOptions,
): Promise<void> {
  if (existsSync(file)) {
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.part`;
  for (let failures = 0; ;) {
    const before = sizeOf(part);
    try {
      await attempt(url, part, progress);
      renameSync(part, file);
      return;
    } catch (error) {
      if (error instanceof RefreshError) {
        throw error;
      }
      failures = sizeOf(part) > before ? 0 : failures + 1;
      if (failures >= ATTEMPTS) {
        throw new RefreshError(
          `${url} ends early after ${before} bytes, ${ATTEMPTS} attempts in a row: ${String(error)}; run the command again, it continues there`,
        );
      }
      await pause(pauseMs);
    }
  }
}

async function attempt(
  url: string,
  part: string,
  progress: DownloadOptions["progress"],
): Promise<void> {
  const have = sizeOf(part);
  const response = await fetch(url, {
    headers: { "accept-encoding": "identity", ...(have > 0 && { range: `bytes=${have}-` }) },
  });
  if (response.status === 416) {
    // The part on disk is longer than the server's file, so it belongs to another one.
    rmSync(part, { force: true });
    throw new Error("the part on disk does not fit the file");
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    const answer = `${url} answers ${response.status} ${response.statusText}`;
    throw response.status >= 500 ? new Error(answer) : new RefreshError(answer);
  }
  const start = response.status === 206 ? have : 0;
  const range = response.headers.get("content-range") ?? `bytes ${start}-`;
  if (!range.startsWith(`bytes ${start}-`)) {
    await response.body.cancel();
    rmSync(part, { force: true });
    throw new Error(`asked for bytes from ${start}, got ${range}`);
  }
  const length = response.headers.get("content-length");
  const total = length === null ? undefined : start + Number(length);
  let done = start;
  const counted = new Transform({
    transform(piece: Buffer, _encoding, next) {
      done += piece.length;
      progress(done, total);
      next(null, piece);
    },
  });
  await pipeline(
    Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
    counted,
    createWriteStream(part, { flags: start > 0 ? "a" : "w" }),
  );
  if (total !== undefined && sizeOf(part) !== total) {
    throw new Error(`${sizeOf(part)} of ${total} bytes came`);
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
