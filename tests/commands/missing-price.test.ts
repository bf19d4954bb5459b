import assert from "node:assert/strict";
import type { CompareContext } from "../../commands/compare";
import type { PriceBook } from "../../cost/price-book";
import { deploymentOf } from "../../cost/resources/stack-export";
import { bookWithout } from "../support/books";
import { beginnings, exported } from "../support/deployments";
import { csvRowsOf, run, smallOrLarge } from "../support/printed";

const NO_NAT =
  'NAT gateway: there is no price "vpc.natGateway.hour" for region eu-west-3; ' +
  "add it to cost/prices/eu-west-3.json with its source and date";

/** The part of the JSON that the tests read. */
interface Json {
  readonly missingPrices: readonly string[];
  readonly stacks: readonly Priced[];
  readonly equal: {
    readonly services: readonly Priced[];
    readonly edges: readonly object[];
    readonly breakEvens: readonly object[];
    readonly sensitivity: readonly object[];
  };
}

interface Priced {
  readonly stack: string;
  readonly totals: { readonly totalCents: number; readonly atLeast: boolean };
  readonly moreThanCheapestCents: number | null;
  readonly categories: readonly { readonly category: string; readonly atLeast: boolean }[];
  readonly lines: readonly {
    readonly priceKey: string;
    readonly unitPrice: number | null;
    readonly monthCents: number | null;
    readonly problem: string | null;
  }[];
}

/** A run in which one stack, or each, is priced by these prices. */
function lacking(book: PriceBook, only?: string): Partial<CompareContext> {
  return {
    priceStack: (stack, pricing) =>
      Promise.resolve(
        only === undefined || stack === only
          ? smallOrLarge(stack, pricing, book)
          : smallOrLarge(stack, pricing),
      ),
  };
}

describe("a line without a price", () => {
  const noNat = bookWithout(/^vpc\.natGateway\.hour$/);
  const oneLacks = lacking(noNat, "large");

  it("makes its sums a lower bound, says why, and fails", async () => {
    const { status, out, err } = await run([], oneLacks);
    assert.equal(status, 1);
    assert.equal(err, `the sums of large: ${NO_NAT}\n`);
    // 45.15 − 36.50, 73.47 − 36.50, 261.36 − 36.50; the other stack keeps its amounts.
    assert.match(out, /^network +45\.15 +≥8\.65$/m);
    assert.match(out, /^Sub-total, shared +73\.47\+ +≥36\.97\+$/m);
    assert.match(out, /^Sub-total, target +68\.82 +187\.89$/m);
    assert.match(out, /^Total +142\.29\+ +≥224\.86\+$/m);
    assert.match(out, /^Per person, of 10 +14\.23 +≥22\.49$/m);
    assert.match(out, /^Per notebook-hour +- +≥0\.9369$/m);
    assert.match(out.replace(/\n {4}/g, " "), new RegExp(`^ {2}- large: ${NO_NAT}$`, "m"));
  });

  it("names no cheapest stack where the missing price could change it", async () => {
    // Both hold the one notebook of the scenario.
    const solo = (changes: Partial<CompareContext>, ...argv: string[]) =>
      run(["--scenario", "solo", "--stacks", "two,large", ...argv], changes);
    const dearer = (await solo(lacking(noNat, "large"))).out;
    // A machine and its disk more, 59.53, and without the NAT gateway's 36.50.
    assert.match(dearer, /^Above the cheapest +cheapest +≥23\.03$/m);
    const { out } = await solo(lacking(noNat, "two"));
    assert.match(out, /^Above the cheapest +unknown +unknown$/m);
    const { stacks } = JSON.parse((await solo(lacking(noNat, "two"), "--json")).out) as Json;
    assert.deepEqual(
      stacks.map((one) => one.moreThanCheapestCents),
      [null, null],
    );
  });

  it("is unknown in a table of lines, and never 0", async () => {
    for (const argv of [["--stacks", "large"], ["--detail"], ["--markdown", "--detail"]]) {
      const { status, out } = await run(argv, oneLacks);
      assert.equal(status, 1);
      const [line = ""] = /^.*NAT gateway .*$/m.exec(out) ?? [];
      assert.match(line, / unknown( \|)?$/);
      assert.doesNotMatch(line, /0\.00/);
    }
    const { out } = await run(["--stacks", "large"], oneLacks);
    assert.match(out, /^ +Total, stack large +≥224\.86\+$/m);
    assert.match(
      (await run(["--markdown"], oneLacks)).out,
      /^\| \*\*Total\*\* \| \*\*142\.29\+\*\* \| \*\*≥224\.86\+\*\* \|$/m,
    );
  });

  it("is null in JSON and empty in comma-separated values, with the reason", async () => {
    const json = await run(["--json"], oneLacks);
    assert.equal(json.status, 1);
    const { stacks, missingPrices } = JSON.parse(json.out) as Json;
    assert.deepEqual(missingPrices, [`large: ${NO_NAT}`]);
    assert.deepEqual(
      stacks.map(({ totals }) => [totals.totalCents, totals.atLeast]),
      [
        [14229, false],
        [22486, true],
      ],
    );
    const [small, large] = stacks;
    const nat = large!.lines.find(({ priceKey }) => priceKey === "vpc.natGateway.hour")!;
    assert.deepEqual([nat.unitPrice, nat.monthCents], [null, null]);
    assert.equal(`NAT gateway: ${nat.problem ?? ""}`, NO_NAT);
    const bounds = (one: Priced): string[] =>
      one.categories.filter(({ atLeast }) => atLeast).map(({ category }) => category);
    assert.deepEqual([bounds(small!), bounds(large!)], [[], ["network"]]);
    const csv = await run(["--csv"], oneLacks);
    assert.equal(csv.status, 1);
    const rows = csvRowsOf(csv.out).filter((row) => row["label"] === "NAT gateway");
    assert.deepEqual(
      rows.map((row) => [row["stack"], row["unitPrice"], row["amount"], row["problem"] !== ""]),
      [
        ["small", "0.05", "36.50", false],
        ["large", "", "", true],
      ],
    );
  });

  it("keeps its service out of every break-even under --equal", async () => {
    const { status, out } = await run(["--equal", "--markdown"], oneLacks);
    assert.equal(status, 1);
    // 73.47 − 36.50, 654.91 − 36.50, and a tenth of that
    assert.match(
      out,
      /^\| large \| 5 × t4g\.xlarge \| always on \| ≥36\.97 \| 581\.44 \| ≥618\.41\+ \| ≥61\.84 \| /m,
    );
    // Studio borrows the shared part of the stack that is known as a whole.
    assert.match(out, /^\| Studio \| ml\.t3\.large \| by use \| 73\.47 \|/m);
    const { equal } = JSON.parse((await run(["--equal", "--json"], oneLacks)).out) as Json;
    const bounds = equal.services.map(({ stack, totals }) => [stack, totals.atLeast]);
    // What is known as a whole comes first: four ways to run and pay, and the declared type.
    assert.deepEqual(bounds, [
      ["Studio", false],
      ...Array<unknown>(5).fill(["small", false]),
      ...Array<unknown>(5).fill(["large", true]),
    ]);
    for (const decided of [equal.breakEvens, equal.edges, equal.sensitivity]) {
      assert.doesNotMatch(JSON.stringify(decided), /"large"/);
      assert.match(JSON.stringify(decided), /"small"/);
    }
  });

  it("makes the sums of live stacks lower bounds", async () => {
    // A kind of disk that no region's file has.
    const disk = { volumeSize: 500, volumeType: "sc1" };
    const machine = exported("aws:ec2/instance:Instance", "ec2-nodes-control-plane", {
      inputs: { instanceType: "t4g.large", rootBlockDevice: disk },
    });
    const live: CompareContext["live"] = () => ({
      now: new Date("2026-11-23T12:00:00Z"),
      stored: () =>
        Promise.resolve([
          {
            stack: "old",
            deployment: deploymentOf({ resources: [...beginnings("eu-west-3", "aaaa"), machine] }),
          },
        ]),
      access: () => ({}),
      runs: () => Promise.resolve([]),
      billed: () => Promise.resolve([]),
    });
    const { status, out, err } = await run(["--live", "--detail"], { live });
    assert.equal(status, 1);
    assert.match(err, /^the sums of old: Volume \(sc1\): there is no price "ebs\.sc1\.gbMonth"/);
    // 240 h × 0.0752 = 18.05; 419.99 h up to the end of the month: 420 × 0.0752 = 31.58
    assert.match(out, /^old .* ≥0\.0752 +≥18\.05 +- +≥31\.58$/m);
    assert.match(out, /^Total .* ≥0\.0752 +≥18\.05 +- +≥31\.58$/m);
    assert.match(out, /Volume \(sc1\) +164\.38\d+ GB-months +unknown +unknown$/m);
    assert.match(out, /^ {2}- old: Volume \(sc1\): there is no price/m);
    const json = JSON.parse((await run(["--live", "--json"], { live })).out) as {
      missingPrices: string[];
      stacks: { soFar: { totals: { atLeast: boolean } } }[];
    };
    assert.equal(json.missingPrices.length, 1);
    assert.equal(json.stacks[0]?.soFar.totals.atLeast, true);
    const rows = csvRowsOf((await run(["--live", "--csv"], { live })).out);
    assert.deepEqual(
      rows.filter(({ label }) => label === "Volume (sc1)").map((row) => row["amount"]),
      ["", ""],
    );
  });
});
