import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { storedStacks } from "../../commands/pulumi-state";
import { liveContext } from "../../commands/live-context";
import { SettingsError } from "../../settings/contract";
import { exportedEc2 } from "../support/deployments";

describe("stacks of the current Pulumi backend", () => {
  const path = process.env["PATH"];
  let folder: string;

  /** Fake `pulumi` with the answers of the real one. tests/engine/stacks.test.ts runs the real one. */
  const pulumi = (script: string): void => {
    const file = join(folder, "pulumi");
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    process.env["PATH"] = [folder, path].join(delimiter);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backend-"));
    writeFileSync(join(folder, "ec2.json"), JSON.stringify({ deployment: exportedEc2() }));
    writeFileSync(join(folder, "never.json"), JSON.stringify({ version: 3 }));
    pulumi(`case "$1 $2" in
      "stack ls") [ "$3 $4" = "--json --non-interactive" ] && echo '[{"name":"ec2"},{"name":"never"}]';;
      "stack export") [ "$3 $5" = "--stack --non-interactive" ] && cat "${folder}/$4.json";;
    esac`);
  });

  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  it("are all returned, with their state", async () => {
    const found = await storedStacks(folder, {});
    assert.deepEqual(
      found.map(({ stack, deployment }) => [stack, deployment.stackId]),
      [
        ["ec2", "0123abcd"],
        ["never", undefined],
      ],
    );
  });

  it("are limited to the requested names, in that order", async () => {
    const names = (await storedStacks(folder, { only: ["never", "ec2"], all: true })).map(
      ({ stack }) => stack,
    );
    assert.deepEqual(names, ["never", "ec2"]);
    assert.equal((await storedStacks(folder, { only: ["ec2", "unknown"] })).length, 1);
  });

  const refused = (message: RegExp, only?: readonly string[]): Promise<void> =>
    assert.rejects(
      storedStacks(folder, { only, all: true }),
      (error: Error) => error instanceof SettingsError && message.test(error.message),
    );

  it("fail with the known names when a requested stack does not exist", async () => {
    await refused(/^the current Pulumi backend has no stack eks, dev; it has ec2, never$/, [
      "eks",
      "ec2",
      "dev",
    ]);
  });

  it("fail with the Pulumi CLI's message, or when the CLI is missing", async () => {
    pulumi("echo 'Some advice' >&2; echo 'error: PULUMI_ACCESS_TOKEN must be set' >&2; exit 255");
    await refused(/backend cannot be read: PULUMI_ACCESS_TOKEN must be set$/);
    process.env["PATH"] = join(folder, "nothing-here");
    await refused(/backend cannot be read: the command pulumi is not installed$/);
  });

  it("use the profile and roles of their stack files", () => {
    const roles = [{ roleArn: "arn:aws:iam::123456789012:role/team" }];
    writeFileSync(
      join(folder, "Pulumi.ec2.yaml"),
      [
        "config:",
        "  aws:region: eu-west-3",
        "  aws:profile: ml",
        `  aws:assumeRoles: ${JSON.stringify(roles)}`,
        "  aws:secretKey: { secure: v1:abc }",
      ].join("\n"),
    );
    const { access } = liveContext(folder);
    assert.deepEqual(access("ec2"), { profile: "ml", assumeRoles: roles });
    assert.deepEqual(access("without-a-file"), {});
  });
});
