import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompareContext } from "../../commands/compare";
import { run, smallOrLarge, type Run } from "../support/printed";
import { assertSchema } from "../support/schema";

describe("npm start -- --diff", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "diff-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** The stacks of today are `small` and `large`. */
  const diff = (argv: string[], changes: Partial<CompareContext> = {}): Promise<Run> =>
    run(argv, { folder, ...changes });

  const git = (...args: string[]): void => {
    const who = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
    execFileSync("git", [...who, ...args], { cwd: folder, stdio: "pipe" });
  };

  const report = async (argv: string[] = [], changes: Partial<CompareContext> = {}) => {
    const file = join(folder, "before.json");
    writeFileSync(file, (await run(["--json", ...argv], changes)).out);
    return file;
  };

  /** The same stacks, of which `large` had one worker less. */
  const smaller: Partial<CompareContext> = {
    priceStack: (stack, pricing) =>
      Promise.resolve({ ...smallOrLarge(stack === "large" ? "two" : stack, pricing), stack }),
  };

  it("says what has changed since a report, by stack and by line", async () => {
    const { status, out, err } = await diff(["--diff", await report([], smaller)]);
    assert.deepEqual([status, err], [0, ""]);
    assert.match(out, /^small +142\.29\+ +142\.29\+ +0\.00$/m);
    // A machine of 54.895 and its disk of 4.64.
    assert.match(out, /^large +201\.83\+ +261\.36\+ +\+59\.53 +\+29\.5 %$/m);
    assert.match(out, /^Together +344\.12\+ +403\.65\+ +\+59\.53 +\+17\.3 %$/m);
    assert.match(out, /EC2: Instance .* 730 hours → 1,460 hours +54\.90 +109\.79 +\+54\.89$/m);
    assert.match(
      out,
      /EBS: Volume \(gp3\) +100 GB-months → 150 GB-months +9\.28 +13\.92 +\+4\.64$/m,
    );
    assert.doesNotMatch(out, /NAT gateway/);
  });

  it("has no lines where nothing changed, and ends with 0", async () => {
    const { status, out } = await diff(["--diff", await report(), "--max-increase", "0"]);
    assert.equal(status, 0);
    assert.doesNotMatch(out, /What has changed/);
    assert.match(out, /change by 0\.00 USD a month, within --max-increase 0$/m);
  });

  it("prices the stack files of a revision, also of stacks that are new or gone", async () => {
    git("init", "--quiet");
    for (const stack of ["large", "gone"]) {
      writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "");
    }
    git("add", ".");
    git("commit", "--quiet", "--message", "before");
    const folders: (string | undefined)[] = [];
    const { status, out } = await diff(["--diff", "HEAD"], {
      priceStack: (stack, pricing) => {
        folders.push(pricing.folder);
        return Promise.resolve(smallOrLarge(stack, pricing));
      },
    });
    assert.equal(status, 0);
    assert.match(out, /^small +- +142\.29\+ +\+142\.29$/m);
    assert.match(out, /^gone +261\.36\+ +- +-261\.36 +-100\.0 %$/m);
    assert.match(out, /^large +261\.36\+ +261\.36\+ +0\.00$/m);
    // Those of before come from a folder of their own.
    assert.equal(folders.filter((one) => one === undefined).length, 2);
    assert.equal(new Set(folders).size, 2);
    assert.doesNotMatch((await diff(["--diff", "HEAD", "--stack", "large"])).out, /gone/);
  });

  it("ends with 3 above a limit of all stacks together, at both ends", async () => {
    const base = await report([], smaller);
    for (const [argv, status] of [
      [["--max-increase", "59.53"], 0],
      [["--max-increase", "59.52"], 3],
      [["--max-monthly", "403.65"], 0],
      [["--max-monthly", "403.64"], 3],
      [["--max-increase", "59.52", "--max-monthly", "9999"], 3],
    ] as const) {
      const found = await diff(["--diff", base, ...argv]);
      assert.equal(found.status, status, argv.join(" "));
      assert.equal(found.err === "", status === 0);
    }
    // Limits are in US dollars, whatever the currency.
    const euro = ["--currency", "EUR", "--rate", "0.5"];
    const other = await report(euro, smaller);
    const within = await diff(["--diff", other, ...euro, "--max-increase", "59.60"]);
    assert.equal(within.status, 0);
    assert.equal((await diff(["--diff", other, ...euro, "--max-increase", "59.00"])).status, 3);
  });

  it("gives the same amounts as text, Markdown and JSON", async () => {
    const base = await report([], smaller);
    const { out } = await diff(["--diff", base, "--json"]);
    assertSchema("diff", out);
    const json = JSON.parse(out) as {
      moreCents: number;
      stacks: { stack: string; moreCents: number; lines: { moreCents: number }[] }[];
    };
    assert.equal(json.moreCents, 5953);
    for (const { moreCents, lines } of json.stacks) {
      assert.equal(
        lines.reduce((sum, line) => sum + line.moreCents, 0),
        moreCents,
      );
    }
    const markdown = (await diff(["--diff", base, "--markdown"])).out;
    assert.match(markdown, /^\| large \| 201\.83\+ \| 261\.36\+ \| \+59\.53 \| \+29\.5 % \|$/m);
  });

  it("refuses a base that it cannot compare, in one sentence", async () => {
    const refused = async (argv: string[], message: RegExp, status = 1): Promise<void> => {
      const found = await diff(argv);
      assert.deepEqual([found.status, found.out], [status, ""], argv.join(" "));
      assert.match(found.err, message);
    };
    const base = await report();
    git("init", "--quiet");
    await refused(["--diff", "nowhere"], /no such file and no such revision/);
    await refused(["--diff=--output=x"], /no such file and no such revision/);
    await refused(["--diff", base, "--scenario", "solo"], /priced for another scenario \(name, /);
    await refused(["--diff", base, "--currency", "EUR", "--rate", "2"], /in another currency/);
    const huge = readFileSync(base, "utf8").replaceAll(
      /"monthCents":\s*\d+/g,
      '"monthCents":1e308',
    );
    writeFileSync(base, huge);
    await refused(["--diff", base], /is no report of npm start/);
    writeFileSync(base, '{"version": 3, "regions": null, "scenario": {}, "stacks": [{}]}');
    await refused(["--diff", base], /is no report of npm start/);
    writeFileSync(base, "<script>");
    await refused(["--diff", base], /is not JSON/);
    await refused(["--max-increase", "5"], /--max-increase needs --diff/, 2);
    await refused(["--diff", base, "--max-monthly", "-5"], /--max-monthly/, 2);
    await refused(["--diff", base, "--equal"], /--diff excludes/, 2);
    await refused(["--diff", base, "--csv"], /--diff excludes/, 2);
  });
});
