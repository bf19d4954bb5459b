import { spawn } from "node:child_process";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Stack } from "@pulumi/pulumi/automation";
import type { Colleague } from "../engine/engine-stack";

/** A line of the CLI's progress about a step that is done: ` +  aws:ec2:Vpc network-vpc created (3s)`. */
const DONE = /^ [+-] +\S+ \S+ (?:created|deleted) \(/;

/** What is run, and how many steps of it are done before it is killed. */
export interface Kill {
  readonly command: "up" | "destroy";
  readonly after: number;
}

/**
 * Runs a command of Pulumi, and ends it with SIGKILL: as a machine does that goes down.
 *
 * @returns the signal by which it ended; null when it was done before.
 */
export function killed(who: Colleague, stackName: string, { command, after }: Kill) {
  const argv = [command, "--yes", "--skip-preview", "--non-interactive", "--stack", stackName];
  const cli = spawn("pulumi", argv, {
    ...{ cwd: who.project, env: who.environment() },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let steps = 0;
  createInterface(cli.stdout).on("line", (line) => {
    steps += DONE.test(line) ? 1 : 0;
    if (steps === after) {
      cli.kill("SIGKILL");
    }
  });
  return new Promise<NodeJS.Signals | null>((resolve, reject) => {
    cli.on("error", reject);
    cli.on("exit", (_, signal) => {
      resolve(signal);
    });
  });
}

/** The steps of docs/runbook.md after a kill, but for what AWS has made and no state has. */
export async function unlocked(who: Colleague, stack: Stack): Promise<void> {
  const states = join(who.backend, ".pulumi", "stacks", "ml-platform");
  readdirSync(states)
    .filter((name) => name.endsWith(".attrs") && statSync(join(states, name)).size === 0)
    .forEach((name) => {
      rmSync(join(states, name));
    });
  await stack.cancel();
  await stack.refresh({ clearPendingCreates: true });
}
