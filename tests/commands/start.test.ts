import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { priceStack } from "../../commands/price-stack";
import { USD } from "../../cost/currency";
import { DEFAULT_SCENARIO, readScenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import { today } from "../../settings";

const ROOT = join(__dirname, "..", "..");

describe("npm start, as a person types it", () => {
  it("prints the same estimate as the full SDK, and nothing else, without a Pulumi login", async () => {
    const { PATH, HOME } = process.env;
    const { status, stdout, stderr } = spawnSync(
      "npm",
      ["start", "--silent", "--", "--json", "--stacks", "ec2"],
      { cwd: ROOT, encoding: "utf8", env: { PATH, HOME } },
    );
    assert.equal(status, 0, stderr);
    const usage = usageOf(readScenario(DEFAULT_SCENARIO));
    const { estimate } = await priceStack(ROOT, "ec2", { usage, currency: USD, today: today() });
    const { stacks } = JSON.parse(stdout) as {
      stacks: { totals: { totalCents: number }; lines: object[] }[];
    };
    assert.deepEqual(
      stacks.map(({ totals, lines }) => [totals.totalCents, lines.length]),
      [[estimate.totals.total.leastCents, estimate.lines.length]],
    );
  });

  it("reads the prices of the regions that it is asked for, each once", () => {
    const hook = join(ROOT, "tests", "support", "opened-prices.cjs");
    const opened = (...argv: string[]): string => {
      const { status, stderr } = spawnSync(
        "npm",
        ["start", "--silent", "--", "--json", "--stacks", "ec2,eks", ...argv],
        {
          cwd: ROOT,
          encoding: "utf8",
          env: { ...process.env, NODE_OPTIONS: `--require ${hook}` },
        },
      );
      assert.equal(status, 0, stderr);
      return stderr;
    };
    assert.equal(opened(), "opened eu-west-3\n");
    assert.equal(opened("--equal"), "opened eu-west-3\n");
    assert.equal(opened("--regions", "sa-east-1,us-east-2"), "opened sa-east-1 us-east-2\n");
  });

  it("exits silently when the reader closes the pipe", async () => {
    for (const file of ["commands/compare.ts", "commands/leftovers.ts"]) {
      const command = ["--require", "./scripts/typescript.cjs", file, "--help"];
      const child = spawn(process.execPath, command, { cwd: ROOT });
      child.stdout.destroy();
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      assert.deepEqual(await once(child, "close"), [0, null], file);
      assert.equal(said, "", file);
    }
  });
});
