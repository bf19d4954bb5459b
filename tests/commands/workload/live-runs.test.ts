import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LiveContext } from "../../../cost/live/live-report";
import type { TrainingRun } from "../../../cost/training-run";
import { deploymentOf } from "../../../cost/resources/stack-export";
import { exportedEc2 } from "../../support/deployments";
import { csvRowsOf, run, type Run } from "../../support/printed";
import { assertSchema } from "../../support/schema";

describe("npm start -- --live after npm run workload", () => {
  it("prints the last runs of the workload by stack and size, beside the estimate of one", async () => {
    const context = liveContext((stack) =>
      stack === "one" ? [runOf(stack, 70), runOf(stack, 62), runOf(stack, 90)] : undefined,
    );
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
    const rows = csvRowsOf((await live(["--csv", "--currency", "EUR", "--rate", "10"])).out)
      .filter(({ view }) => view === "training")
      .map(({ stack, mode, label, quantity, unit, currency, amount }) =>
        [stack, mode, label, quantity, unit, currency, amount].join(" "),
      );
    assert.deepEqual(rows, [
      ...[
        ["queue", 2],
        ["start", 30],
        ["data", 1],
        ["training", 12.5],
        ["database", 0.5],
      ].map(([phase, seconds]) => `one small ${phase} ${seconds} second  `),
      "one small total 70 second  ",
      "one small marginal   EUR 0.00933",
      "one small fixed   EUR 0.06",
      "one small predicted   EUR 0.001555555556",
    ]);
  });

  it("says that a run is of the stack whose bucket has it, whatever people have written there", async () => {
    const forged = { ...runOf("other", 70), target: "lambda" as "ec2" };
    const { status, out } = await run(["--live", "--no-billed"], {
      live: () => liveContext((stack) => (stack === "one" ? [forged] : [])),
    });
    assert.equal(status, 0);
    assert.match(out, /^one +small +1 /m);
    assert.doesNotMatch(out, /^other +small/m);
  });

  it("draws the runs of each stack on the page with charts, and says whose cannot be read", async () => {
    const page = await pageOf((stack) =>
      stack === "one" ? [runOf(stack, 70), { ...runOf(stack, 700), size: "large" }] : undefined,
    );
    const [section = ""] = page.match(/<section>\n<h2>The same training[^]*?<\/section>/) ?? [];
    const drawings = [...section.matchAll(/<svg class="(wide|narrow)"[^]*?<\/svg>/g)];
    assert.equal(drawings.length, 2);
    for (const [svg] of drawings) {
      assert.match(svg, />one, small<[^]*>one, large<[^]*>70 s<[^]*>700 s</);
      assert.doesNotMatch(svg, /NaN|undefined/);
    }
    assert.match(section, /<th scope="row" class="left">one<\/th><td class="left">small<\/td>/);
    assert.match(section, /Training runs that cannot be read[^]*<li>other: AccessDenied/);
    assert.equal(page.match(/AccessDenied/g)?.length, 1);
    assert.doesNotMatch(await pageOf(() => []), /The same training/);
  });
});

/** Two stacks that are up; the runs of one cannot be read where `runs` has none. */
function liveContext(runs: (stack: string) => readonly TrainingRun[] | undefined): LiveContext {
  return {
    now: new Date("2026-11-23T12:00:00Z"),
    stored: () =>
      Promise.resolve(["one", "other"].map((stack) => ({ stack, deployment: withBucket() }))),
    access: () => ({}),
    billed: () => Promise.resolve([]),
    runs: ({ stack }) => {
      const found = runs(stack);
      return found === undefined
        ? Promise.reject(new Error("AccessDenied: s3:ListBucket"))
        : Promise.resolve(found);
    },
  };
}

/** The page with charts about the live stacks. */
async function pageOf(
  runs: (stack: string) => readonly TrainingRun[] | undefined,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "runs-"));
  try {
    await run(["--live", "--no-billed", "--html", "report.html"], {
      env: { INIT_CWD: folder },
      live: () => liveContext(runs),
    });
    return readFileSync(join(folder, "report.html"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A stack that is up, as far as runs are concerned. */
function withBucket() {
  return { ...deploymentOf(exportedEc2()), outputs: { bucket: "data-1", roleArns: { ada: "x" } } };
}

function runOf(stack: string, total: number): TrainingRun {
  return {
    run: `r-${total}`,
    stack,
    target: "ec2",
    person: "ada",
    size: "small",
    accuracy: 0.97,
    asked: "2026-11-20T12:00:00.000Z",
    seconds: { queue: 2, start: 30, data: 1, training: 12.5, database: 0.5, total },
    machine: { kind: "share", instanceType: "m5.xlarge", vcpus: 0.5, gib: 4 },
    billedSeconds: 60,
    usd: { marginal: 0.000933, fixed: 0.006 },
  };
}
