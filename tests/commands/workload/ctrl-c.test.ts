import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beginnings, exported } from "../../support/deployments";

const ROOT = join(__dirname, "..", "..", "..");

/** Names of stacks, and the state of one whose kubeconfig is no secret, as eks has it. */
const PULUMI = `#!/bin/sh
case "$*" in
  *"stack ls"*) echo '[{"name":"one"}]' ;;
  *) cat "$(dirname "$0")/state.json" ;;
esac
`;

/** A cluster that takes its time: it creates Jobs and never runs them. */
const KUBECTL = `#!/bin/sh
folder="$(dirname "$0")"
echo "$*" >>"$folder/asked"
case "$*" in
  *--dry-run*) echo '{"metadata":{},"spec":{"template":{"metadata":{},"spec":{"containers":[{"name":"train"}]}}}}' ;;
  *" get jobs,pods "*) echo '{"items":[{"kind":"Job","metadata":{"name":"a"},"spec":{},"status":{}}]}' ;;
  *" get "*) echo '{"items":[]}' ;;
  *" delete "*) sleep 1; echo deleted >>"$folder/asked" ;;
esac
`;

describe("npm run workload on a terminal", () => {
  let folder: string;

  before(function () {
    if (process.platform !== "linux" || !existsSync("/usr/bin/script")) {
      console.log("      skipped: there is no script(1) of util-linux, which makes a terminal");
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "terminal-"));
    for (const [name, text] of Object.entries({ pulumi: PULUMI, kubectl: KUBECTL })) {
      writeFileSync(join(folder, name), text, { mode: 0o755 });
    }
    const outputs = { bucket: "data-1", roleArns: { ada: "x" }, kubeconfig: "apiVersion: v1" };
    const resources = [
      exported("pulumi:pulumi:Stack", "ml-platform-one", { outputs }),
      ...beginnings("eu-west-3", "0123abcd").slice(1),
      exported("mlp:target:Eks", "eks"),
    ];
    writeFileSync(join(folder, "state.json"), JSON.stringify({ deployment: { resources } }));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const asked = (): string => {
    const file = join(folder, "asked");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };

  it("ends what it has started after Ctrl-C, also a second one, and ends with 130", async () => {
    const typed = "npm run --silent workload -- --stacks one";
    // A terminal sends Ctrl-C to npm, its shell and Node.js at once.
    const child = spawn(
      "/usr/bin/script",
      ["--quiet", "--return", "--command", typed, "/dev/null"],
      {
        cwd: ROOT,
        env: { ...process.env, PATH: [folder, process.env["PATH"]].join(delimiter) },
      },
    );
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const ended = once(child, "exit") as Promise<[number | null]>;
    while (!asked().includes(" get jobs,pods ") && child.exitCode === null) {
      await setTimeout(50);
    }
    child.stdin.write("\u0003");
    while (!asked().includes(" delete ") && child.exitCode === null) {
      await setTimeout(50);
    }
    child.stdin.write("\u0003");
    const [status] = await ended;
    assert.match(asked(), / delete job \S+ --ignore-not-found --wait=false\ndeleted\n/, printed);
    assert.equal(printed.match(/stopping what was started/g)?.length, 1, printed);
    assert.match(printed, /Run \S+ on stack one: stopped/);
    assert.equal(status, 130);
  });
});
