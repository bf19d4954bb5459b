import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompareContext } from "../../../commands/compare";
import { priceStack } from "../../../commands/price-stack";
import { CostError } from "../../../cost/cost-error";
import { USD } from "../../../cost/currency";
import { SettingsError } from "../../../settings/contract";
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
    assert.match(team!, /^ {2}- Scenario team: 10 people /m);
    assert.match(company!, /^ {2}- Scenario company: 200 people /m);
    const { out } = await run(["--scenario", "company", "--explain"]);
    assert.match(out, /^Assumed for a month \(scenario company\)$/m);
    assert.match(out, /people = 200 people/);
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
      alikeCents: 518332, // 5,203.32
    });
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
    // 5 machines of t4g.xlarge: four workers 2,920 h × 0.1504 = 439.17, control plane 109.79, 250 GB ×
    // 0.0928 = 23.20 and 100 GB of notebooks 9.28; shared 73.47
    assert.match(
      out,
      /^large +5 × t4g\.xlarge +always on +73\.47 +581\.44 +654\.91\+ +65\.49 +0\.5458$/m,
    );
    // Studio: 10 × 20 × (6 + 1) = 1,400 h × 0.113 = 158.20, 100 GB × 0.12992 = 12.99
    assert.match(
      out,
      /^Studio +ml\.t3\.large +by use +73\.47 +171\.19 +244\.66\+ +24\.47 +0\.2039$/m,
    );
    // The declared type has a row in its cheapest way; the cheapest type has one in each.
    assert.match(out, /^large +11 × t4g\.large \* +working hours /m);
    assert.doesNotMatch(out, /11 × t4g\.large \* +always on/);
    assert.ok(out.split("\n").every((line) => line.length <= 100));
  });

  it("gives the same lines as JSON and CSV", async () => {
    const { equal } = JSON.parse((await run(["--equal", "--json"])).out) as Json;
    const rows = csvRowsOf((await run(["--equal", "--csv"])).out);
    for (const { stack, mode, nodes, studioInstance, totals, lines } of equal!.services) {
      const machines = nodes === null ? studioInstance : `${nodes.count} × ${nodes.instanceType}`;
      const found = rows.filter(
        (row) =>
          row["view"] === "equal" &&
          row["stack"] === stack &&
          row["mode"] === mode &&
          row["machines"] === machines,
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
    // two stacks in four ways and with the declared type, and Studio
    assert.equal(equal!.services.length, 11);
    const text = (await run(["--equal", "--explain"])).out.replace(/\n {4}/g, " ");
    assert.ok(equal!.assumptions.length >= 6);
    for (const assumption of equal!.assumptions) {
      assert.ok(text.includes(`  - ${assumption}\n`), assumption);
    }
  });

  it("calls nothing cheaper when costs are equal", async () => {
    const { equal } = JSON.parse((await run(["--equal", "--json"])).out) as Json;
    assert.deepEqual(
      equal!.breakEvens.find(({ stacks }) => stacks.join() === "large,small")?.stretches,
      [{ stack: null, fromHours: 0, toHours: 480 }],
    );
    const { out } = await run(["--equal"]);
    assert.match(out, /^ {2}- large and small: both the same at any hours$/m);
  });

  it("names stacks that cannot hold the notebooks, why, and what could", async () => {
    const changes: Partial<CompareContext> = {
      priceStack: (stack, { usage, overrides = {} }) => {
        const type = stack === "small" ? "t4g.medium" : "t4g.large";
        const { "nodes.count": count = "3", "nodes.instanceType": other = type } = overrides;
        return Promise.resolve({
          ...pricedStack(stack, Number(count), usage, { instanceType: other }),
          machines: nodes("ec2", other, Number(count)),
        });
      },
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
      /^small: a node of t4g\.medium has 1\.87 vCPU and 3\.5 GiB left, and a notebook needs 1 and 4; (\d+) × (\S+) would do: pulumi config set nodes\.instanceType \2 --stack small && pulumi config set nodes\.count \1 --stack small$/,
    );
    const file = join(mkdtempSync(join(tmpdir(), "scenario-")), "many.json");
    const team = JSON.parse(
      readFileSync(join(__dirname, "..", "..", "..", "cost", "scenarios", "team.json"), "utf8"),
    ) as object;
    writeFileSync(file, JSON.stringify({ ...team, people: 60 }));
    const many = await refused(["--scenario", file]);
    assert.match(
      many[1]!,
      /^large: it takes 61 instances of t4g\.large, and nodes\.count must be a whole number from 2 to 50; \d+ × /,
    );
    const { out } = await run(["--equal", "--scenario", file], changes);
    assert.match(out, /^Cannot hold these notebooks\n {2}- small: /m);
    assert.doesNotMatch(out, /^large +61 ×/m);
    // Rows are of what has a price; what is not among them is said beside.
    const csv = await run(["--equal", "--csv", "--scenario", file], changes);
    assert.equal(csv.status, 0);
    assert.match(
      csv.err,
      /^stack small cannot hold the notebooks of the view equal: a node of t4g\.medium has /m,
    );
    assert.match(
      csv.err,
      /^stack large cannot hold the notebooks of the view equal: it takes 61 /m,
    );
  });

  it("says so where the settings refuse the nodes, and prices the other stacks", async () => {
    const { equal } = JSON.parse(
      (
        await run(["--equal", "--json"], {
          priceStack: (stack, pricing) =>
            stack === "small" && pricing.overrides !== undefined
              ? Promise.reject(new SettingsError("network.cidr must be larger"))
              : Promise.resolve(smallOrLarge(stack, pricing)),
        })
      ).out,
    ) as Json;
    assert.deepEqual(
      [...new Set(equal!.refused.map(({ stack, reason }) => `${stack}: ${reason}`))],
      ["small: network.cidr must be larger"],
    );
    assert.deepEqual([...new Set(equal!.services.map(({ stack }) => stack))].sort(), [
      "Studio",
      "large",
    ]);
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

  it("declares each stack once more with the machines that it shows", async () => {
    const asked: { readonly stack: string; readonly overrides: Overrides }[] = [];
    const { out, status } = await run(["--equal", "--json", "--stacks", "ec2,eks,sagemaker"], {
      priceStack: (stack, { usage, overrides }) => {
        if (overrides !== undefined) {
          asked.push({ stack, overrides });
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
    const nodesOf = (count: number, type: string): Overrides => ({
      "nodes.count": String(count),
      "nodes.instanceType": type,
      "nodes.architecture": "amd64",
    });
    const fixed = { "nodes.min": "count", "nodes.max": "count" };
    assert.deepEqual(asked, [
      { stack: "ec2", overrides: nodesOf(5, "t3a.xlarge") },
      { stack: "ec2", overrides: nodesOf(11, "t3.large") },
      { stack: "eks", overrides: { ...nodesOf(4, "t3a.xlarge"), ...fixed } },
      { stack: "eks", overrides: { ...nodesOf(10, "t3.large"), ...fixed } },
      {
        stack: "sagemaker",
        overrides: { "studio.instanceType": "ml.t3.large", "studio.instanceTypes": "ml.t3.large" },
      },
    ]);
    const shown = (JSON.parse(out) as Json).equal!.services.map(({ nodes, studioInstance }) =>
      nodes === null ? studioInstance : `${nodes.count} × ${nodes.instanceType}`,
    );
    assert.deepEqual([...new Set(shown)].sort(), [
      "10 × t3.large",
      "11 × t3.large",
      "4 × t3a.xlarge",
      "5 × t3a.xlarge",
      "ml.t3.large",
    ]);
  });

  it("takes the next cheapest type where the settings refuse the cheapest", async () => {
    const equalOf = async (overrides: Overrides): Promise<NonNullable<Json["equal"]>> => {
      const { out } = await run(["--equal", "--json", "--stacks", "eks"], {
        priceStack: (stack, { usage, overrides: more }) =>
          priceStack(ROOT, stack, {
            usage,
            currency: USD,
            today: TODAY,
            overrides: { ...overrides, ...more },
          }),
      });
      return (JSON.parse(out) as Json).equal!;
    };
    const typesOf = ({ services }: NonNullable<Json["equal"]>): string[] => [
      ...new Set(services.flatMap(({ nodes }) => nodes?.instanceType ?? [])),
    ];
    const declared = { "nodes.instanceType": "t3.2xlarge" };
    assert.deepEqual(typesOf(await equalOf(declared)).sort(), ["t3.2xlarge", "t3a.xlarge"]);
    // A notebook of 24 GiB needs a node of 32 GiB.
    const large = await equalOf({ ...declared, "notebooks.sizes": "2x4,4x24" });
    assert.deepEqual(large.refused, []);
    assert.equal(typesOf(large).includes("t3a.xlarge"), false);
    assert.ok(typesOf(large).includes("t3.2xlarge"));
    assert.deepEqual(
      ["always on", "working hours", "1 year, no upfront", "1 year, all upfront"].filter((mode) =>
        large.services.every((one) => one.mode !== mode),
      ),
      [],
    );
  });
});
