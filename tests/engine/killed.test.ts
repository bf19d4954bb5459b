import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { TagService } from "../support/tag-service";
import { audited, Colleague, destroy, emulator, NOTHING, resourcesIn } from "./engine-stack";
import { commandsIn, GONE, pasted } from "./printed-commands";

/** For each target: after how many new resources `up` is killed, and after how many deleted ones the `destroy` of that. */
const POINTS = {
  ec2: [
    [6, 1],
    [30, 10],
    [60, 40],
    [85, 60],
  ],
  eks: [
    [15, 4],
    [50, 25],
    [70, 50],
  ],
  sagemaker: [
    [15, 8],
    [45, 15],
    [62, 40],
  ],
} as const;

/** Milliseconds in which AWS, here, ends what it was asked for last. */
const AFTERMATH = 5000;

/** Audits, and commands of each: what an orphaned domain leaves is seen when it is gone. */
const MOST = 3;

for (const name of Object.keys(POINTS) as (keyof typeof POINTS)[]) {
  describe(`stack ${name}, killed on its way`, function () {
    this.timeout("10m");
    const ada = new Colleague();
    const tags = new TagService(emulator());
    let stack: Stack;
    let region: string;
    let env: NodeJS.ProcessEnv;

    before(async () => {
      env = { AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: await tags.start() };
      stack = await ada.ownStack(name);
      region = (await stack.getConfig("aws:region")).value;
    });

    after(() => {
      tags.stop();
      ada.leave();
    });

    /** The steps of docs/runbook.md after a run that was interrupted. Gives how many commands there were. */
    const recover = async (): Promise<number> => {
      await delay(AFTERMATH);
      ada.deleteEmpty();
      await stack.cancel();
      await stack.refresh({ clearPendingCreates: true });
      const audit = () =>
        ada.command("commands/leftovers.ts", ["--stack", name, "--region", region], env);
      let { status, out } = await audit();
      let commands = 0;
      for (let round = 0; round < MOST && status === 1; round += 1) {
        const lines = commandsIn(out);
        const refused = (await pasted(lines)).filter((line) => !GONE.test(line));
        assert.deepEqual(refused, [], out);
        commands += lines.length;
        ({ status, out } = await audit());
      }
      const found = await audited(ada, name, region, env);
      assert.deepEqual({ ...found, managed: 0 }, NOTHING, out);
      return commands;
    };

    for (const [made, deleted] of POINTS[name]) {
      it(`goes without a trace, after ${made} were made, and ${deleted} deleted`, async () => {
        await ada.kill("up", name, made);
        const orphans = await recover();
        await ada.kill("destroy", name, deleted);
        await recover();
        await destroy(stack);
        assert.deepEqual(resourcesIn(ada.state(name)), []);
        assert.deepEqual(await audited(ada, name, region, env), NOTHING);
        console.log(`      ${orphans} commands of the audit`);
      });
    }
  });
}
