import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { audited, Colleague, NOTHING, resourcesIn } from "./engine-stack";
import { destroy, hasLostAnAnswer, recover, startOver, up } from "./recovery";

/** Type of a chart that Pulumi installs by Helm. */
const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Operations that a state knows as begun and not ended. */
function pendingIn(state: string): { operation: string; type: string; urn: string }[] {
  const { checkpoint } = JSON.parse(state) as {
    checkpoint: {
      latest?: { pending_operations?: { type: string; resource: { type: string; urn: string } }[] };
    };
  };
  return (checkpoint.latest?.pending_operations ?? []).map(({ type, resource }) => ({
    operation: type,
    type: resource.type,
    urn: resource.urn,
  }));
}

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
    this.timeout("15m");
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

    if (name === "ec2") {
      // The engine's part: in the emulator no Helm refuses a name of its own. docs/runbook.md has that part.
      it("is created completely after a kill in the middle of a chart's installation", async () => {
        await ada.kill("up", name, /helm\.sh\/v3:Release \S+ creating/);
        const [cut, ...others] = pendingIn(ada.state(name)).filter(({ type }) => type === RELEASE);
        assert.deepEqual([cut?.operation, others], ["creating", []]);
        await recover(ada, stack);
        assert.deepEqual(pendingIn(ada.state(name)), []);
        await up(ada, stack);
        const charts = resourcesIn(ada.state(name)).filter(({ urn }) => urn === cut?.urn);
        assert.equal(charts.length, 1);
        await destroy(stack);
        assert.deepEqual(await audited(ada, name, region), NOTHING);
      });
    }

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
