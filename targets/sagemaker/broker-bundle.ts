import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Runtime of the function, as Lambda and esbuild call it. Lambda supports it until April 2028. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const RUNTIME = { lambda: "nodejs24.x", esbuild: "node24" } as const;

/** Root of the project. */
const ROOT = join(__dirname, "..", "..");
const CACHE = join(ROOT, "node_modules", ".cache", "ml-platform", "login-broker.json");

/** Files besides the sources that affect the result: versions, TypeScript options, and the options below. */
const OTHER_INPUTS = ["package-lock.json", "tsconfig.json", "targets/sagemaker/broker-bundle.ts"];

/** A cached result, and the digest of each of its input files, by path in the project. */
export interface Kept {
  readonly digests: Readonly<Record<string, string>>;
  readonly script: string;
}

/**
 * Bundles the broker into one file, with all packages except the AWS SDK, which is part of Lambda's runtime.
 * The same sources give the same text on every machine, since a different text would update the function.
 *
 * esbuild takes longer than the rest of the program, so the result is cached until one of the files changes.
 */
export async function bundleBroker(cache = CACHE): Promise<string> {
  const kept = keptScript(cache);
  if (kept !== undefined) {
    return kept;
  }
  // Imported only when needed, since loading takes long too.
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    // Paths in the result are relative to it; otherwise they would contain folders of this machine.
    absWorkingDir: ROOT,
    entryPoints: ["targets/sagemaker/broker/handler.ts"],
    bundle: true,
    write: false,
    metafile: true,
    // Only CommonJS finds the SDK of the runtime through `NODE_PATH`.
    format: "cjs",
    platform: "node",
    target: RUNTIME.esbuild,
    external: ["@aws-sdk/*"],
    logLevel: "error",
  });
  const script = outputFiles.map(({ text }) => text).join("");
  const files = [...OTHER_INPUTS, ...Object.keys(metafile.inputs)];
  write(cache, { digests: Object.fromEntries(files.map((file) => [file, digest(file)])), script });
  return script;
}

function digest(file: string): string {
  try {
    return createHash("sha256")
      .update(readFileSync(join(ROOT, file)))
      .digest("base64");
  } catch {
    return "absent";
  }
}

/** Reads the cached script; undefined when one of its input files has changed. */
function keptScript(cache: string): string | undefined {
  try {
    const { digests, script } = JSON.parse(readFileSync(cache, "utf8")) as Kept;
    const same = Object.entries(digests).every(([file, was]) => digest(file) === was);
    return same ? script : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the cache by renaming, since several stacks may start at once. Errors are ignored. */
function write(cache: string, kept: Kept): void {
  try {
    mkdirSync(dirname(cache), { recursive: true });
    writeFileSync(`${cache}.${process.pid}`, JSON.stringify(kept));
    renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // A read-only installation bundles each time.
  }
}
