import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Runtime of the function, as Lambda and esbuild name it. Lambda supports it until April 2028. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const RUNTIME = { lambda: "nodejs24.x", esbuild: "node24" } as const;

/** Root of the project. */
const ROOT = join(__dirname, "..", "..");
const CACHE = join(ROOT, "node_modules", ".cache", "ml-platform", "login-broker.json");

/** What decides about the result beside the sources: versions, options of TypeScript, options below. */
const BESIDE = ["package-lock.json", "tsconfig.json", "targets/sagemaker/broker-bundle.ts"];

/** A result, and the digest of each file that it was made from, by path in the project. */
export interface Kept {
  readonly digests: Readonly<Record<string, string>>;
  readonly script: string;
}

/**
 * The broker in one file, with everything in it but the AWS SDK, which Lambda's runtime brings. The
 * same sources give the same text on every machine: another text is another version of the function.
 *
 * esbuild takes longer than all else that is declared, so its result is kept until a byte in one of
 * the files has changed.
 */
export async function bundleBroker(cache = CACHE): Promise<string> {
  const kept = keptScript(cache);
  if (kept !== undefined) {
    return kept;
  }
  // Loaded here, since it is seldom needed and takes its time, too.
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    // Paths in the result are relative to it, so that no folder of this machine is in there.
    absWorkingDir: ROOT,
    entryPoints: ["targets/sagemaker/broker/handler.ts"],
    bundle: true,
    write: false,
    metafile: true,
    // Only CommonJS finds the runtime's SDK by `NODE_PATH`.
    format: "cjs",
    platform: "node",
    target: RUNTIME.esbuild,
    external: ["@aws-sdk/*"],
    logLevel: "error",
  });
  const script = outputFiles.map(({ text }) => text).join("");
  const files = [...BESIDE, ...Object.keys(metafile.inputs)];
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

/** What was kept, unless one of its files is another one by now. */
function keptScript(cache: string): string | undefined {
  try {
    const { digests, script } = JSON.parse(readFileSync(cache, "utf8")) as Kept;
    const same = Object.entries(digests).every(([file, was]) => digest(file) === was);
    return same ? script : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: several stacks may start at once. Where it cannot be written, so be it. */
function write(cache: string, kept: Kept): void {
  try {
    mkdirSync(dirname(cache), { recursive: true });
    writeFileSync(`${cache}.${process.pid}`, JSON.stringify(kept));
    renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // A read-only installation bundles anew each time.
  }
}
