import assert from "node:assert/strict";
import { servingCost } from "../../cost/prediction-run";
import { bookOnlyWith } from "../support/books";

const BOOK = bookOnlyWith({
  "ec2.g4dn.xlarge.hour": 0.72,
  // 4 vCPUs and 16 GiB.
  "ec2.m5.xlarge.hour": 0.24,
  "sagemaker.ml.m5.xlarge.hosting.hour": 0.36,
  "sagemaker.ml.m5.xlarge.training.hour": 0.72,
});

describe("dollars of predictions", () => {
  const share = { kind: "share", instanceType: "m5.xlarge", vcpus: 1, gib: 1 } as const;
  const hosted = { kind: "instance", instanceType: "ml.m5.xlarge", use: "hosting" } as const;
  const trained = { kind: "instance", instanceType: "ml.m5.xlarge" } as const;
  const gpu = { kind: "instance", instanceType: "g4dn.xlarge" } as const;

  it("are on a cluster those of the server's share of a node", () => {
    // A quarter of 0.24 is 0.06 an hour; 100 a second are 360,000 an hour; 730 hours. A Job on as much has the day,
    // less 40 s, at 100 a second.
    const base = { rate: 100, server: { machine: share, count: 1 }, target: "eks" } as const;
    assert.deepEqual(servingCost(base, { machine: share, startSeconds: 40 }, BOOK), {
      ok: { usd: { perThousand: 0.000166666666667, idleMonth: 43.8 }, breakEven: 8_636_000 },
    });
  });

  it("are on sagemaker those of hosting, for each instance", () => {
    // Half of what a training job costs: half a day, less 60 s, at 10 a second.
    const one = { rate: 10, server: { machine: hosted, count: 1 }, target: "sagemaker" } as const;
    assert.deepEqual(servingCost(one, { machine: trained, startSeconds: 60 }, BOOK), {
      ok: { usd: { perThousand: 0.01, idleMonth: 262.8 }, breakEven: 431_400 },
    });
    const two = { ...one, server: { machine: hosted, count: 2 } };
    assert.deepEqual(servingCost(two, { machine: trained, startSeconds: 60 }, BOOK), {
      ok: { usd: { perThousand: 0.02, idleMonth: 525.6 }, breakEven: 863_400 },
    });
  });

  it("are never less than those of a Job, where a Job could do all that the server can for less", () => {
    const base = { rate: 100, server: { machine: gpu, count: 1 }, target: "eks" } as const;
    const cost = servingCost(base, { machine: share, startSeconds: 40 }, BOOK);
    assert.deepEqual("ok" in cost && [cost.ok.usd.perThousand, cost.ok.breakEven], [0.002, null]);
  });

  it("are less than those of a Job from the first prediction on, whose start costs more than the server's day", () => {
    const base = { rate: 100, server: { machine: share, count: 1 }, target: "eks" } as const;
    const cost = servingCost(base, { machine: gpu, startSeconds: 7200 }, BOOK);
    assert.equal("ok" in cost && cost.ok.breakEven, 0);
  });

  it("are unknown where a machine has no price", () => {
    const base = { rate: 1, target: "eks" } as const;
    const other = { kind: "instance", instanceType: "g9.xlarge" } as const;
    const problem = { problem: "g9.xlarge has no price in eu-west-3" };
    const job = { machine: share, startSeconds: 1 };
    assert.deepEqual(
      servingCost({ ...base, server: { machine: other, count: 1 } }, job, BOOK),
      problem,
    );
    const served = { ...base, server: { machine: share, count: 1 } };
    assert.deepEqual(servingCost(served, { ...job, machine: other }, BOOK), problem);
  });
});
