import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PythonTests } from "../support/python";

/*
 * The workload's own tests, with the packages that it is locked to: scikit-learn, a PostgreSQL with TLS on this
 * machine, and moto's S3.
 */
const WORKLOAD = join(__dirname, "..", "..", "workload");
const TESTS = join(WORKLOAD, "tests");

describe("the workload's Python", function () {
  this.timeout(900_000);
  const tests = new PythonTests({
    name: "workload",
    requirements: join(TESTS, "requirements.txt"),
  });

  before(function () {
    const missing = tests.missing();
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      this.skip();
    }
  });

  it("keeps to the rules and the format", () => {
    tests.checkStyle([WORKLOAD]);
  });

  for (const file of readdirSync(TESTS).filter((name) => /^test_.*\.py$/.test(name))) {
    it(`passes ${file}`, () => {
      tests.passes(join(TESTS, file));
    });
  }
});
