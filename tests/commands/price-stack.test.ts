import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { priceStack } from "../../commands/price-stack";
import { perTrainingRun } from "../../cost/compare/unit-costs";
import { CostError } from "../../cost/cost-error";
import { USD } from "../../cost/currency";
import { DEFAULT_SCENARIO, readScenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import { SettingsError } from "../../settings/contract";
import type { Overrides } from "../../settings/targets/profile";
import { stackNames } from "../../settings/schema/stack-file";
import { TODAY } from "../support/resources";

const folder = join(__dirname, "..", "..");
const TEAM = { usage: usageOf(readScenario(DEFAULT_SCENARIO)), currency: USD, today: TODAY };

describe("priceStack", () => {
  for (const stack of stackNames(folder)) {
    it(`prices everything that the shipped stack ${stack} declares`, async () => {
      const { target, estimate } = await priceStack(folder, stack, TEAM);
      assert.ok(estimate.totals.shared.leastCents > 0);
      assert.ok(estimate.totals.target.leastCents > 0, `nothing of target ${target} is priced`);
    });
  }

  it("applies overriding settings to what is declared and priced", async () => {
    for (const [stack, label] of [
      ["ec2", /^Instance/],
      ["eks", /^Instance/],
      ["prod", /^Instance/],
    ] as const) {
      const overrides = {
        "nodes.count": "12",
        "nodes.instanceType": "m6i.large",
        ...(stack !== "ec2" && { "nodes.min": "count", "nodes.max": "count" }),
      };
      const { estimate, machines } = await priceStack(folder, stack, { ...TEAM, overrides });
      const { kind, instanceType, ...others } = machines;
      assert.deepEqual([kind, instanceType], ["nodes", "m6i.large"]);
      assert.ok("count" in others && others.count === 12 && !("max" in others));
      const compute = estimate.lines.filter(
        (line) => line.category === "compute" && label.test(line.label),
      );
      // The control plane of ec2 is one of the twelve: 11 × 730 h, else 12 × 730 h.
      assert.deepEqual(
        compute.map(({ quantity, priceKey }) => [quantity, priceKey]),
        [[stack === "ec2" ? 8030 : 8760, "ec2.m6i.large.hour"]],
      );
    }
  });

  it("returns warnings with a fix command for that stack", async () => {
    const overrides = { lifecycle: "keep" };
    const { warnings } = await priceStack(folder, "ec2", { ...TEAM, overrides });
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]!,
      /^lifecycle is keep, .*\n {4}pulumi config set database\.multiAz true --stack ec2$/,
    );
  });

  it("warns of settings that Pulumi Cloud adds from an environment", async () => {
    const stacks = mkdtempSync(join(tmpdir(), "stacks-"));
    const file = readFileSync(join(folder, "Pulumi.ec2.yaml"), "utf8");
    for (const [environment, warns] of [
      ["environment:\n  - ml/dev\n", true],
      ["environment:\n  imports: [ml/dev]\n", true],
      ["<<: { environment: [x] }\n", true],
      ["environment: ''\n", true],
      ["environment: []\n", false],
      ["environment:\n", false],
      ["", false],
    ] as const) {
      writeFileSync(join(stacks, "Pulumi.ec2.yaml"), `${file}${environment}`);
      const { warnings } = await priceStack(stacks, "ec2", TEAM);
      const said = warnings.filter((one) =>
        one.startsWith('Pulumi.ec2.yaml has an "environment":'),
      );
      assert.equal(said.length, warns ? 1 : 0, environment);
    }
  });

  it("rejects invalid overriding settings", async () => {
    await assert.rejects(
      priceStack(folder, "ec2", { ...TEAM, overrides: { "nodes.count": "51" } }),
      (error) => error instanceof SettingsError && /nodes\.count must be/.test(error.message),
    );
  });

  it("names the stack when its region or one price is missing", async () => {
    const stacks = mkdtempSync(join(tmpdir(), "stacks-"));
    const file = readFileSync(join(folder, "Pulumi.ec2.yaml"), "utf8");
    writeFileSync(join(stacks, "Pulumi.far.yaml"), file.replace("eu-west-3", "ap-south-2"));
    writeFileSync(join(stacks, "Pulumi.big.yaml"), file.replace("eu-west-3", "eu-south-1"));
    const overrides = { "database.instanceClass": "db.m7g.4xlarge" };
    for (const [stack, options, message] of [
      ["far", TEAM, /^stack far: there are no prices for region ap-south-2;/],
      [
        "big",
        { ...TEAM, overrides },
        /^stack big: db\.m7g\.4xlarge is not sold as a PostgreSQL database in eu-south-1.* sold there is db\.m6g\.4xlarge;/,
      ],
    ] as const) {
      await assert.rejects(
        priceStack(stacks, stack, options),
        (error) => error instanceof CostError && message.test(error.message),
      );
    }
  });

  it("rejects a stack without a file", async () => {
    await assert.rejects(priceStack(folder, "no-such", TEAM), SettingsError);
  });

  it("prices what a training run occupies: half a node, or an instance where there are such jobs", async () => {
    const hour = async (stack: string, overrides: Overrides = {}) =>
      (await priceStack(folder, stack, { ...TEAM, overrides })).trainingHour;
    const nodes = { "nodes.instanceType": "m5.large", "notebooks.sizes": "2x4" };
    // Half of 2 vCPUs, half of 8 GiB, at 0.112 an hour.
    assert.equal(await hour("ec2", nodes), 0.056);
    assert.equal(await hour("eks", nodes), 0.056);
    // 6 of 8 GiB.
    assert.equal(await hour("eks", { ...nodes, "notebooks.sizes": "2x6" }), 0.084);
    const machine = { "studio.instanceType": "ml.m5.xlarge" };
    assert.equal(await hour("sagemaker", { ...machine, "studio.jobs": "true" }), 0.269);
    assert.equal(await hour("sagemaker", machine), undefined);
  });

  it("has a price of a run where the scenario says how long it takes", async () => {
    const stack = await priceStack(folder, "eks", TEAM);
    const team = readScenario(DEFAULT_SCENARIO);
    const without = readScenario("solo");
    assert.equal(without.trainingRunMinutes, undefined);
    assert.equal(perTrainingRun(stack, without), undefined);
    const priced = { ...stack, trainingHour: 0.056 };
    assert.equal(perTrainingRun(priced, { ...team, trainingRunMinutes: 15 }), 0.014);
  });
});
