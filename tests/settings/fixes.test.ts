import assert from "node:assert/strict";
import { inStack } from "../../settings/load";
import { fault, type Overrides } from "../support/settings";

/** The commands below the faults that these settings have, without the stack's name. */
function commands(overrides: Overrides): string[] {
  return fault(overrides)
    .split("\n")
    .filter((line) => line.startsWith("      "))
    .map((line) => line.trim().replace(/ --stack test$/, ""));
}

describe("the commands that mend a stack file", () => {
  it("name the stack in every command: another one may be selected", () => {
    const text = fault({ "nodes.cuont": "3", "nodes.architecture": "arm64", users: undefined });
    const commands = text.split("\n").filter((line) => line.includes("pulumi config"));
    assert.ok(commands.length >= 5);
    for (const command of commands) {
      assert.match(command, / --stack test( +#.*)?$/);
    }
    assert.equal(
      inStack("ec2", "pulumi config rm a; pulumi config set b 1   # why\npulumi config rm c"),
      "pulumi config rm a --stack ec2; pulumi config set b 1 --stack ec2   # why\npulumi config rm c --stack ec2",
    );
  });

  it("mend the very thing that is wrong with a person", () => {
    const ada = { name: "ada", email: "ada@your-company.com", group: "ml-admins" };
    const users = (...entries: unknown[]): Overrides => ({ users: JSON.stringify(entries) });
    const set = "pulumi config set --path";
    assert.deepEqual(commands(users(ada, { name: "Bob", email: "b", group: "x", team: "y" }, 3)), [
      `${set} 'users[1].name' NAME`,
      `${set} 'users[1].email' ADDRESS`,
      `${set} 'users[1].group' ml-users`,
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
    // Pasted as they stand they invite nobody.
    const pasted = fault(users({ name: "NAME", email: "ADDRESS", group: "ml-admins" }));
    assert.match(pasted, /users\[0\]\.name must be .*; got "NAME"/);
    assert.match(pasted, /users\[0\]\.email must be .*; got "ADDRESS"/);
  });

  it("name each network that stands twice once: each is a rule, and AWS takes none twice", () => {
    const text = fault({ allowedCidrs: "81.2.69.160/27,81.2.70.1/32,81.2.69.160/27" });
    assert.match(
      text,
      /allowedCidrs must name each network once; "81\.2\.69\.160\/27" stands twice/,
    );
    assert.match(text, /pulumi config set allowedCidrs 81\.2\.69\.160\/27,81\.2\.70\.1\/32 /);
  });
});
