import assert from "node:assert/strict";
import { labourOf } from "../../../cost/compare/labour";
import { leftOnOf } from "../../../cost/compare/left-on";
import { readScenario, type Scenario } from "../../../cost/scenarios/scenario";
import { method } from "../../../reports/equal";
import { cheapest, shipped } from "../../support/shipped";

describe("what costs beside notebooks", () => {
  it("counts training and endpoints on the three targets alike", async () => {
    const jobs = { trainingHours: 100, endpointHours: 730, endpointType: "c5.xlarge" };
    const { services } = await shipped({ ...readScenario("team"), ...jobs });
    const of = (stack: string): unknown[] =>
      services
        .find((one) => one.stack === stack)!
        .service.lines.filter(({ label }) => /^(Training|Endpoints)/.test(label))
        .map(({ label, quantity, amount }) => [label, quantity, amount.leastCents]);
    // m5.xlarge: 100 × 0.224; c5.xlarge: 730 × 0.202
    const nodes = [
      ["Training (m5.xlarge)", 100, 2240],
      ["Endpoints (c5.xlarge)", 730, 14746],
    ];
    assert.deepEqual([of("ec2"), of("eks")], [nodes, nodes]);
    // 100 × 0.269, 730 × 0.242: Paris has neither price, and a notebook's stands in
    assert.deepEqual(of("sagemaker"), [
      [
        "Training (ml.m5.xlarge, at the price of a notebook: this region's is not known)",
        100,
        2690,
      ],
      ["Endpoints (ml.c5.xlarge)", 730, 17666],
    ]);
    const own = {
      trainingHours: 10,
      trainingType: "g6.xlarge",
      endpointHours: 1,
      endpointType: "g4dn.xlarge",
    };
    const gpu = await shipped({ ...readScenario("team"), ...own });
    assert.deepEqual(
      gpu.refused.map(({ stack, reason }) => `${stack}: ${reason}`),
      ["sagemaker: eu-west-3 has no price of ml.g6.xlarge for trainingType; choose another type"],
    );
    const priced = await shipped({ ...readScenario("team"), ...own, trainingHours: 0 });
    // A price of its own
    assert.ok(
      priced.services.some(({ service }) =>
        service.lines.some(({ label }) => label === "Endpoints (ml.g4dn.xlarge)"),
      ),
    );
  });

  it("adds people's work to the cheapest row of each stack, or says that it is not in it", async () => {
    const scenario: Scenario = {
      ...readScenario("team"),
      hourlyWageUsd: 80,
      adminHoursPerMonth: { ec2: 16, eks: 8, sagemaker: 0.5 },
    };
    const equal = await shipped(scenario);
    const labour = labourOf(equal.services, scenario)!;
    assert.deepEqual(
      labour.map(({ stack, labour: amount }) => [stack, amount.leastCents]),
      [
        ["sagemaker", 4000],
        ["eks", 64000],
        ["ec2", 128000],
      ],
    );
    for (const { stack, labour: amount, total } of labour) {
      assert.equal(total.leastCents, cheapest(equal, stack) + amount.leastCents);
    }
    const partly = { ...scenario, adminHoursPerMonth: { ec2: 16, eks: 8 } };
    assert.equal(labourOf(equal.services, partly), undefined);
    assert.match(method(equal, partly).join("\n"), /People's work is in no amount/);
    assert.doesNotMatch(method(equal, scenario).join("\n"), /People's work is in no amount/);
  });

  it("shows what a notebook costs that is left on for a month", async () => {
    const scenario = readScenario("team");
    const { services } = await shipped(scenario);
    assert.deepEqual(
      leftOnOf(services, scenario).map(({ stack, leftOn, stopped }) => [
        stack,
        leftOn.leastCents,
        stopped.leastCents,
      ]),
      [
        ["sagemaker", 8249, 1582], // 730 and 140 hours × 0.113
        ["eks", 12403, 3058], // 730 and 180 hours × 0.1699
        ["ec2", 12403, 3058],
      ],
    );
  });

  it("takes no node with a GPU for one of notebooks", async () => {
    const scenario = readScenario("team");
    const gpu = { "serving.triton": "true", "gpu.max": "1" };
    const { services } = await shipped(scenario, { eks: gpu }, undefined, ["eks"]);
    const [eks] = leftOnOf(services, scenario).filter(({ stack }) => stack === "eks");
    assert.deepEqual([eks?.leftOn.leastCents, eks?.stopped.leastCents], [12403, 3058]);
    const rows = services.filter(({ stack }) => stack === "eks");
    const { services: without } = await shipped(scenario, {}, undefined, ["eks"]);
    const plain = without.filter(({ stack }) => stack === "eks");
    assert.equal(rows.length, plain.length);
    for (const [index, { service }] of rows.entries()) {
      // 730 × 0.615 and 50 × 0.0928, in every row alike; Triton takes nothing else.
      assert.equal(service.total.leastCents - plain[index]!.service.total.leastCents, 44895 + 464);
    }
  });

  it("prices nodes with a GPU of the same type as those of notebooks", async () => {
    const type = "g4dn.xlarge";
    const settings = {
      eks: { "nodes.instanceType": type, "serving.triton": "true", "gpu.max": "1" },
    };
    const { services } = await shipped(readScenario("team"), settings, undefined, ["eks"]);
    const row = services.find(({ declared }) => declared)!;
    const gpu = row.service.lines.filter(({ label }) => label.includes("1 of 0 to 1 nodes"));
    assert.deepEqual(
      gpu.map(({ quantity }) => quantity),
      [730],
    );
  });
});
