import assert from "node:assert/strict";
import { CostError } from "../../cost/cost-error";
import { join } from "node:path";
import type { CompareContext } from "../../commands/compare";
import { priceStack } from "../../commands/price-stack";
import type { Overrides } from "../../settings/targets/profile";
import { csvRowsOf, run } from "../support/printed";
import { TODAY } from "../support/resources";

const ROOT = join(__dirname, "..", "..");

/** Prices the shipped stacks, with some settings changed. */
function shipped(changes: Readonly<Record<string, Overrides>> = {}): Partial<CompareContext> {
  return {
    stacks: () => ["ec2", "eks"],
    priceStack: (stack, pricing) =>
      priceStack(ROOT, stack, {
        ...pricing,
        today: TODAY,
        overrides: { ...changes[stack], ...pricing.overrides },
      }),
  };
}

/** The part of the JSON that the tests read. */
interface Json {
  readonly regions: readonly string[] | null;
  readonly stacks: readonly {
    readonly stack: string;
    readonly region: string;
    readonly totals: { readonly totalCents: number };
    readonly moreThanCheapestCents: number;
  }[];
  readonly refused: readonly { readonly stack: string; readonly region: string | null }[];
}

describe("npm start -- --regions", () => {
  const argv = ["--regions", "eu-west-3,us-east-1"];

  it("prices each stack in each region and marks its cheapest", async () => {
    const { status, out, err } = await run(argv, shipped());
    assert.deepEqual([status, err], [0, ""]);
    assert.match(out, /^USD a month of 730 hours +eu-west-3 +us-east-1\n/);
    assert.match(
      out,
      /^ec2 +327\.88\+ +290\.79\+\n +\+37\.09 \(13 %\) +cheapest\neks +399\.95\+ +362\.34\+\n +\+37\.61 \(10 %\) +cheapest\n/m,
    );
    assert.doesNotMatch(out, /^NAT gateway|^compute|not served/m);
    assert.match(
      (await run([...argv, "--markdown"], shipped())).out,
      /^\| {2}\| \+37\.09 \(13 %\) \| cheapest \|$/m,
    );
  });

  it("gives the amounts that the stack has where its file is of that region", async () => {
    const { out } = await run([...argv, "--json"], shipped());
    const { regions, stacks } = JSON.parse(out) as Json;
    assert.deepEqual(regions, ["eu-west-3", "us-east-1"]);
    assert.deepEqual(
      stacks.map(({ stack, region }) => `${stack} ${region}`),
      ["ec2 eu-west-3", "ec2 us-east-1", "eks eu-west-3", "eks us-east-1"],
    );
    const own = JSON.parse((await run(["--json"], shipped())).out) as Json;
    assert.deepEqual(
      [own.regions, ...own.stacks.map(({ totals }) => totals.totalCents)],
      [null, 32788, 39995],
    );
    assert.deepEqual(
      stacks.map(({ totals }) => totals.totalCents),
      [32788, 29079, 39995, 36234],
    );
    // More than in its cheapest region, not than another stack.
    assert.deepEqual(
      stacks.map(({ moreThanCheapestCents }) => moreThanCheapestCents),
      [3709, 0, 3761, 0],
    );
    const rows = csvRowsOf((await run([...argv, "--csv"], shipped())).out);
    for (const { stack, region, totals } of stacks) {
      const cents = rows
        .filter((row) => row["view"] === "compare")
        .filter((row) => row["stack"] === stack && row["region"] === region)
        .reduce((sum, row) => sum + Math.round(Number(row["amount"]) * 100), 0);
      assert.equal(cents, totals.totalCents);
    }
  });

  it("says what a total consists of for a single stack, and line by line with --detail", async () => {
    const one = (await run([...argv, "--stacks", "ec2"], shipped())).out;
    assert.match(one, /^Stack ec2\n\nUSD a month of 730 hours +eu-west-3 +us-east-1$/m);
    assert.match(one, /^compute +137\.82 +121\.47$/m); // 1,460 × 0.0944 and × 0.0832
    const { out } = await run([...argv, "--detail"], shipped());
    assert.match(out, /^Stack eks$/m);
    assert.match(out, /NAT gateway +36\.50 +32\.85$/m); // 730 × 0.05 and × 0.045
  });

  it("says which settings a region cannot serve, and prices the rest", async () => {
    const changes = shipped({
      ec2: { "network.zones": "4" },
      eks: { "nodes.instanceType": "m7g.xlarge", "nodes.architecture": "arm64" },
    });
    const regions = ["--regions", "eu-south-1,us-east-1,eu-mars-1"];
    const { status, out, err } = await run(regions, changes);
    assert.equal(status, 1);
    assert.match(out, /^ec2 +not served +\d+\.\d\d\+ +not served$/m);
    assert.match(out, /^eks +not served +\d+\.\d\d\+ +not served$/m);
    const said = out.replace(/\n {4}/g, " ");
    assert.match(said, /^What a region cannot serve$/m);
    assert.match(
      said,
      /^ {2}- ec2 in eu-south-1: network\.zones must be 3 or less in eu-south-1, which has no more; got 4$/m,
    );
    assert.match(
      said,
      /^ {2}- eks in eu-south-1: m7g\.xlarge is not sold as an EC2 instance in eu-south-1, .* sold there is m6g\.xlarge; choose it in nodes\.instanceType$/m,
    );
    assert.match(
      said,
      /^ {2}- ec2 in eu-mars-1, eks in eu-mars-1: there are no prices for region eu-mars-1;/m,
    );
    assert.match(err, /^stack eks is in no table for eu-south-1: m7g\.xlarge is not sold/m);
    const { refused, stacks } = JSON.parse(
      (await run([...regions, "--json"], changes)).out,
    ) as Json;
    assert.equal(stacks.length, 2);
    assert.deepEqual(
      refused.map(({ stack, region }) => `${stack} ${region ?? ""}`),
      ["ec2 eu-south-1", "ec2 eu-mars-1", "eks eu-south-1", "eks eu-mars-1"],
    );
  });

  it("bounds what it prints about many regions that do not exist", async () => {
    const names = (count: number): string =>
      Array.from({ length: count }, (_, index) => `eu-mars-${index}`).join(",");
    const many = await run(["--stacks", "small", "--regions", names(100)], {
      priceStack: (stack, { region = "" }) =>
        Promise.reject(new CostError(`stack ${stack}: no prices for ${region}`)),
    });
    assert.equal(many.status, 1);
    assert.match(many.err, /^stack small: no prices for eu-mars-0\n[^]*\nand 80 more\n$/);
    const more = await run(["--regions", names(101)]);
    assert.deepEqual([more.status, more.out], [2, ""]);
    assert.match(more.err, /^--regions takes up to 100 names; got 101\n/);
  });

  it("fails when no region can serve a stack, and names each reason once", async () => {
    const { status, out, err } = await run(["--regions", "eu-mars-1,eu-mars-1"], shipped());
    assert.deepEqual([status, out], [1, ""]);
    assert.match(err, /^stack ec2: there are no prices .*\nstack eks: there are no prices .*\n$/);
  });

  it("refuses options that it contradicts", async () => {
    for (const [other, says] of [
      [["--equal"], /^--regions and --equal exclude each other/],
      [["--live"], /^--regions and --live exclude each other/],
    ] as const) {
      const { status, err } = await run([...argv, ...other]);
      assert.equal(status, 2);
      assert.match(err, says);
    }
    const notes = await run([...argv, "--scenario", "notes"]);
    assert.equal(notes.status, 1);
    assert.match(notes.err, /^the scenario notes and --regions exclude each other/);
    assert.match((await run(["--regions", "a,,b"])).err, /^--regions must be names separated by/);
  });
});
