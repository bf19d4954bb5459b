import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { audited, Colleague, NOTHING, resourcesIn } from "../engine/engine-stack";
import { hasLostAnAnswer, recover } from "../engine/recovery";

/** The provider's message for a failure that a test asked for. */
const ORDERED = "ordered to fail";

/** Stack whose first creation and first deletion of every type fail; `.ci/run` orders that. */
const STACK = process.env["FAULTS_STACK"] ?? "";

/** Largest number of runs: a dozen levels depend on each other, and something fails once at each. */
const MOST = 40;

/** Largest number of lost answers in all runs. */
const MOST_LOST = 3;

describe(`stack ${STACK}, when every operation fails at first`, function () {
  this.timeout("20m");
  const ada = new Colleague();
  let stack: Stack;
  let region: string;

  before(async () => {
    stack = await ada.ownStack(STACK);
    region = (await stack.getConfig("aws:region")).value;
  });

  after(() => {
    ada.leave();
  });

  /** Repeats a run until nothing fails. Returns the types that failed, each as often as it failed. */
  const repeated = async (run: () => Promise<unknown>): Promise<string[]> => {
    const failed: string[] = [];
    let lost = 0;
    for (let attempt = 0; attempt < MOST; attempt += 1) {
      try {
        await run();
        return failed;
      } catch (error) {
        const types = failuresIn(error instanceof Error ? error.message : String(error));
        if (types.length === 0) {
          lost += 1;
          assert.ok(hasLostAnAnswer(error) && lost < MOST_LOST, String(error));
          await recover(ada, stack);
        }
        failed.push(...types);
      }
    }
    throw new Error(`still failing after ${MOST} times: ${failed.slice(-5).join(", ")}`);
  };

  it("is created by repeated `up`, without duplicates", async () => {
    const failed = await repeated(() => stack.up({ continueOnError: true }));
    assert.ok(failed.length > 25, `${failed.length} types have failed`);
    assert.deepEqual(twice(failed), []);
    await stack.preview({ expectNoChanges: true });
    assert.deepEqual({ ...(await audited(ada, STACK, region)), managed: 0 }, NOTHING);
  });

  it("is destroyed completely by repeated `destroy`", async () => {
    const failed = await repeated(() => stack.destroy({ continueOnError: true }));
    assert.ok(failed.length > 20, `${failed.length} types have failed`);
    assert.deepEqual(twice(failed), []);
    // An address whose answer got lost is allocated twice: no error says so, only the audit.
    const commands = await recover(ada, stack);
    console.log(`      ${commands} commands of the audit`);
    assert.deepEqual(resourcesIn(ada.state(STACK)), []);
    assert.deepEqual(await audited(ada, STACK, region), NOTHING);
  });
});

/** Types that the provider failed for a test, from the list at the end of the CLI's output. */
function failuresIn(output: string): string[] {
  const diagnostics = output.slice(output.indexOf("Diagnostics:"));
  const [first = ""] = diagnostics.split("\nResources:");
  return first
    .split(/\n(?= {2}\S)/)
    .filter((entry) => entry.includes(ORDERED))
    .map((entry) => /^ {2}(\S+) \(/.exec(entry)?.[1] ?? entry);
}

function twice(types: readonly string[]): string[] {
  return types.filter((type, index) => types.indexOf(type) !== index);
}
