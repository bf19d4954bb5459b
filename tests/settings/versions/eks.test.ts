import assert from "node:assert/strict";
import { loadSettings } from "../../../settings";
import { refusedChanges } from "../../../settings/changes";
import { type Fault, SettingsError } from "../../../settings/contract";
import { EKS_VERSIONS, supportOf, type EksMinor } from "../../../settings/versions/eks";
import { config } from "../../support/declared";

const load = (version: string, today: string) =>
  loadSettings("test", config({ target: "eks", "kubernetes.version": version }), today);

/** Days in the last months of standard support, in extended support and after it, of some version. */
const DAYS = ["2026-07-01", "2026-11-29", "2027-07-01", "2027-09-01", "2028-01-01", "2028-09-01"];

/** Messages about a version on some days. */
function faultsOf(version: string, days: readonly string[]): readonly Fault[] {
  return days.flatMap((today) => {
    try {
      return load(version, today).warnings;
    } catch (error) {
      assert.ok(error instanceof SettingsError, String(error));
      return error.faults;
    }
  });
}

describe("EKS versions", () => {
  it("cost more from the day on which standard support ends", () => {
    assert.equal(supportOf("1.34", "2026-12-01"), "standard");
    assert.equal(supportOf("1.34", "2026-12-02"), "extended");
    assert.equal(supportOf("1.34", "2027-12-01"), "extended");
    assert.equal(supportOf("1.34", "2027-12-02"), "ended");
  });

  it("have twelve months of extended support after fourteen of standard support", () => {
    for (const [minor, { endOfStandard, endOfExtended }] of Object.entries(EKS_VERSIONS)) {
      const year = Number(endOfStandard.slice(0, 4)) + 1;
      assert.equal(endOfExtended, `${year}${endOfStandard.slice(4)}`, minor);
    }
  });

  it("warn in extended support, with the extra cost and the upgrade", () => {
    const [warning, ...others] = load("1.34", "2027-01-15").warnings;
    assert.match(warning?.problem ?? "", /1\.34 is in extended support since 2026-12-02/);
    assert.match(
      warning?.problem ?? "",
      /priced without the surcharge of \$365 a month, and AWS upgrades/,
    ); // 730 h × (0.60 − 0.10)
    assert.match(warning?.problem ?? "", /AWS upgrades its cluster by itself/);
    assert.match(warning?.fix ?? "", /^pulumi config set kubernetes\.version 1\.35 /);
    assert.deepEqual(others, []);
  });

  it("are left by one minor version at a time, as the guard of a stack and EKS demand", () => {
    const minors = Object.keys(EKS_VERSIONS) as EksMinor[];
    for (const minor of minors) {
      for (const { problem, fix = "" } of faultsOf(minor, DAYS)) {
        const to = /^pulumi config set kubernetes\.version (\S+)/.exec(fix)?.[1];
        assert.equal(to === undefined, minor === minors[0], problem);
        const after = { "kubernetes.version": to ?? minor };
        assert.deepEqual(refusedChanges("eks", { "kubernetes.version": minor }, after), [], fix);
      }
      assert.ok(faultsOf(minor, DAYS).length >= 3, minor);
    }
  });

  it("warn of AWS's upgrade in the last two months of standard support", () => {
    const problems = (today: string) => load("1.34", today).warnings.map(({ problem }) => problem);
    assert.deepEqual(problems("2026-10-02"), []);
    assert.match(problems("2026-10-03").join(), /1\.34 ends on 2026-12-02.*AWS upgrades/);
    assert.match(problems("2026-12-01").join(), /1\.34 ends on 2026-12-02/);
  });

  it("are refused when unknown or no longer offered", () => {
    assert.throws(() => load("1.30", "2026-11-23"), /kubernetes\.version must be one of 1\.36/);
    assert.throws(
      () => load("1.34", "2027-12-02"),
      /kubernetes\.version must be one that EKS still has; got "1\.34", which ended on 2027-12-02/,
    );
  });

  it("all have an end date, and the default is the newest that ec2 has too", () => {
    const minors = Object.keys(EKS_VERSIONS) as EksMinor[];
    assert.deepEqual(minors, minors.toSorted().reverse());
    assert.deepEqual(load("1.36", "2026-11-23").warnings, []);
  });
});
