import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { priceStack } from "../../commands/priced-stack";
import { DEFAULT_SCENARIO, readScenario } from "../../cost/scenario";
import { usageOf } from "../../cost/scenario-usage";
import { today } from "../../settings";

const ROOT = join(__dirname, "..", "..");

describe("npm start, as a person types it", () => {
  it("prints what the whole SDK would, and nothing else, without a Pulumi login", async () => {
    const { PATH, HOME } = process.env;
    const { status, stdout, stderr } = spawnSync(
      "npm",
      ["start", "--silent", "--", "--json", "--stacks", "ec2"],
      { cwd: ROOT, encoding: "utf8", env: { PATH, HOME } },
    );
    assert.equal(status, 0, stderr);
    const usage = usageOf(readScenario(DEFAULT_SCENARIO));
    const { estimate } = await priceStack(ROOT, "ec2", { usage, today: today() });
    const { stacks } = JSON.parse(stdout) as { stacks: { totals: object; lines: object[] }[] };
    assert.deepEqual(
      stacks.map(({ totals, lines }) => [totals, lines.length]),
      [[estimate.totals, estimate.lines.length]],
    );
  });
});
