import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sentenceOf } from "../../settings/foreign-text";
import { SettingsError } from "../../settings/contract";

/** Runs `kubectl` with these arguments and input; returns what it prints. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** Longest that the API server may take for an answer, so that no command waits for ever. */
const TIMEOUT = "--request-timeout=30s";

/** A kubeconfig in a file that only its owner may read, while it is needed. */
export class KubeconfigFile {
  private readonly folder = mkdtempSync(join(tmpdir(), "ml-platform-"));
  private readonly file = join(this.folder, "kubeconfig");

  constructor(kubeconfig: string) {
    writeFileSync(this.file, kubeconfig, { mode: 0o600 });
  }

  /** `kubectl` on this cluster. */
  readonly kubectl: Kubectl = (args, input) =>
    runKubectl(["--kubeconfig", this.file, TIMEOUT, ...args], input);

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Runs `kubectl`.
 *
 * @throws SettingsError with the message of `kubectl`, or when it is not installed.
 */
export function runKubectl(args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    // In a process group of its own: Ctrl-C ends the runs in order, and not the commands that end them.
    const child = spawn("kubectl", args, { detached: true });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(
        new SettingsError(
          error.code === "ENOENT" ? KUBECTL_IS_MISSING : `kubectl: ${sentenceOf(error)}`,
        ),
      );
    });
    child.on("close", (code) => {
      if (code === 0) {
        resolve(out);
      } else {
        reject(new SettingsError(`kubectl: ${sentenceOf(err.trim(), 400)}`));
      }
    });
    // It may have ended before it has read; its status says why.
    child.stdin.on("error", () => undefined).end(input);
  });
}

/** Said where a stack is a cluster and the machine has no `kubectl`. */
export const KUBECTL_IS_MISSING =
  "the command kubectl is not installed; https://kubernetes.io/docs/tasks/tools/ says how to get it";
