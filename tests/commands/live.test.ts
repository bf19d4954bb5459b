import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bill } from "../../cost/live/bill-cache";
import { USD } from "../../cost/currency";
import { billedAmount, type LiveContext } from "../../cost/live/live-report";
import { dollars } from "../../cost/money";
import { deploymentOf } from "../../cost/resources/stack-export";
import { beginnings, exportedEc2 } from "../support/deployments";
import { assertGolden } from "../support/golden";
import { csvRowsOf, run, type Run } from "../support/printed";

const NOW = new Date("2026-11-23T12:00:00Z");
const STACKS: Readonly<Record<string, object>> = {
  young: exportedEc2("eu-west-3", "aaaaaaaa"),
  gone: {},
  broken: { resources: beginnings("eu-west-3", "bbbbbbbb") },
  old: exportedEc2("eu-west-3", "0123abcd"),
};
const BILL: Bill = {
  stackIds: ["0123abcd", "aaaaaaaa", "bbbbbbbb"],
  from: "2026-11-13",
  billed: {
    usd: { "0123abcd": { "Amazon EC2": 19.004, "Amazon RDS": 3e-7 } },
    since: "2026-11-15",
    until: "2026-11-22",
    problem: null,
    requests: 6,
  },
  problem: undefined,
  asked: NOW,
  paidRequests: 6,
};

describe("npm start -- --live", () => {
  let asked: { stackIds: string[]; only: readonly string[] | undefined };

  const live = async (argv: string[], changes: Partial<LiveContext> = {}): Promise<Run> => {
    asked = { stackIds: [], only: undefined };
    const context: LiveContext = {
      now: NOW,
      stored: (only) => {
        asked.only = only;
        return Promise.resolve(
          Object.entries(STACKS)
            .filter(([stack]) => only?.includes(stack) ?? true)
            .map(([stack, deployment]) => ({ stack, deployment: deploymentOf(deployment) })),
        );
      },
      access: () => ({}),
      runs: () => Promise.reject(new Error("no stack has a bucket")),
      billed: (stacks) => {
        asked.stackIds = stacks.map(({ stackId }) => stackId);
        return Promise.resolve([BILL]);
      },
      ...changes,
    };
    return run(["--live", ...argv], { live: () => context });
  };

  it("prints the backend's stacks sorted by name", async () => {
    const { status, out, err } = await live([]);
    assert.equal(status, 0, err);
    assertGolden("live.txt", out);
    assert.equal(asked.only, undefined);
    assert.deepEqual(asked.stackIds, ["bbbbbbbb", "0123abcd", "aaaaaaaa"]);
  });

  it("prints estimate, bill and forecast side by side", async () => {
    const { out } = await live([]);
    // Machine, disk and scenario team: see tests/cost/live.test.ts for the first two.
    const row = /^old +ec2 +2026-11-13 12:00 +0\.0816 +(\d+\.\d\d) +19\.00 +(\d+\.\d\d)$/m.exec(
      out,
    );
    assert.ok(row, out);
    assert.match(out, /^young .* 0\.00 +\d+\.\d\d$/m); // nothing billed, which is not unknown
    const together = Number(row[1]) * 2;
    assert.match(out, new RegExp(`^Total +0\\.1631 +${together.toFixed(2)} +19\\.00 `, "m"));
    assert.match(out, /^Amazon EC2 +19\.00 +-$|^Amazon EC2 .*19\.00/m);
    // 19.004 and 0.0000003: the amounts printed in the column add up to its sum.
    assert.match(out, /^Total .* 19\.00 +0\.00$/m);
    const unwrapped = out.replace(/\n +/g, " ");
    assert.match(
      unwrapped,
      /6 requests to Cost Explorer cost \$0\.06; the answer is cached for a day/,
    );
    assert.match(
      unwrapped,
      /days from 2026-11-13 on were requested, AWS has data from 2026-11-15 to 2026-11-22\. Only resources with the tag StackId/,
    );
  });

  it("stays within 100 columns with many stacks, with the bill of each", async () => {
    const ids = ["11", "22", "33", "44", "55", "66", "77", "88"].map((pair) => pair.repeat(4));
    const usd = Object.fromEntries(ids.map((id, index) => [id, { "Amazon EC2": 1000 + index }]));
    const bill = { ...BILL, stackIds: ids, billed: { ...BILL.billed!, usd } };
    const { status, out } = await live([], {
      stored: () =>
        Promise.resolve(
          ids.map((id) => ({
            stack: `a-stack-whose-name-has-some-fifty-characters-${id}`,
            deployment: deploymentOf(exportedEc2("eu-west-3", id)),
          })),
        ),
      billed: () => Promise.resolve([bill]),
    });
    assert.equal(status, 0);
    assert.deepEqual(
      out.split("\n").filter((line) => line.length > 100),
      [],
    );
    const billed = [...out.matchAll(/^Amazon EC2 .*$/gm)].map(([line]) => line).join("");
    assert.deepEqual(
      [...billed.matchAll(/1,00\d\.00/g)].map(([amount]) => amount),
      ids.map((_, index) => `1,00${index}.00`),
    );
  });

  it("names stacks that are down or have nothing billed", async () => {
    const { out } = await live([]);
    assert.match(out, /^ +- gone: nothing is deployed$/m);
    assert.match(out, /^ +- broken: 2 resources, none of which is billed$/m);
    const nothing = await live([], {
      stored: () => Promise.resolve([]),
      billed: () => Promise.reject(new Error("asked for money's worth of nothing")),
    });
    assert.equal(nothing.status, 0);
  });

  it("lists assumptions and resources changed since creation", async () => {
    const { out } = await live(["--stacks", "old", "--explain"]);
    assert.deepEqual(asked.only, ["old"]);
    assert.match(out, /old: 3\.\d\d of the estimate/);
    assert.match(out.replace(/\n +/g, " "), /always been as they are now: ec2-nodes-control-plane/);
    const { resources } = exportedEc2() as { resources: { created: string }[] };
    const unchanged = { resources: resources.map((one) => ({ ...one, modified: one.created })) };
    const stored: LiveContext["stored"] = () =>
      Promise.resolve([{ stack: "old", deployment: deploymentOf(unchanged) }]);
    assert.doesNotMatch((await live([], { stored })).out, /changed after their creation/);
  });

  it("requests no bill with --no-billed and leaves the column empty", async () => {
    const { out } = await live(["--no-billed"]);
    assert.deepEqual(asked.stackIds, []);
    assert.match(out, /^Total +0\.1631 +\d+\.\d\d +- /m);
    assert.doesNotMatch(out, /Cost Explorer|Billed by AWS|Amazon EC2/);
  });

  it("explains an unknown bill and omits the sum", async () => {
    const refused: Bill = {
      ...BILL,
      stackIds: ["0123abcd"],
      billed: undefined,
      problem: "Cost Explorer refuses: no",
    };
    const part = { ...BILL, stackIds: ["aaaaaaaa", "bbbbbbbb"], paidRequests: 0 };
    const { status, out } = await live([], { billed: () => Promise.resolve([refused, part]) });
    assert.equal(status, 0);
    assert.match(out, /^old .* - +\d+\.\d\d$/m);
    assert.match(out, /^Total .* - +\d+\.\d\d$/m);
    assert.match(out, /^ +- old: Cost Explorer refuses: no$/m);
    assert.match(
      out.replace(/\n +/g, " "),
      /answer of 2026-11-23 12:00 from the cache, so no request was paid now/,
    );
  });

  it("shows no bill instead of 0 while AWS has no data", async () => {
    const none: Bill = {
      ...BILL,
      billed: { usd: {}, since: null, until: null, problem: "no data yet", requests: 2 },
      problem: "no data yet",
      paidRequests: 2,
    };
    const { out } = await live([], { billed: () => Promise.resolve([none]) });
    assert.match(out, /^old .* - +\d+\.\d\d$/m);
    assert.match(out, /no data yet \(2 requests to Cost Explorer cost \$0\.02\)/);
  });

  it("rounds each service of a bill half up despite binary fractions", () => {
    assert.equal(billedAmount({ one: 1.005 }, USD).leastCents, 101); // 1.005 × 100 = 100.49999999999999
    assert.equal(billedAmount({ one: 0.004, two: 0.004, three: 0.006 }, USD).leastCents, 1);
    assert.equal(billedAmount({}, USD).leastCents, 0);
  });

  it("excludes a stack without prices from every sum, says so twice and fails", async () => {
    const stored: LiveContext["stored"] = () =>
      Promise.resolve([
        { stack: "far", deployment: deploymentOf(exportedEc2("me-south-1", "cccccccc")) },
        { stack: "old", deployment: deploymentOf(STACKS["old"]) },
      ]);
    const { status, out, err } = await live([], { stored });
    assert.equal(status, 1);
    assert.match(err, /^stack far is in no total: there are no prices for region me-south-1/);
    assert.match(out, /^Not priced, and in no total\n {2}- far: there are no prices/m);
    assert.match(out, /^Total +0\.0816 /m);
    assert.doesNotMatch(out, /Without billed resources/);
    const json = JSON.parse((await live(["--json"], { stored })).out) as {
      stacks: { stack: string; soFar: unknown; problem: string }[];
    };
    assert.equal(json.stacks[0]?.soFar, null);
    assert.match(json.stacks[0].problem, /me-south-1/);
  });

  it("gives the same figures as JSON and CSV", async () => {
    const json = JSON.parse((await live(["--json"])).out) as {
      monthEnd: string;
      assumptions: string[];
      stacks: {
        stack: string;
        soFar: { totals: { totalCents: number } } | null;
        month: { totals: { totalCents: number } } | null;
        billedCents: number | null;
        hourly: number | null;
      }[];
      bills: { until: string; paidRequests: number }[];
    };
    assertGolden("live.json", `${JSON.stringify(json, null, 2)}\n`);
    assert.equal(json.monthEnd, "2026-12-01");
    assert.match(json.assumptions.join("\n"), /^Nodes: .* after a pulumi refresh only\.$/m);
    const rows = csvRowsOf((await live(["--csv"])).out);
    const sum = (view: string, stack: string): number =>
      rows
        .filter((row) => row["view"] === view && row["stack"] === stack)
        .reduce((total, row) => total + Math.round(Number(row["amount"]) * 100), 0);
    for (const { stack, soFar, month } of json.stacks.filter((one) => one.soFar !== null)) {
      assert.equal(sum("so far", stack), soFar?.totals.totalCents);
      assert.equal(sum("whole month", stack), month?.totals.totalCents);
      assert.ok(sum("so far", stack) > 0);
    }
    assert.equal(json.stacks.find(({ stack }) => stack === "old")?.billedCents, 1900); // 19.00 + 0.00
    assert.deepEqual(
      rows.filter((row) => row["view"] === "billed").map((row) => row["amount"]),
      ["19.004", "0.0000003"],
    );
    assert.match((await live(["--markdown"])).out, /^\| old \| ec2 \| 2026-11-13 12:00 \|/m);
  });

  it("shows every cost line of each stack with --detail", async () => {
    const { out } = await live(["--detail", "--stacks", "old"]);
    assert.match(out, /^Stack old: estimated since 2026-11-13 12:00$/m);
    assert.match(out, /Control plane \(on-demand, Linux, +239\.5 hours +0\.0752 +18\.01/);
  });

  it("says that the backend has no stack, in every format", async () => {
    const stored = () => Promise.resolve([]);
    for (const [argv, channel] of [
      [[], "out"],
      [["--markdown"], "out"],
      [["--json"], "err"],
      [["--csv"], "err"],
    ] as const) {
      const ran = await live([...argv], { stored });
      assert.equal(ran.status, 0);
      assert.match(ran[channel], /The current Pulumi backend has no stack of this project/);
    }
    assert.doesNotMatch((await live([])).out, /has no stack of this project/);
  });

  it("stands in the HTML report beside the estimate of the stack files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "live-html-"));
    try {
      const file = join(folder, "report.html");
      const { status, err } = await live(["--html", file]);
      assert.deepEqual([status, err], [0, ""]);
      const page = readFileSync(file, "utf8");
      const json = JSON.parse((await live(["--json"])).out) as {
        readonly stacks: readonly {
          readonly stack: string;
          readonly soFar: { readonly totals: { readonly totalCents: number } } | null;
        }[];
      };
      const [, section = ""] = page.split("<h2>Live against the estimate</h2>");
      const [svg = ""] = /<svg class="wide"[^]*?<\/svg>/.exec(section) ?? [];
      const one = json.stacks.find(({ stack }) => stack === "old");
      assert.ok(one?.soFar);
      assert.ok(svg.includes(`>${one.stack}</text>`));
      assert.ok(svg.includes(`>${dollars(one.soFar.totals.totalCents)}`));
      assert.match(section, /billed so far/);
      await run(["--html", file]);
      assert.doesNotMatch(readFileSync(file, "utf8"), /Live against/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("rejects options that contradict --live", async () => {
    const equal = await live(["--equal"]);
    assert.equal(equal.status, 2);
    assert.match(equal.err, /--equal and --live exclude each other/);
    const { status, err } = await run(["--no-billed"]);
    assert.equal(status, 2);
    assert.match(err, /--no-billed needs --live/);
  });
});
