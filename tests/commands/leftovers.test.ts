import assert from "node:assert/strict";
import type { Clients } from "../../leftovers/clients";
import { SettingsError } from "../../settings/contract";
import { beginnings, exported } from "../support/deployments";
import { AuditFixture, EC2, ID, tags } from "../leftovers/audit-fixture";

/** The clients of an account, of which each request fails. */
function failingClients(clients: Clients, error: Error): Clients {
  for (const client of Object.values(clients) as { send: () => Promise<never> }[]) {
    client.send = () => Promise.reject(error);
  }
  return clients;
}

describe("npm run leftovers", () => {
  let seen: AuditFixture;

  beforeEach(() => {
    seen = new AuditFixture();
  });

  it("exits with 2 and names the missing permission when a look-up is denied", async () => {
    seen.account.refused = ["ListRoles", "DescribeVolumes"];
    seen.tag(`${EC2}:vpc/vpc-1`);
    seen.states = {
      dev: {
        resources: [
          ...beginnings("eu-west-3", ID),
          exported("aws:ec2/vpc:Vpc", "x", { outputs: { arn: `${EC2}:vpc/vpc-1` } }),
        ],
      },
    };
    const { status, out } = await seen.run(["--stack", "dev"]);
    assert.equal(status, 2);
    const said = out.replace(/\n +/g, " ");
    assert.match(
      said,
      /roles with this project's tags: AccessDeniedException: .* \(permissions: iam:ListRoles, iam:ListRoleTags\)/,
    );
    assert.match(
      said,
      /resources that users created through cluster dev-0123abcd: .*ec2:DescribeVolumes/,
    );
    // A leftover is worse than a refused look-up.
    seen.states = {};
    assert.equal((await seen.run(["--stack", "dev"])).status, 1);
  });

  it("says once that there are no credentials, and nothing else", async () => {
    const refuse = Object.assign(new Error("Could not load credentials from any providers"), {
      name: "CredentialsProviderError",
    });
    seen.states = { dev: { resources: beginnings("eu-west-3", ID) } };
    for (const argv of [["--stack", "dev"], ["--account"], ["--stack", "dev", "--json"]]) {
      const { status, out, err } = await seen.run(argv, {
        clients: () => failingClients(seen.account.clients("eu-west-3"), refuse),
      });
      assert.deepEqual([status, out], [2, ""]);
      assert.equal(
        err,
        "Could not look: no AWS credentials (Could not load credentials from any providers)\n",
      );
    }
    const offline = Object.assign(new Error("getaddrinfo ENOTFOUND x"), { name: "Error" });
    const { err } = await seen.run(["--account"], {
      clients: () => failingClients(seen.account.clients("eu-west-3"), offline),
    });
    assert.equal(err, "Could not look: Error: getaddrinfo ENOTFOUND x\n");
  });

  it("never says that nothing was found where AWS refused a look-up", async () => {
    seen.account.refused = ["ListRoles"];
    const { status, out } = await seen.run(["--account"]);
    assert.equal(status, 2);
    assert.doesNotMatch(out, /Nothing was found/);
    assert.match(out, /AWS refused look-ups, and no other look-up found anything/);
    assert.match(
      (await seen.run(["--stack", "dev", "--id", ID])).out,
      /nothing seen, but AWS refused/,
    );
    seen.account.refused = [];
    assert.match((await seen.run(["--account"])).out, /Nothing was found/);
  });

  it("prints foreign text harmlessly: names of stacks, owners and profiles", async () => {
    seen.account.resources.push({
      arn: `${EC2}:vpc/vpc-1`,
      tags: { ...tags(ID, "x; touch pwned"), Owner: "\u001b[2Jme" },
    });
    const { out } = await seen.run(["--account"], {
      access: () => ({ region: "eu-west-3", profile: "my team; echo pwned" }),
    });
    const said = out.replaceAll(/\n +/g, " ");
    assert.match(said, /owner \\u001b\[2Jme/);
    assert.match(said, /leftovers -- --stack 'x; touch pwned' --id 0123abcd prints/);
    const asked = await seen.run(["--stack", "x; touch pwned", "--id", ID], {
      access: () => ({ region: "eu-west-3", profile: "my\nteam; echo pwned" }),
    });
    assert.match(asked.out, / AWS_PROFILE=\$'my\\u000ateam; echo pwned'$/m);
  });

  it("lists every stack of the account, without commands for what may be a colleague's", async () => {
    seen.tag(`${EC2}:vpc/vpc-1`);
    seen.account.resources.push({ arn: `${EC2}:vpc/vpc-2`, tags: tags("22222222", "prod") });
    const { status, out } = await seen.run(["--account"]);
    assert.equal(status, 1);
    assert.match(out, /^Stack dev \(0123abcd, owner ml-team\)$/m);
    assert.match(out, /^Stack prod \(22222222, owner ml-team\)$/m);
    const said = out.replaceAll(/\n +/g, " ");
    assert.match(said, /no state with the id 22222222: the stack may be a colleague's/);
    assert.match(said, /leftovers -- --stack prod --id 22222222 prints the commands/);
    assert.doesNotMatch(out, /^ {2}aws /m);
    assert.deepEqual(await seen.found(["--stack", "prod"]), { leftover: ["vpc-2"] });
  });

  it("tells a colleague's stack of the same name apart by its id", async () => {
    seen.tag(`${EC2}:vpc/vpc-of-grace`, "99999999");
    // Destroyed: the backend has the stack, but no longer its id.
    seen.states = { dev: {} };
    const down = await seen.run(["--stack", "dev"]);
    assert.match(
      down.out.replaceAll(/\n +/g, " "),
      /no state with the id 99999999: the stack may be/,
    );
    assert.doesNotMatch(down.out, /^ {2}aws /m);
    const asked = await seen.run(["--stack", "dev", "--id", "99999999"]);
    assert.match(asked.out, /^ {2}aws ec2 delete-vpc --vpc-id vpc-of-grace$/m);
    assert.match(asked.out.replaceAll(/\n +/g, " "), /Make sure that no other backend has one/);
    seen.states = { dev: { resources: beginnings("eu-west-3", ID) } };
    const up = await seen.run(["--account"]);
    assert.doesNotMatch(up.out, /^ {2}aws /m);
    assert.equal((await seen.run(["--stack", "dev"])).status, 0);
  });

  it("accepts --id, also for a stack without tagged resources", async () => {
    seen.tag(`${EC2}:vpc/vpc-1`);
    seen.tag(`${EC2}:vpc/vpc-2`, "22222222");
    assert.deepEqual(await seen.found(["--stack", "dev", "--id", "22222222"]), {
      leftover: ["vpc-2"],
    });
    seen.account.logGroups.push("/aws/eks/dev-33333333/cluster");
    assert.deepEqual(await seen.found(["--stack", "dev", "--id", "33333333"]), {
      leftover: ["/aws/eks/dev-33333333/cluster"],
    });
  });

  it("lists unknown kinds without inventing a command", async () => {
    seen.tag("arn:aws:newservice:eu-west-3:123456789012:thing/one");
    const { out } = await seen.run(["--stack", "dev", "--id", ID]);
    assert.match(out, /^newservice thing +one +not priced$/m);
    assert.match(out, /^ {2}# newservice thing arn:aws:newservice:\S+: no command is known here$/m);
  });

  it("uses the stack file's profile and the given region in commands", async () => {
    seen.account.resources.push({
      arn: "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1",
      tags: tags(ID),
    });
    const { out } = await seen.run(["--stack", "dev", "--id", ID, "--region", "us-east-1"], {
      access: () => ({ region: "eu-west-3", profile: "ml" }),
    });
    assert.match(
      out,
      /^ {2}unset AWS_ACCESS_KEY_ID .*; export AWS_PAGER= AWS_REGION=us-east-1 .* AWS_PROFILE=ml$/m,
    );
    assert.match(out, /^ {2}aws ec2 delete-vpc --vpc-id vpc-1$/m);
  });

  it("prints commands in an order that respects dependencies, kind by kind", async () => {
    for (const id of ["sg-1", "sg-2"]) {
      seen.tag(`${EC2}:security-group/${id}`);
      seen.account.groups.push({ GroupId: id, GroupName: id });
    }
    // AWS refuses to delete it, and deletes it with its network.
    seen.tag(`${EC2}:security-group/sg-default`);
    seen.account.groups.push({ GroupId: "sg-default", GroupName: "default" });
    seen.tag(`${EC2}:vpc/vpc-1`);
    seen.tag(`${EC2}:elastic-ip/eipalloc-1`);
    seen.tag(`${EC2}:natgateway/nat-1`);
    seen.account.natGateways.push({ NatGatewayId: "nat-1", State: "available" });
    seen.account.roles.push({ name: "ec2-role-1", tags: tags(ID) });
    const { out } = await seen.run(["--stack", "dev", "--id", ID]);
    assert.match(out, /^ {2}export AWS_PAGER= AWS_REGION=eu-west-3 AWS_DEFAULT_REGION=eu-west-3$/m);
    const calls = [...out.matchAll(/^ {2}aws (\S+ \S+).*$/gm)];
    assert.deepEqual(
      calls.map(([, call]) => call),
      [
        "ec2 delete-nat-gateway",
        "ec2 wait",
        "ec2 release-address",
        "ec2 describe-security-group-rules",
        "ec2 describe-security-group-rules",
        "ec2 delete-security-group",
        "ec2 delete-security-group",
        "ec2 delete-vpc",
        "iam list-attached-role-policies",
        "iam list-role-policies",
        "iam delete-role",
      ],
    );
    assert.doesNotMatch(out, /sg-default/);
    const { stacks } = JSON.parse((await seen.run(["--stack", "dev", "--json"])).out) as {
      stacks: { remains: { id: string; remove: string[] }[] }[];
    };
    assert.deepEqual(stacks[0]?.remains.find(({ id }) => id === "nat-1")?.remove, [
      "aws ec2 delete-nat-gateway --nat-gateway-id nat-1",
      "aws ec2 wait nat-gateway-deleted --nat-gateway-ids nat-1",
    ]);
  });

  it("audits several stacks by name, under either name of the option, and no other", async () => {
    for (const [stackId, stack] of [
      [ID, "dev"],
      ["aaaaaaaa", "prod"],
      ["bbbbbbbb", "other"],
    ] as const) {
      seen.account.resources.push({ arn: `${EC2}:vpc/vpc-${stack}`, tags: tags(stackId, stack) });
    }
    for (const option of ["--stack", "--stacks"]) {
      const found = await seen.found([option, "dev,prod"]);
      assert.deepEqual(found, { leftover: ["vpc-dev", "vpc-prod"] });
      assert.deepEqual(await seen.found([option, "dev"]), { leftover: ["vpc-dev"] });
    }
    // A stack that is up has its own id; another of that name is a colleague's.
    seen.states = { dev: { resources: beginnings("eu-west-3", "cccccccc") } };
    assert.deepEqual(await seen.found(["--stacks", "dev,prod"]), { leftover: ["vpc-prod"] });
  });

  it("exits with 2 on wrong arguments, a missing region or an unreadable backend", async () => {
    const refused = async (argv: string[], message: RegExp, changes = {}): Promise<void> => {
      const { status, out, err } = await seen.run(argv, changes);
      assert.equal(status, 2);
      assert.equal(out, "");
      assert.match(err, message);
    };
    await refused([], /name stacks with --stacks, or ask for all with --account/);
    await refused(["--stack", "dev", "--account"], /name stacks/);
    await refused(
      ["--stack", "dev", "--id", "X"],
      /--id must be .*eight hexadecimal digits; got "X"/,
    );
    await refused(["--stacks", "dev,prod", "--id", ID], /--id needs one name/);
    await refused(["--stacks", "dev,,prod"], /--stacks must be names separated by commas/);
    const apart = (stack: string | undefined) => ({
      region: stack === "dev" ? "eu-west-3" : "eu-west-1",
    });
    await refused(["--stacks", "dev,prod"], /the stacks "dev" and "prod" differ in region/, {
      access: apart,
    });
    await refused(["--stack", "dev", "--delete"], /--delete/);
    const access = () => ({});
    await refused(["--stack", "dev"], /no region to audit.*give --region/s, {
      access,
    });
    const stored = () => Promise.reject(new SettingsError("not logged in"));
    await refused(["--stack", "dev"], /not logged in\n--no-state audits without it/, { stored });
    assert.equal((await seen.run(["--stack", "dev", "--no-state"], { stored })).status, 0);
    assert.match((await seen.run(["--help"])).out, /^Usage: npm run leftovers/);
  });
});
