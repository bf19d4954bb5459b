import assert from "node:assert/strict";
import type { Stack, UpResult } from "@pulumi/pulumi/automation";
import { TagService } from "../support/tag-service";
import {
  audited,
  destroy,
  emulator,
  hasLostAnAnswer,
  NOTHING,
  type Colleague,
} from "./engine-stack";
import { commandsIn, GONE, pasted } from "./printed-commands";

/** Audits, and commands of each: what an orphaned domain leaves is seen when it is gone. */
const MOST = 3;

/**
 * The steps of docs/runbook.md after a run that was interrupted, until the audit finds nothing that the state
 * does not know.
 *
 * @returns how many commands of the audit it took.
 */
export async function recover(who: Colleague, stack: Stack): Promise<number> {
  const { name } = stack;
  who.deleteEmpty();
  const region = (await stack.getConfig("aws:region")).value;
  const tags = new TagService(emulator());
  const env = { AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: await tags.start() };
  try {
    await stack.cancel();
    await stack.refresh({ clearPendingCreates: true });
    const audit = () =>
      who.command("commands/leftovers.ts", ["--stack", name, "--region", region], env);
    let { status, out } = await audit();
    let commands = 0;
    for (let round = 0; round < MOST && status === 1; round += 1) {
      const lines = commandsIn(out);
      const refused = (await pasted(lines)).filter((line) => !GONE.test(line));
      assert.deepEqual(refused, [], out);
      commands += lines.length;
      ({ status, out } = await audit());
    }
    const found = await audited(who, name, region, env);
    assert.deepEqual({ ...found, managed: 0 }, NOTHING, out);
    return commands;
  } finally {
    tags.stop();
  }
}

/** An `up`. When an answer got lost, it goes on as the runbook says. */
export async function up(who: Colleague, stack: Stack): Promise<UpResult> {
  try {
    return await stack.up();
  } catch (error) {
    if (!hasLostAnAnswer(error)) {
      throw error;
    }
    await recover(who, stack);
    return stack.up();
  }
}

/** A first `up`. What has no tags no audit finds: when such a thing is in the way, all of it is made anew. */
export async function comeUp(who: Colleague, stack: Stack): Promise<UpResult> {
  try {
    return await up(who, stack);
  } catch (error) {
    if (!hasLostAnAnswer(error)) {
      throw error;
    }
    await startOver(who, stack);
    return stack.up();
  }
}

/** Lets go what a run has made in which an answer got lost. */
export async function startOver(who: Colleague, stack: Stack): Promise<void> {
  await recover(who, stack);
  await destroy(stack);
}
