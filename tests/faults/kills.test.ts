import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { audited, Colleague, resourcesIn } from "../engine/engine-stack";
import { killed, unlocked } from "./kills";
import { removeAsListed } from "./removal";

const STACK = process.env["FAULTS_STACK"] ?? "";

/** After how many steps it is killed: ten times an `up` and ten times a `destroy`, over the three stacks. */
const POINTS: Readonly<Record<string, Readonly<Record<"up" | "destroy", readonly number[]>>>> = {
  ec2: { up: [5, 60, 100, 150], destroy: [5, 40, 40, 30] },
  eks: { up: [25, 70, 110], destroy: [15, 40, 20] },
  sagemaker: { up: [15, 50, 90], destroy: [20, 30, 20] },
};

describe(`stack ${STACK}, whose runs are killed`, function () {
  this.timeout("20m");
  const ada = new Colleague();
  const { up, destroy } = POINTS[STACK] ?? { up: [], destroy: [] };
  let stack: Stack;
  let region: string;

  before(async () => {
    stack = await ada.ownStack(STACK);
    region = (await stack.getConfig("aws:region")).value;
  });

  after(() => {
    ada.leave();
  });

  const assertGone = async (): Promise<void> => {
    assert.deepEqual(resourcesIn(ada.state(STACK)), []);
    const nothing = { status: 0, managed: 0, beside: {}, lost: {} };
    assert.deepEqual(await audited(ada, STACK, region), nothing);
  };

  for (const after of up) {
    it(`in an up, after ${after} steps: what nobody knows is listed and removed, the rest goes by a plain destroy`, async () => {
      assert.equal(await killed(ada, STACK, { command: "up", after }), "SIGKILL");
      await unlocked(ada, stack);
      await removeAsListed(ada, STACK, region);
      await stack.destroy();
      await assertGone();
    });
  }

  it("in a destroy, again and again, and goes by the next", async () => {
    await stack.up();
    for (const after of destroy) {
      assert.equal(await killed(ada, STACK, { command: "destroy", after }), "SIGKILL");
      await unlocked(ada, stack);
    }
    await stack.destroy();
    await assertGone();
  });
});
