import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompareContext } from "../../commands/compare";
import { deploymentOf } from "../../cost/resources/stack-export";
import { readScenario } from "../../cost/scenarios/scenario";
import { exportedEc2 } from "../support/deployments";
import { csvRowsOf, run, type Run } from "../support/printed";

const EURO = ["--currency", "EUR", "--rate", "0.92"];

/** Runs the command with the scenario team and these fields beside. */
function withFields(fields: object, argv: string[]): Promise<Run> {
  const team = Object.entries(readScenario("team")).filter(([name]) => name !== "name");
  const file = join(mkdtempSync(join(tmpdir(), "scenario-")), "team.json");
  writeFileSync(file, JSON.stringify({ ...Object.fromEntries(team), ...fields }));
  return run(["--scenario", file, ...argv]);
}

/** The part of the JSON that the tests read. */
interface Json {
  readonly currency: string;
  readonly rate: number;
  readonly rateDay: string | null;
  readonly stacks: readonly {
    readonly totals: { readonly totalCents: number };
    readonly lines: readonly {
      readonly quantity: number | null;
      readonly unitPrice: number;
      readonly monthCents: number | null;
    }[];
  }[];
  readonly equal: {
    readonly breakEvens: readonly {
      readonly stacks: readonly string[];
      readonly stretches: readonly { readonly stack: string | null; readonly toHours: number }[];
    }[];
  } | null;
  readonly scenario: { readonly currency: object | null };
}

describe("npm start -- --currency", () => {
  it("converts each line once, so that columns still add up, and prints the rate and its day", async () => {
    const { status, out } = await run(EURO);
    assert.equal(status, 0);
    assert.match(out, /^EUR a month of 730 hours /);
    // NAT gateway 730 × 0.05 × 0.92 = 33.58, data 4.60, address 3.36: 41.54, of 45.15 × 0.92 = 41.54
    assert.match(out, /^network +41\.54 +41\.54$/m);
    assert.match(
      out,
      /^ {2}- Amounts are in EUR: prices in US dollars times 0\.92, the rate of 2026-11-23$/m,
    );
    const json = JSON.parse((await run([...EURO, "--json"])).out) as Json;
    assert.deepEqual([json.currency, json.rate, json.rateDay], ["EUR", 0.92, "2026-11-23"]);
    for (const { lines, totals } of json.stacks) {
      for (const { quantity, unitPrice, monthCents } of lines) {
        assert.equal(
          monthCents,
          quantity === null ? null : Math.round(quantity * unitPrice * 100 + 1e-9),
        );
      }
      const sum = lines.reduce((all, { monthCents }) => all + (monthCents ?? 0), 0);
      assert.equal(sum, totals.totalCents);
    }
  });

  it("says nothing of a rate in US dollars", async () => {
    const { out } = await run([]);
    assert.doesNotMatch(out, /the rate of|dollars times/);
    const { currency, rate, rateDay } = JSON.parse((await run(["--json"])).out) as Json;
    assert.deepEqual([currency, rate, rateDay], ["USD", 1, null]);
  });

  it("is in every table and format, and moves no break-even", async () => {
    const { out } = await run([...EURO, "--equal"]);
    assert.match(out, / EUR\/month /);
    assert.doesNotMatch(out, /USD/);
    // Studio: 1,400 h × 0.10396 = 145.54, 100 GB × 0.1195264 = 11.95
    assert.match(out, /^Studio +ml\.t3\.large +by use +67\.60 +157\.49 +225\.09\+ /m);
    assert.match((await run([...EURO, "--stacks", "small"])).out, / EUR\/month\n/);
    assert.match((await run([...EURO, "--markdown"])).out, /^\| EUR a month of 730 hours \|/m);
    const rows = csvRowsOf((await run([...EURO, "--csv"])).out);
    assert.ok(rows.length > 0);
    assert.ok(
      rows.every(
        (row) => [row["currency"], row["rate"], row["rateDay"]].join() === "EUR,0.92,2026-11-23",
      ),
    );
    const nat = rows.find((row) => row["label"] === "NAT gateway");
    assert.deepEqual([nat?.["unitPrice"], nat?.["amount"]], ["0.046", "33.58"]);
    const hours = async (argv: string[]): Promise<unknown> =>
      (JSON.parse((await run(["--equal", "--json", ...argv])).out) as Json).equal?.breakEvens.map(
        ({ stacks, stretches }) => [
          ...stacks,
          ...stretches.map(
            ({ stack, toHours }) => `${stack ?? "both"} up to ${toHours.toFixed(1)}`,
          ),
        ],
      );
    assert.deepEqual(await hours(EURO), await hours([]));
  });

  it("converts an hour's wage, which scenarios state in US dollars", async () => {
    const work = { hourlyWageUsd: 80, adminHoursPerMonth: { ec2: 16, sagemaker: 0.5 } };
    const { out } = await withFields(work, [...EURO, "--equal"]);
    // 80 × 0.92 = 73.60; 0.5 hours are 36.80 and 16 are 1,177.60, beside 225.09 and 299.88
    assert.match(out, /^With people's work, at 73\.60 an hour$/m);
    assert.match(out, /^ {2}- Studio: 261\.89 \+ usage, of which 36\.80 for 0\.5 hours$/m);
    assert.match(out, /^ {2}- large: 1,477\.48 \+ usage, of which 1,177\.60 for 16 hours$/m);
    const dollars = await withFields(work, ["--equal"]);
    assert.match(dollars.out, /^With people's work, at 80\.00 an hour$/m);
  });

  it("converts the estimate and the bill of live stacks", async () => {
    const live: CompareContext["live"] = () => ({
      now: new Date("2026-11-23T12:00:00Z"),
      stored: () => Promise.resolve([{ stack: "old", deployment: deploymentOf(exportedEc2()) }]),
      access: () => ({}),
      runs: () => Promise.resolve([]),
      billed: () =>
        Promise.resolve([
          {
            stackIds: ["0123abcd"],
            from: "2026-11-13",
            billed: {
              usd: { "0123abcd": { "Amazon EC2": 19.004 } },
              since: "2026-11-15",
              until: "2026-11-22",
              problem: null,
              requests: 1,
            },
            problem: undefined,
            asked: new Date("2026-11-23T12:00:00Z"),
            paidRequests: 1,
          },
        ]),
    });
    const { out } = await run(["--live", ...EURO], { live });
    assert.match(out, /^Live stacks on .* UTC, EUR$/m);
    // 0.0815562 × 0.92 an hour; 19.004 × 0.92 = 17.48
    assert.match(out, /^old .* 0\.0750 +\d+\.\d\d +17\.48 +\d+\.\d\d$/m);
    assert.match(out, /^ {2}- Amounts are in EUR: .* times 0\.92, the rate of 2026-11-23$/m);
    const rows = csvRowsOf((await run(["--live", "--csv", ...EURO], { live })).out);
    assert.deepEqual(
      rows.slice(-2).map((row) => [row["view"], row["amount"]]),
      [
        ["billed", "17.48368"],
        ["billed total", "17.48"],
      ],
    );
    const [stack] = (
      JSON.parse((await run(["--live", "--json", ...EURO], { live })).out) as {
        stacks: { billedCents: number; billedUsd: object }[];
      }
    ).stacks;
    assert.deepEqual(stack?.billedCents, 1748);
    // AWS's own figure stays as it is.
    assert.deepEqual(stack.billedUsd, { "Amazon EC2": 19.004 });
  });

  it("leaves quoted figures in US dollars", async () => {
    const { out } = await run(["--scenario", "notes", "--stacks", "large", ...EURO]);
    assert.match(out, /^Total +207\.83$/m);
    assert.match(out, /^What +Formula +USD\/month$/m);
    assert.match(out, /^Service .* EUR\/month$/m);
    const rows = csvRowsOf((await run(["--scenario", "notes", ...EURO, "--csv"])).out);
    assert.deepEqual(
      [...new Set(rows.map((row) => `${row["view"] ?? ""} ${row["currency"] ?? ""}`))].sort(),
      [
        "compare EUR",
        "compare total EUR",
        "equal EUR",
        "equal total EUR",
        "like for like USD",
        "noted USD",
      ],
    );
  });

  it("comes from the scenario, with its day, unless the command line has one", async () => {
    const currency = { code: "CHF", rate: 0.81, day: "2026-10-30" };
    const { out } = await withFields({ currency }, []);
    assert.match(out, /^ {2}- Amounts are in CHF: .* times 0\.81, the rate of 2026-10-30$/m);
    const json = JSON.parse((await withFields({ currency }, ["--json"])).out) as Json;
    assert.deepEqual([json.currency, json.rateDay], ["CHF", "2026-10-30"]);
    assert.deepEqual(json.scenario.currency, currency);
    const other = await withFields({ currency }, EURO);
    assert.match(other.out, /Amounts are in EUR: .* 0\.92, the rate of 2026-11-23$/m);
  });

  it("refuses a scenario's currency with every fault of it", async () => {
    const refused = async (currency: unknown): Promise<string> => {
      const { status, out, err } = await withFields({ currency }, []);
      assert.deepEqual([status, out], [1, ""]);
      return err;
    };
    const all = await refused({ code: "EURO", rate: -1, day: "2026-02-30", source: "ECB" });
    for (const fault of [
      /code must be the ISO 4217 code .* got "EURO"/,
      /rate must be a number from 0\.001 .* got -1/,
      /day must be a day, YYYY-MM-DD; got "2026-02-30"/,
      /source is not part of it/,
    ]) {
      assert.match(all, fault);
    }
    assert.match(await refused({ code: "EUR", rate: 0.92 }), /day must be .* got nothing/);
    assert.match(await refused({ code: "EUR", rate: "0.92", day: "2026-11-20" }), /got "0\.92"/);
    assert.match(await refused("EUR"), /currency must be an object such as .*; got "EUR"/);
    assert.match(await refused({ code: "USD", rate: 1, day: "2026-11-20" }), /other than USD/);
  });

  it("needs both a code and a rate, and names every fault of them", async () => {
    const refused = async (argv: string[]): Promise<string> => {
      const { status, out, err } = await run(argv);
      assert.deepEqual([status, out], [2, ""]);
      return err;
    };
    assert.match(await refused(["--rate", "0.92"]), /^--rate needs --currency/);
    assert.match(
      await refused(["--currency", "EUR"]),
      /^--currency needs --rate.* no rate is built/,
    );
    const both = await refused(["--currency", "euro", "--rate", "0,92"]);
    assert.match(both, /^--currency must be .* got "euro"$/m);
    assert.match(both, /^--rate must be .* got "0,92"$/m);
    for (const rate of ["0", "-1", "1e3", "Infinity", "0.0009", "10000001", ""]) {
      assert.match(await refused([`--currency=EUR`, `--rate=${rate}`]), /^--rate must be/);
    }
    for (const rate of ["0.001", "10000000"]) {
      assert.equal((await run(["--currency", "KWD", "--rate", rate])).status, 0);
    }
  });
});
