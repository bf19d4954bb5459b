import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PROJECT } from "../../settings/contract";
import { comparable, stackFileCases } from "../support/corpus";
import { Colleague } from "./engine-stack";

/** Files that the CLI reads at the same time. */
const AT_ONCE = 4;

const hasCli = spawnSync("pulumi", ["version"]).error === undefined;

describe(`the corpus of stack files${hasCli ? "" : " (skipped: pulumi is not on the PATH)"}`, function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "ml-platform-"));
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "none",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const pulumi = async (...args: readonly string[]): Promise<string> => {
    const options = { cwd: folder, env };
    const { stdout } = await promisify(execFile)("pulumi", [...args, "--stack", "corpus"], options);
    return stdout;
  };

  before(async function () {
    if (!hasCli) {
      this.skip();
    }
    mkdirSync(join(folder, "backend"));
    writeFileSync(join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
    await promisify(execFile)("pulumi", ["stack", "init", "corpus"], { cwd: folder, env });
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** The settings as the CLI reads them; undefined for a file that it refuses. */
  async function byCli(yaml: string, index: number): Promise<object | undefined> {
    const file = join(folder, `case-${index}.yaml`);
    writeFileSync(file, yaml);
    try {
      const read = JSON.parse(await pulumi("config", "--json", "--config-file", file)) as Record<
        string,
        { readonly value?: string; readonly secret: boolean }
      >;
      return comparable(
        Object.fromEntries(
          Object.entries(read).map(([key, { value, secret }]) => [key, secret ? null : value]),
        ),
      );
    } catch {
      return undefined;
    }
  }

  it("means the same to the CLI, wherever this program reads a file at all", async () => {
    const read = stackFileCases().flatMap(({ yaml, reads }) =>
      reads === undefined ? [] : [{ yaml, reads: comparable(reads) }],
    );
    const found: { yaml: string; reads: object | undefined }[] = [];
    const waiting = [...read.entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [index, { yaml }] = next;
        found[index] = { yaml, reads: await byCli(yaml, index) };
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    assert.ok(read.length > 200);
    assert.deepEqual(found, read);
  });

  it("of two forms of a key has no meaning: the CLI takes either", async () => {
    const yaml = `config:\n  nodes.count: 3\n  ${PROJECT}:nodes.count: 4\n`;
    const taken = new Set<unknown>();
    for (let run = 0; run < 50 && taken.size < 2; run += 1) {
      taken.add(JSON.stringify(await byCli(yaml, 0)));
    }
    assert.equal(taken.size, 2);
  });

  it("is refused by a deployment where it has two forms of a key", async () => {
    const colleague = new Colleague();
    const stack = await colleague.stack("ec2");
    const file = join(colleague.project, "Pulumi.ec2.yaml");
    const written = readFileSync(file, "utf8");
    assert.match(written, /ml-platform:nodes\.count: "?3/);
    writeFileSync(file, written.replace(/^config:$/m, "$&\n  nodes.count: 4"));
    await assert.rejects(stack.preview(), /Pulumi\.ec2\.yaml sets the same key twice/);
    colleague.leave();
  });
});
