/**
 * `npm run bench:bucket` measures the time and memory in which the janitor empties a bucket, when S3 takes
 * 100 ms for a list and 300 ms for a deletion. S3 is an HTTP stand-in. It runs in this process, and the
 * janitor, which is measured, in a child. docs/benchmarks.md explains the numbers.
 *
 *     npm run bench:bucket -- 100000      # versions, default a million
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { HOST } from "../actions/action";
import { emptyBucket } from "../actions/empty-bucket";
import { BucketService } from "../tests/support/bucket-service";
import { listening } from "../tests/support/fake-clock";

const BUCKET = "measured";
const LATENCY = { ListObjectVersions: 100, DeleteObjects: 300 };
const LOADER = ["--require", join(__dirname, "typescript.cjs")];
const PEAK = ["--require", join(__dirname, "peak-memory.cjs")];

/** Measures a process that empties a bucket with so many versions: seconds, and peak memory in MiB. */
async function measure(versions: number): Promise<{ seconds: number; mib: number }> {
  const service = new BucketService(BUCKET, versions);
  service.latency = LATENCY;
  const url = `http://127.0.0.1:${await listening(service.server)}`;
  const start = performance.now();
  const child = spawn(process.execPath, [...PEAK, ...LOADER, __filename, "--empty", url]);
  let printed = "";
  child.stderr.on("data", (text: Buffer) => {
    printed += text.toString();
    process.stderr.write(text);
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  const seconds = (performance.now() - start) / 1000;
  service.server.close();
  service.server.closeAllConnections();
  if (status !== 0 || service.left > 0) {
    throw new Error(`${service.left} versions are left:\n${printed}`);
  }
  return { seconds, mib: Number(/peak-memory-kib (\d+)/.exec(printed)?.[1]) / 1024 };
}

async function main(versions: number): Promise<void> {
  const none = await measure(0);
  const all = await measure(versions);
  // Lower limit of any program that sends one request after the other.
  const inTurn = (versions / 1000) * ((LATENCY.ListObjectVersions + LATENCY.DeleteObjects) / 1000);
  const print = (what: string, value: string): void => {
    process.stdout.write(`${what.padEnd(52)}${value.padStart(12)}\n`);
  };
  print(`${versions.toLocaleString("en-US")} versions`, `${all.seconds.toFixed(0)} s`);
  print("the same, one request after the other, at least", `${inTurn.toFixed(0)} s`);
  print("peak memory", `${all.mib.toFixed(0)} MiB`);
  print("an empty bucket", `${none.seconds.toFixed(1)} s`);
  print("peak memory of that", `${none.mib.toFixed(0)} MiB`);
}

const [first = "1000000", url = ""] = process.argv.slice(2);
if (first === "--empty") {
  const keys = { accessKey: "AKIA", secretKey: "secret" };
  const aws = { region: "eu-west-3", ...keys, endpoints: [{ s3: url }] };
  void emptyBucket({ bucket: BUCKET, forceDestroy: true, aws }, HOST);
} else {
  void main(Number(first));
}
