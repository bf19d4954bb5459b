import assert from "node:assert/strict";
import { refusedChanges } from "../../../settings/changes";
import { withStackFlag } from "../../../settings/schema/message";
import { fault, type Overrides } from "../../support/settings";

/** Commands below the faults of these settings, without the stack's name. */
function commands(overrides: Overrides): string[] {
  return fault(overrides)
    .split("\n")
    .filter((line) => line.startsWith("      "))
    .map((line) => line.trim().replace(/ --stack test$/, ""));
}

describe("fix commands for a stack file", () => {
  it("name the stack in every command", () => {
    const text = fault({ "nodes.cuont": "3", "nodes.architecture": "arm64", users: undefined });
    const commands = text.split("\n").filter((line) => line.includes("pulumi config"));
    assert.ok(commands.length >= 5);
    for (const command of commands) {
      assert.match(command, / --stack test( +#.*)?$/);
    }
    assert.equal(
      withStackFlag("ec2", "pulumi config rm a; pulumi config set b 1   # why\npulumi config rm c"),
      "pulumi config rm a --stack ec2; pulumi config set b 1 --stack ec2   # why\npulumi config rm c --stack ec2",
    );
  });

  it("fix exactly the wrong field of a person", () => {
    const ada = { name: "ada", email: "ada@your-company.com", group: "ml-admins" };
    const users = (...entries: unknown[]): Overrides => ({ users: JSON.stringify(entries) });
    const set = "pulumi config set --path";
    assert.deepEqual(commands(users(ada, { name: "Bob", email: "b", group: "x", team: "y" }, 3)), [
      `${set} 'users[1].name' NAME`,
      `${set} 'users[1].email' ADDRESS`,
      "pulumi config rm --path 'users[1].team'",
      "pulumi config rm --path 'users[2]'",
    ]);
    const first = [
      `${set} 'users[0].name' NAME`,
      `${set} 'users[0].email' ADDRESS`,
      `${set} 'users[0].group' ml-admins`,
    ];
    assert.deepEqual(commands({ users: undefined }), first);
    assert.deepEqual(commands({ users: '{"name":"ada"}' }), ["pulumi config rm users", ...first]);
    // Pasted without a change they invite nobody.
    const pasted = fault(users({ name: "NAME", email: "ADDRESS", group: "ml-admins" }));
    assert.match(pasted, /users\[0\]\.name must be .*; got "NAME"/);
    assert.match(pasted, /users\[0\]\.email must be .*; got "ADDRESS"/);
  });

  it("name the duplicate field of everybody but the first", () => {
    const ada = { name: "ada", email: "ada@a.de", group: "ml-users" };
    const twin = { ...ada, email: "b@a.de" };
    const users = JSON.stringify([ada, twin, { ...ada, name: "eve" }, { ...ada, email: "d@a.de" }]);
    assert.deepEqual(commands({ users }), [
      "pulumi config set --path 'users[1].name' NAME",
      "pulumi config set --path 'users[3].name' NAME",
      "pulumi config set --path 'users[2].email' ADDRESS",
    ]);
  });

  it("remove people from the end, after setting fields by index", () => {
    const crowd: unknown[] = Array.from({ length: 202 }, (_, index) => ({
      name: `p${index}`,
      email: `p${index}@a.de`,
      group: "ml-users",
    }));
    crowd.splice(0, 4, "ada", { name: "eve", email: "eve", group: "ml-users" }, null, crowd[3]);
    crowd[201] = "beyond";
    assert.deepEqual(commands({ users: JSON.stringify(crowd) }), [
      "pulumi config set --path 'users[1].email' ADDRESS",
      ...[201, 200, 2, 0].map((index) => `pulumi config rm --path 'users[${index}]'`),
    ]);
  });

  it("keep the valid entries of a list and fix the others", () => {
    const own = "$(curl -s https://checkip.amazonaws.com)/32";
    const networks = (raw: string, overrides: Overrides = {}) =>
      new Set(commands({ ...overrides, allowedCidrs: raw }));
    const set = (list: string) => new Set([`pulumi config set allowedCidrs ${list}`]);
    const good = "81.2.69.160/27";
    assert.deepEqual(networks(`${good},81.2.70.1/24`), set(`${good},81.2.70.0/24`));
    assert.deepEqual(networks(`["${good}","office","::/0"]`), set(`"${good},${own}"`));
    assert.deepEqual(networks(`${good},0.0.0.0/0`), set(`"${good},${own}"`));
    assert.deepEqual(networks(`${good},,`), set(good));
    assert.deepEqual(networks("81.2.70.1/24,81.2.70.1/24"), set("81.2.70.0/24"));
    assert.deepEqual(networks(""), set(`"${own}"`));
    assert.deepEqual(
      networks(`${good},10.1.0.0/16`, { target: "eks" }),
      set(`"${good},${own}"`),
      "private on eks",
    );
    assert.deepEqual(
      new Set(
        commands({
          target: "sagemaker",
          "studio.instanceTypes": "ml.g5.xlarge,ml.t3.mediun,ml.g5.xlarge,ml.t3.medium",
        }),
      ),
      new Set(["pulumi config set studio.instanceTypes ml.g5.xlarge,ml.t3.medium"]),
    );
    const role = "arn:aws:iam::123456789012:role/Admins";
    assert.deepEqual(commands({ target: "eks", adminArns: `${role},me` }), [
      `pulumi config set adminArns ${role},ARN`,
    ]);
  });

  it("are on one line each, with control characters escaped", () => {
    const text = fault({ owner: "a\n  - \u001b[2Jb\u202ec\u0085", target: "d\te" });
    assert.ok(text.includes('; got "a\\n  - \\u001b[2Jb\\u{202e}c\\u{85}"'), text);
    assert.ok(text.includes('; got "d\\te"\n'), text);
    assert.match(
      fault({ "nodes.\ncount": "3" }),
      /"nodes\.\\ncount" is not .*\n {6}delete this key from the stack file\n {6}pulumi config set nodes\.count 3 /,
    );
    assert.match(fault({ target: "eks", adminArns: '["ü"]' }), /; "ü" is not the ARN/);
    assert.match(fault({ users: '[{"a\\nb":1}]' }), /only; got "a\\nb"$/);
    assert.match(
      fault({ users: '[{"a b":1}]' }),
      /\n {6}pulumi config rm --path 'users\[0\]\["a b"\]' /,
    );
  });

  it("quote the value that a stack was made with", () => {
    const [refused] = refusedChanges("ec2", { region: "a b" }, { region: "eu-west-3" });
    assert.equal(refused?.fix, "pulumi config set aws:region 'a b'");
  });

  it("take over people under several keys, entry by entry", () => {
    const parts: Overrides = {
      users: undefined,
      "users[0].name": "ada",
      "users.1.name": "bob",
      "users[3].name": "eve",
    };
    assert.deepEqual(commands(parts), [
      "pulumi config rm 'users[0].name'",
      "pulumi config set --path 'users[0].name' ada",
      "pulumi config rm users.1.name",
      "pulumi config set --path 'users[1].name' bob",
      "write this part into ml-platform:users in the stack file",
    ]);
  });

  it("name each duplicate network once", () => {
    const text = fault({ allowedCidrs: "81.2.69.160/27,81.2.70.1/32,81.2.69.160/27" });
    assert.match(
      text,
      /allowedCidrs must list each network once; "81\.2\.69\.160\/27" is listed twice/,
    );
    assert.match(text, /pulumi config set allowedCidrs 81\.2\.69\.160\/27,81\.2\.70\.1\/32 /);
  });
});
