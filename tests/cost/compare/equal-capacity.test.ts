import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompareContext } from "../../../commands/compare";
import { priceStack } from "../../../commands/price-stack";
import { CostError } from "../../../cost/cost-error";
import { USD } from "../../../cost/currency";
import type { Overrides } from "../../../settings/targets/profile";
import { nodes } from "../../support/clusters";
import { assertGolden } from "../../support/golden";
import { pricedStack } from "../../support/priced";
import { amountOf, csvRowsOf, run, smallOrLarge, type Json } from "../../support/printed";
import { TODAY } from "../../support/resources";

const ROOT = join(__dirname, "..", "..", "..");

describe("npm start -- --scenario", () => {
  it("prices the chosen scenario and names it", async () => {
    const [team, company] = await Promise.all(
      ["team", "company"].map(async (name) => (await run(["--scenario", name])).out),
    );
    assert.match(team!, /^Assumed for a month \(scenario team\)$/m);
    assert.match(company!, /^Assumed for a month \(scenario company\)$/m);
    assert.match(company!, /people = 200 people/);
    // 20,000 GB × 0.024 = 480.00, 2,000 × 0.0053 = 10.60, 20,000 × 0.00042 = 8.40
    assert.match(company!, /^data +499\.00 +499\.00$/m);
  });

  it("exits with 1 and lists all faults of a scenario file", async () => {
    const file = join(__dirname, "..", "..", "support", "scenarios", "faults.json");
    const { status, out, err } = await run(["--scenario", file]);
    assert.deepEqual([status, out], [1, ""]);
    assert.equal(err.split("\n").filter((line) => line.startsWith("  - ")).length, 10);
  });

  it("shows the six noted figures, their correction and equal service for `notes`", async () => {
    const { status, out } = await run(["--scenario", "notes", "--stacks", "large"]);
    assert.equal(status, 0);
    assertGolden("notes.txt", out);
    const sums = [...out.matchAll(/^Total +([\d,.]+)$/gm)].map(([, sum]) => amountOf(sum!));
    assert.deepEqual(sums.slice(0, 6), [20783, 21900, 363000, 1242, 13300, 51425]);
    const { notes, notedTotals, equal } = JSON.parse(
      (await run(["--scenario", "notes", "--stacks", "large", "--json"])).out,
    ) as Json;
    assert.deepEqual(
      notes!.map(({ notedCents }) => notedCents),
      sums.slice(0, 6),
    );
    assert.ok(equal !== null);
    assert.deepEqual(notedTotals![2], {
      platform: "SageMaker",
      notedCents: 428967, // 4,289.67
      alikeCents: 520332, // 5,203.32
    });
    // 730 × 3.584: a machine as big as the nodes, of 21, that holds no notebook
    assert.match(out, /^ {2}- large: 2,616\.32, 1 of the 21 × m6i\.16xlarge$/m);
    // 12.0000 + 0.1060 + 0.0084 + 0.0800 + 0.2250 = 12.4194: a reader sees why it is 12.42
    assert.match(out, /^Scanned by S3 Select +100 GB × 0\.00225 +0\.2250\nTotal +12\.42$/m);
    assert.ok(out.split("\n").every((line) => line.length <= 100));
    const plain = JSON.parse((await run(["--json"])).out) as Json;
    assert.deepEqual([plain.notes, plain.notedTotals, plain.equal], [null, null, null]);
  });
});

describe("npm start -- --equal", () => {
  it("prints what the same notebooks cost on each target", async () => {
    const { status, out } = await run(["--equal"]);
    assert.equal(status, 0);
    assertGolden("equal.txt", out);
    // 11 machines of t4g.large: ten workers 7,300 h × 0.0752 = 548.96, control plane 54.90,
    // 550 GB × 0.0928 = 51.04 and 100 GB of notebooks 9.28; shared 73.47
    assert.match(
      out,
      /^large +11 × t4g\.large +always on +73\.47 +664\.18 +737\.65 \+ usage +73\.77 +0\.6147$/m,
    );
    // Studio: 10 × 20 × (6 + 1) = 1,400 h × 0.057 = 79.80, 100 GB × 0.12992 = 12.99
    assert.match(
      out,
      /^Studio +ml\.t3\.medium +by use +73\.47 +92\.79 +166\.26 \+ usage +16\.63 +0\.1386$/m,
    );
    assert.ok(out.split("\n").every((line) => line.length <= 100));
  });

  it("gives the same lines as JSON and CSV", async () => {
    const { equal } = JSON.parse((await run(["--equal", "--json"])).out) as Json;
    const rows = csvRowsOf((await run(["--equal", "--csv"])).out);
    for (const { stack, mode, totals, lines } of equal!.services) {
      const found = rows.filter(
        (row) => row["view"] === "equal" && row["stack"] === stack && row["mode"] === mode,
      );
      assert.equal(found.length, lines.length);
      const cents = (values: readonly number[]): number =>
        values.reduce((sum, one) => sum + one, 0);
      assert.equal(cents(lines.map(({ monthCents }) => monthCents ?? 0)), totals.totalCents);
      assert.equal(
        cents(found.map((row) => Math.round(Number(row["amount"]) * 100))),
        totals.totalCents,
      );
    }
    assert.equal(equal!.services.length, 5); // two stacks in two ways, and Studio
    const text = (await run(["--equal"])).out.replace(/\n {4}/g, " ");
    assert.ok(equal!.assumptions.length >= 6);
    for (const assumption of equal!.assumptions) {
      assert.ok(text.includes(`  - ${assumption}\n`), assumption);
    }
  });

  it("calls nothing cheaper when costs are equal", async () => {
    const { equal } = JSON.parse((await run(["--equal", "--json"])).out) as Json;
    const both = (mode: string): object => ({
      cheaperBelow: { stack: "large", mode },
      cheaperAbove: { stack: "small", mode },
      hoursPerMonth: null,
      same: true,
    });
    assert.deepEqual(
      equal!.breakEvens.filter(({ same }) => same),
      [both("working hours"), both("always on")],
    );
    const { out } = await run(["--equal"]);
    assert.match(
      out,
      /^The same at any hours\n {2}- large \(working hours\), small \(working hours\)$/m,
    );
    assert.doesNotMatch(out, /^ {2}- large \(working hours\): than small \(working hours\)/m);
  });

  it("names stacks that cannot hold the notebooks, why, and what could", async () => {
    const changes: Partial<CompareContext> = {
      priceStack: (stack, { usage }) =>
        Promise.resolve({
          ...pricedStack(stack, 3, usage),
          machines: nodes("ec2", stack === "small" ? "t4g.medium" : "t4g.large", 3),
        }),
    };
    const refused = async (argv: string[]): Promise<readonly string[]> => {
      const { equal } = JSON.parse(
        (await run([...argv, "--equal", "--json"], changes)).out,
      ) as Json;
      return equal!.refused.map(({ stack, reason }) => `${stack}: ${reason}`);
    };
    const [small, ...others] = await refused([]);
    assert.equal(others.length, 0);
    assert.match(
      small!,
      /^small: a node of t4g\.medium has 1\.87 vCPU and 3\.5 GiB left, and a notebook needs 1 and 4; \d+ of (\S+) would do: .*pulumi config set nodes\.instanceType \1 --stack small$/,
    );
    const file = join(mkdtempSync(join(tmpdir(), "scenario-")), "many.json");
    const team = JSON.parse(
      readFileSync(join(__dirname, "..", "..", "..", "cost", "scenarios", "team.json"), "utf8"),
    ) as object;
    writeFileSync(file, JSON.stringify({ ...team, people: 60 }));
    const many = await refused(["--scenario", file]);
    assert.match(
      many[1]!,
      /^large: it takes 61 instances of t4g\.large, and nodes\.count must be a whole number from 2 to 50; \d+ of /,
    );
    const { out } = await run(["--equal", "--scenario", file], changes);
    assert.match(out, /^Cannot hold these notebooks\n {2}- small: /m);
    assert.doesNotMatch(out, /^large +61 ×/m);
    // Rows are of what has a price; what is not among them is said beside.
    const csv = await run(["--equal", "--csv", "--scenario", file], changes);
    assert.equal(csv.status, 0);
    assert.match(
      csv.err,
      /^stack small has no rows in the view equal: a node of t4g\.medium has /m,
    );
    assert.match(csv.err, /^stack large has no rows in the view equal: it takes 61 /m);
  });

  it("compares the others when the machines of one have no price", async () => {
    const changes: Partial<CompareContext> = {
      priceStack: (stack, pricing) =>
        stack === "large" && pricing.overrides !== undefined
          ? Promise.reject(new CostError("stack large: m7g.large is not sold in eu-south-1"))
          : Promise.resolve(smallOrLarge(stack, pricing)),
    };
    const { out } = await run(["--equal", "--json"], changes);
    const { equal } = JSON.parse(out) as Json;
    assert.deepEqual(
      equal!.refused.map(({ stack, reason }) => `${stack}: ${reason}`),
      ["large: m7g.large is not sold in eu-south-1"],
    );
    assert.deepEqual([...new Set(equal!.services.map(({ stack }) => stack))].sort(), [
      "Studio",
      "small",
    ]);
  });

  it("requests prices for the node count and type it shows", async () => {
    const asked: unknown[] = [];
    await run(["--equal", "--stacks", "large"], {
      priceStack: (stack, { usage, overrides }) => {
        asked.push(overrides);
        return Promise.resolve(pricedStack(stack, 3, usage));
      },
    });
    assert.deepEqual(asked, [
      undefined,
      {
        "nodes.count": "11",
        "nodes.instanceType": "t4g.large",
        "nodes.architecture": "arm64",
      },
    ]);
  });

  it("re-prices the shipped stacks with the capacity that the notebooks need", async () => {
    const asked: Record<string, Overrides> = {};
    const { out, status } = await run(["--equal", "--json", "--stacks", "ec2,eks,sagemaker"], {
      priceStack: (stack, { usage, overrides }) => {
        if (overrides !== undefined) {
          asked[stack] = overrides;
        }
        return priceStack(ROOT, stack, {
          usage,
          currency: USD,
          today: TODAY,
          ...(overrides !== undefined && { overrides }),
        });
      },
    });
    assert.equal(status, 0);
    assert.deepEqual(asked, {
      ec2: {
        "nodes.count": "11",
        "nodes.instanceType": "t3.large",
        "nodes.architecture": "amd64",
      },
      eks: {
        "nodes.count": "10",
        "nodes.instanceType": "t3.large",
        "nodes.architecture": "amd64",
        "nodes.min": "count",
        "nodes.max": "count",
      },
      sagemaker: {
        "studio.instanceType": "ml.t3.medium",
        "studio.instanceTypes": "ml.t3.medium",
      },
    });
    const { stacks, equal } = JSON.parse(out) as Json;
    const of = (stack: string): number | undefined =>
      equal!.services.find((one) => one.stack === stack && one.mode !== "working hours")?.totals
        .totalCents;
    // eks: 398.89 as it is, with 7 nodes more: 7 × 730 × 0.0944 = 482.38, 350 GB × 0.0928 = 32.48;
    // instances together 688.12 + rounding
    assert.equal(of("eks"), 39889 + 48238 + 3248);
    // The stack starts notebooks on ml.t3.medium already.
    assert.equal(
      of("sagemaker"),
      stacks.find(({ stack }) => stack === "sagemaker")!.totals.totalCents,
    );
  });

  it("uses the idle time and disk size that the Studio stack declares", async () => {
    const late = { "notebooks.idleMinutes": "480", "notebooks.homeGib": "100" };
    const argv = ["--equal", "--stacks", "sagemaker"];
    const changes: Partial<CompareContext> = {
      priceStack: (stack, { usage, overrides }) =>
        priceStack(ROOT, stack, {
          usage,
          currency: USD,
          today: TODAY,
          overrides: { ...late, ...overrides },
        }),
    };
    const { equal, stacks } = JSON.parse((await run([...argv, "--json"], changes)).out) as Json;
    // Ten notebooks on 20 days: (1,200 + 200 × 8) × 0.057 = 159.60; 10 × 100 × 0.12992 = 129.92
    const amounts = [stacks[0]!, equal!.services[0]!].map(({ lines }) =>
      lines.map(({ monthCents }) => monthCents).filter((cents) => (cents ?? 0) > 12000),
    );
    assert.deepEqual(amounts, Array(2).fill([12992, 15960]));
    const { out } = await run(argv, changes);
    assert.match(
      out.replace(/\n +/g, " "),
      /stopped after 480 idle minutes, so each of 20 days costs 8 hours more/,
    );
  });

  it("suggests a cheaper instance type that holds the same notebooks", async () => {
    const { out } = await run(["--equal", "--stacks", "large"]);
    const { equal } = JSON.parse(
      (await run(["--equal", "--stacks", "large", "--json"])).out,
    ) as Json;
    // t4g.xlarge holds three of 1 vCPU and 4 GiB: 4 workers and a control plane,
    // (11 × 0.0752 − 5 × 0.1504) × 730 = 54.896
    assert.deepEqual(equal!.cheaperNodes, [
      { stack: "large", instanceType: "t4g.xlarge", count: 5, savedCents: 5490 },
    ]);
    assert.match(
      out,
      /large: 5 × t4g\.xlarge hold the same notebooks and cost 54\.90 less a month/,
    );
  });
});
