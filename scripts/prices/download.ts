import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as pause } from "node:timers/promises";
import { RefreshError } from "./refresh-error";

/** Attempts in a row that bring nothing before a download is given up. */
const ATTEMPTS = 5;

/** How a download tells where it is, and how long it rests between attempts. */
export interface DownloadOptions {
  /** Bytes that are there, of how many where the server says so. */
  readonly progress: (done: number, total: number | undefined) => void;
  /** Milliseconds before another attempt. @default 1,000 */
  readonly pauseMs?: number;
}

/**
 * Brings a file that never changes at its address. What an earlier attempt or run left is continued; the
 * file has its name only once it is whole.
 *
 * @throws RefreshError when the server refuses, or five attempts in a row bring nothing.
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
          `${url} breaks off after ${before} bytes, ${ATTEMPTS} times in a row: ${String(error)}; run it again, it continues there`,
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
    // There is more than the file has: it is not a part of this file.
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
    throw new Error(`asked for what follows byte ${start}, and got ${range}`);
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
