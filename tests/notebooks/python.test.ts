import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PythonTests } from "../support/python";

/*
 * Tests of the hub's Python: its style, and its behaviour with the real JupyterHub, KubeSpawner,
 * OAuthenticator, proxy and PostgreSQL, in processes on this machine.
 */
const PYTHON_FILES = ["components/ml/notebooks/hub", "tests/notebooks", "tests/support"];

describe("the hub's Python", function () {
  this.timeout(900_000);
  const tests = new PythonTests({
    name: "notebooks",
    requirements: join(__dirname, "requirements.txt"),
    programs: ["configurable-http-proxy@5.2.0"],
  });
  const files = readdirSync(__dirname).filter((name) => /^test_.*\.py$/.test(name));

  before(function () {
    const missing = tests.missing();
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      this.skip();
    }
    const proxy = join(tests.modules, "configurable-http-proxy/bin/configurable-http-proxy");
    const paths = files.map((file) => join(__dirname, file));
    tests.begin(paths, { CONFIGURABLE_HTTP_PROXY: proxy });
  });

  it("keeps to the rules and the format", () => {
    tests.checkStyle(PYTHON_FILES);
  });

  for (const file of files) {
    it(`passes ${file}`, () => tests.passes(join(__dirname, file)));
  }
});
