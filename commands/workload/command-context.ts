import { join } from "node:path";
import { SettingsError } from "../../settings/contract";
import { accessOf } from "../live-context";
import { secretOutput, storedStacks } from "../pulumi-state";
import { standardError, terminal } from "../standard-output";
import { KUBECTL_IS_MISSING, runKubectl } from "./kubectl";
import { readyStack } from "./ready-stack";
import type { WorkloadContext } from "./ready-stacks";

/** The context of a command on this machine. From now on Ctrl-C ends what the command has started, and not the command. */
export function commandContext(): WorkloadContext {
  const folder = join(__dirname, "..", "..");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Again and again: npm passes on what the terminal has sent already, and what runs must be stopped nevertheless.
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        standardError("stopping what was started\n");
        stop.abort();
      }
    });
  }
  const sources = {
    now: new Date(),
    kubeconfig: (stack: string) => secretOutput(folder, stack, "kubeconfig"),
    access: (stack: string) => accessOf(folder, stack),
  };
  return {
    now: () => new Date(),
    stored: (only) => storedStacks(folder, { only, all: true }),
    ready: (stack, person) => readyStack(stack, person, sources),
    withoutKubectl: () =>
      runKubectl(["version", "--client"]).then(
        () => undefined,
        (error: unknown) => (error instanceof SettingsError ? error.message : KUBECTL_IS_MISSING),
      ),
    signal: stop.signal,
    interval: 2000,
    ...terminal(),
  };
}
