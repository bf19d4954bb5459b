import assert from "node:assert/strict";
import type { LiveContext } from "../../../cost/live/live-report";
import type { TrainingRun } from "../../../cost/training-run";
import { deploymentOf } from "../../../cost/resources/stack-export";
import { exportedEc2 } from "../../support/deployments";
import { run, type Run } from "../../support/printed";
import { assertSchema } from "../../support/schema";

describe("npm start -- --live after npm run workload", () => {
  it("prints the last runs of the workload by stack and size, beside the estimate of one", async () => {
    const stored: LiveContext["stored"] = () =>
      Promise.resolve(["one", "other"].map((stack) => ({ stack, deployment: withBucket() })));
    const context: LiveContext = {
      now: new Date("2026-11-23T12:00:00Z"),
      stored,
      access: () => ({}),
      billed: () => Promise.resolve([]),
      runs: ({ stack }) =>
        stack === "one"
          ? Promise.resolve([runOf(stack, 70), runOf(stack, 62), runOf(stack, 90)])
          : Promise.reject(new Error("AccessDenied: s3:ListBucket")),
    };
    const live = (argv: readonly string[]): Promise<Run> =>
      run(["--live", "--no-billed", ...argv], { live: () => context });
    const { status, out } = await live([]);
    assert.equal(status, 0);
    // 0.25 of m5.xlarge at 0.224 an hour for 10 s.
    const row =
      /^one +small +3 +2\.0 +30\.0 +1\.0 +12\.5 +0\.5 +70\.0 +0\.0009 +0\.0060 +0\.0002$/m;
    assert.match(out, row);
    assert.match(out, /Training runs that cannot be read\n.*other: AccessDenied: s3:ListBucket/);
    const euros = await live(["--currency", "EUR", "--rate", "10"]);
    assert.match(euros.out, /70\.0 +0\.0093 +0\.0600 +0\.0016$/m);
    const { out: text } = await live(["--json"]);
    assertSchema("live", text);
    const json = JSON.parse(text) as {
      stacks: { trainingRuns: { runs: number; usd: object }[] | null }[];
    };
    const [one, other] = json.stacks;
    assert.equal(one?.trainingRuns?.[0]?.runs, 3);
    assert.deepEqual(one.trainingRuns[0].usd, { marginal: 0.000933, fixed: 0.006 });
    assert.equal(other?.trainingRuns, null);
  });
});

/** A stack that is up, as far as runs are concerned. */
function withBucket() {
  return { ...deploymentOf(exportedEc2()), outputs: { bucket: "data-1", roleArns: { ada: "x" } } };
}

function runOf(stack: string, total: number): TrainingRun {
  return {
    ...{ run: `r-${total}`, stack, target: "ec2", person: "ada", size: "small", accuracy: 0.97 },
    asked: "2026-11-20T12:00:00.000Z",
    seconds: { queue: 2, start: 30, data: 1, training: 12.5, database: 0.5, total },
    machine: { kind: "share", instanceType: "m5.xlarge", vcpus: 0.5, gib: 4 },
    billedSeconds: 60,
    usd: { marginal: 0.000933, fixed: 0.006 },
  };
}
