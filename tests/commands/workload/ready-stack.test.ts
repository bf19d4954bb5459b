import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { secretOutput } from "../../../commands/pulumi-state";
import { KubeconfigFile, runKubectl } from "../../../commands/workload/kubectl";
import { readyStack, type ReadyStack } from "../../../commands/workload/ready-stack";
import { deploymentOf } from "../../../cost/resources/stack-export";
import type { Result } from "../../../settings/contract";
import { exported, exportedEc2 } from "../../support/deployments";

const NOW = new Date("2026-11-20T12:00:00Z");

/** A stack with these outputs, asked for this person. */
async function readied(
  outputs: Record<string, unknown>,
  asked?: string,
  target = "ec2",
): Promise<Result<ReadyStack>> {
  const deployment = { ...deploymentOf(exportedEc2()), target, outputs };
  const sources = {
    now: NOW,
    kubeconfig: () => Promise.resolve("decrypted"),
    access: () => ({}),
  };
  return readyStack({ stack: "dev", deployment }, asked, sources);
}

function problemOf(result: Result<unknown>): string {
  assert.ok("problem" in result);
  return result.problem;
}

/** Pulumi's mark on a secret value. https://github.com/pulumi/pulumi (resource properties, `SpecialSecretSig`) */
const SECRET = "4dabf18193072939515e22adb298388d";
const BUCKET = { bucket: "data-1" };
const ADA = { roleArns: { ada: "arn" } };
const TWO = { roleArns: { ada: "arn", grace: "arn" } };

describe("a stack that is asked to run the workload", () => {
  it("runs as the only person, or as the one who is named", async () => {
    const kubeconfig = "apiVersion: v1";
    const alone = await readied({ ...BUCKET, ...ADA, kubeconfig });
    assert.ok("ok" in alone);
    assert.equal(alone.ok.person, "ada");
    assert.ok((alone.ok.hourly ?? 0) > 0);
    alone.ok.close();
    const named = await readied({ ...BUCKET, ...TWO, kubeconfig }, "grace");
    assert.ok("ok" in named);
    assert.equal(named.ok.person, "grace");
    named.ok.close();
    const all = { ...BUCKET, ...TWO, kubeconfig };
    assert.equal(problemOf(await readied(all)), "--as must name a person of stack dev: ada, grace");
    assert.equal(
      problemOf(await readied(all, "eve")),
      'stack dev has no person "eve"; it has ada, grace',
    );
  });

  it("has a model server where its outputs name one", async () => {
    const trainingJobs = { ada: {} };
    for (const [outputs, target] of [
      [{ kubeconfig: "x" }, "eks"],
      [{ trainingJobs }, "sagemaker"],
    ] as const) {
      for (const [modelServer, has] of [
        ["triton", true],
        [undefined, false],
      ] as const) {
        const made = await readied({ ...BUCKET, ...ADA, ...outputs, modelServer }, "ada", target);
        assert.ok("ok" in made);
        made.ok.close();
        assert.equal(made.ok.modelServer !== undefined, has);
      }
    }
  });

  it("has Katib where the last `up` has declared it", async () => {
    const sources = { now: NOW, kubeconfig: () => Promise.resolve(""), access: () => ({}) };
    const { resources } = exportedEc2() as { resources: object[] };
    for (const has of [true, false]) {
      const katib = has ? [exported("mlp:ml:Katib", "ec2-katib", {})] : [];
      const all = deploymentOf({ resources: [...resources, ...katib] });
      const outputs = { ...BUCKET, ...ADA, kubeconfig: "x" };
      const deployment = { ...all, target: "ec2", outputs };
      const ready = await readyStack({ stack: "dev", deployment }, undefined, sources);
      assert.ok("ok" in ready);
      assert.equal(ready.ok.katib !== undefined, has);
      ready.ok.close();
    }
  });

  it("has no price of an hour where something in it has none", async () => {
    const database = exported("aws:rds/instance:Instance", "database", {
      inputs: { instanceClass: "db.m99.large", storageType: "gp3", allocatedStorage: 20 },
    });
    const { resources } = exportedEc2() as { resources: object[] };
    const all = deploymentOf({ resources: [...resources, database] });
    const deployment = { ...all, outputs: { ...BUCKET, ...ADA, kubeconfig: "x" } };
    const sources = { now: NOW, kubeconfig: () => Promise.resolve(""), access: () => ({}) };
    const made = await readyStack({ stack: "dev", deployment }, "ada", sources);
    assert.ok("ok" in made);
    made.ok.close();
    assert.equal(made.ok.hourly, undefined);
  });

  it("has to be up", async () => {
    assert.match(problemOf(await readied({ ...ADA, kubeconfig: "x" })), /^stack dev is not up;/);
    assert.match(problemOf(await readied({ ...BUCKET, ...ADA }, "ada", "none")), /is not up/);
  });

  it("has to allow training jobs where it is no cluster", async () => {
    const without = problemOf(await readied({ ...BUCKET, ...ADA }, "ada", "sagemaker"));
    assert.match(without, /pulumi config set studio\.jobs true --stack dev/);
    const outputs = { ...BUCKET, ...ADA, trainingJobs: { ada: {} } };
    assert.ok("ok" in (await readied(outputs, "ada", "sagemaker")));
  });
});

describe("kubectl", () => {
  const path = process.env["PATH"];
  let folder: string;

  const program = (name: string, script: string): void => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    process.env["PATH"] = [folder, path].join(delimiter);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubectl-"));
  });

  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  it("gets a kubeconfig that only its owner can read, and that is gone afterwards", async () => {
    program("kubectl", 'echo "$@"; cat');
    const config = new KubeconfigFile("apiVersion: v1");
    const said = await config.kubectl(["create", "--filename=-"], "a manifest");
    const [, file = ""] = /--kubeconfig (\S+) --request-timeout=30s create/.exec(said) ?? [];
    assert.match(said, /a manifest$/);
    assert.equal(readFileSync(file, "utf8"), "apiVersion: v1");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    config.remove();
    assert.equal(existsSync(file), false);
  });

  it("gets the kubeconfig of a stack, decrypted where it holds a key", async () => {
    program("kubectl", `cat "$2" >>${join(folder, "seen")}; echo '{"items":[]}'`);
    const secret = { [SECRET]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
    for (const kubeconfig of ["in the clear,", secret]) {
      const made = await readied({ ...BUCKET, ...ADA, kubeconfig });
      assert.ok("ok" in made);
      await made.ok.runner.state({ run: "r1", person: "ada", size: "small" });
      made.ok.close();
    }
    assert.equal(readFileSync(join(folder, "seen"), "utf8"), "in the clear,decrypted");
  });

  it("says what it refuses, also without reading its input", async () => {
    program("kubectl", 'echo "Error from server (NotFound): no workload" >&2; exit 1');
    await assert.rejects(runKubectl(["create"], "x".repeat(1_000_000)), {
      message: "kubectl: Error from server (NotFound): no workload",
    });
  });

  it("is asked for where it is absent", async () => {
    process.env["PATH"] = folder;
    await assert.rejects(runKubectl(["version"]), /the command kubectl is not installed; https/);
  });

  it("has the secret of a stack from the CLI", async () => {
    program(
      "pulumi",
      '[ "$*" = "stack output kubeconfig --json --show-secrets --stack ec2 --non-interactive" ] && echo \'"text"\'',
    );
    assert.equal(await secretOutput(folder, "ec2", "kubeconfig"), "text");
    program("pulumi", 'echo "error: passphrase must be set" >&2; exit 255');
    await assert.rejects(secretOutput(folder, "ec2", "kubeconfig"), {
      message: 'the output kubeconfig of stack "ec2" cannot be read: passphrase must be set',
    });
  });
});
