import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompareContext } from "../../commands/compare";
import { assertGolden } from "../support/golden";
import { pricedStack } from "../support/priced";
import { amountOf, csvRowsOf, run, type Json } from "../support/printed";

describe("npm start -- --scenario", () => {
  it("prices another situation, and says which", async () => {
    const [team, company] = await Promise.all(
      ["team", "company"].map(async (name) => (await run(["--scenario", name])).out),
    );
    assert.match(team!, /^Assumed for a month \(scenario team\)$/m);
    assert.match(company!, /^Assumed for a month \(scenario company\)$/m);
    assert.match(company!, /people = 200 people/);
    // 20,000 GB × 0.024 = 480.00, 2,000 × 0.0053 = 10.60, 20,000 × 0.00042 = 8.40
    assert.match(company!, /^data +499\.00 +499\.00$/m);
  });

  it("ends with 1 and all faults of a file", async () => {
    const file = join(__dirname, "..", "support", "scenarios", "faults.json");
    const { status, out, err } = await run(["--scenario", file]);
    assert.deepEqual([status, out], [1, ""]);
    assert.equal(err.split("\n").filter((line) => line.startsWith("  - ")).length, 10);
  });

  it("shows with notes the six figures, the correction, and equal service", async () => {
    const { status, out } = await run(["--scenario", "notes", "--stacks", "large"]);
    assert.equal(status, 0);
    assertGolden("notes.txt", out);
    const sums = [...out.matchAll(/^Together +([\d,.]+)$/gm)].map(([, sum]) => amountOf(sum!));
    assert.deepEqual(sums.slice(0, 6), [20783, 21900, 363000, 1242, 13300, 51425]);
    const { notes, equal } = JSON.parse(
      (await run(["--scenario", "notes", "--stacks", "large", "--json"])).out,
    ) as Json;
    assert.deepEqual(
      notes!.map(({ notedCents }) => notedCents),
      sums.slice(0, 6),
    );
    assert.ok(equal !== null);
    assert.ok(out.split("\n").every((line) => line.length <= 100));
    const { notes: none, equal: neither } = JSON.parse((await run(["--json"])).out) as Json;
    assert.deepEqual([none, neither], [null, null]);
  });
});

describe("npm start -- --equal", () => {
  it("prints what the same notebooks cost on each platform", async () => {
    const { status, out } = await run(["--equal"]);
    assert.equal(status, 0);
    assertGolden("equal.txt", out);
    // 11 machines: 10 × 54.90 → 549.00 in one line, control plane 54.90, disks 51.04 and 18.56
    // large, always on: 548.96 + 54.90 + 51.04 + 18.56 = 673.46, shared 73.47
    assert.match(
      out,
      /^large +11 × t4g\.large +always on +73\.47 +673\.46 +746\.93 +74\.69 +0\.4446$/m,
    );
    // Studio: 1,890 h × 0.113 = 213.57, 200 GB × 0.13 = 26.00
    assert.match(
      out,
      /^Studio +ml\.t3\.large +by use +73\.47 +239\.57 +313\.04 +31\.30 +0\.1863$/m,
    );
    assert.ok(out.split("\n").every((line) => line.length <= 100));
  });

  it("says the same as JSON and comma-separated values, line by line", async () => {
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
        cents(found.map((row) => Math.round(Number(row["monthUsd"]) * 100))),
        totals.totalCents,
      );
    }
    assert.equal(equal!.services.length, 5); // two stacks in two ways, and Studio
  });

  it("says which stack cannot hold the notebooks, why, and what would", async () => {
    const changes: Partial<CompareContext> = {
      priceStack: (stack, usage) =>
        Promise.resolve({
          ...pricedStack(stack, 3, usage),
          nodes: { instanceType: stack === "small" ? "t4g.medium" : "t4g.large", count: 3 },
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
      /^small: a node of t4g\.medium has 1\.87 vCPU and 3\.5 GiB left, and a notebook needs 1\.5 and 6; 11 of t4g\.large would do: .*pulumi config set nodes\.instanceType t4g\.large --stack small$/,
    );
    const file = join(mkdtempSync(join(tmpdir(), "scenario-")), "many.json");
    const team = JSON.parse(
      readFileSync(join(__dirname, "..", "..", "cost", "scenarios", "team.json"), "utf8"),
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
  });

  it("asks for the nodes that it prices", async () => {
    const asked: unknown[] = [];
    await run(["--equal", "--stacks", "large"], {
      priceStack: (stack, usage, overrides) => {
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
});
