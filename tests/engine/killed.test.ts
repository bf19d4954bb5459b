import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { audited, Colleague, NOTHING, resourcesIn } from "./engine-stack";
import { destroy, hasLostAnAnswer, recover, startOver } from "./recovery";

/**
 * New resources after which the test kills `up`, and deleted ones after which it kills the `destroy`, by target.
 * The last of ec2 and eks are among those of the notebooks and their front door.
 */
const POINTS = {
  ec2: [
    [6, 1],
    [40, 20],
    [85, 60],
    [130, 90],
  ],
  eks: [
    [15, 4],
    [60, 40],
    [110, 70],
  ],
  sagemaker: [
    [15, 8],
    [45, 15],
    [62, 40],
  ],
} as const;

for (const name of Object.keys(POINTS) as (keyof typeof POINTS)[]) {
  describe(`stack ${name}, killed during up and destroy`, function () {
    this.timeout("10m");
    const ada = new Colleague();
    let stack: Stack;
    let region: string;

    before(async () => {
      stack = await ada.ownStack(name);
      region = (await stack.getConfig("aws:region")).value;
    });

    after(() => {
      ada.leave();
    });

    /** Kills a command. If an answer was lost before that, recovers the stack and kills once more. */
    const kill = async (command: "up" | "destroy", after: number): Promise<void> => {
      try {
        await ada.kill(command, name, after);
      } catch (error) {
        if (!hasLostAnAnswer(error)) {
          throw error;
        }
        if (command === "up") {
          await startOver(ada, stack);
        } else {
          await recover(ada, stack);
        }
        await ada.kill(command, name, command === "up" ? after : 1);
      }
    };

    for (const [made, deleted] of POINTS[name]) {
      it(`is destroyed completely after kills at ${made} created and ${deleted} deleted resources`, async () => {
        await kill("up", made);
        const commands = await recover(ada, stack);
        await kill("destroy", deleted);
        await recover(ada, stack);
        await destroy(stack);
        assert.deepEqual(resourcesIn(ada.state(name)), []);
        assert.deepEqual(await audited(ada, name, region), NOTHING);
        console.log(`      ${commands} commands of the audit`);
      });
    }
  });
}
