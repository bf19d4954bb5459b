import assert from "node:assert/strict";
import { loadSettings } from "../../../settings";
import { config } from "../../support/declared";
import { TODAY } from "../../support/resources";
import { fault, settings, type Overrides } from "../../support/settings";

describe("cross-checks of eks settings", () => {
  it("refuse a count outside its range, spot to keep, and nodes without a way out", () => {
    const eks = (overrides: Overrides) => fault({ target: "eks", ...overrides });
    const range = { "nodes.min": "2", "nodes.max": "4" };
    settings({ target: "eks", ...range, "nodes.count": "2" });
    settings({ target: "eks", ...range, "nodes.count": "4" });
    assert.match(eks({ ...range, "nodes.count": "5" }), /got 5, with 2 to 4\n.*set nodes\.max 5/);
    assert.match(eks({ ...range, "nodes.count": "1" }), /got 1, with 2 to 4\n.*set nodes\.min 1/);
    assert.match(eks({ "nodes.min": "5", "nodes.max": "4", "nodes.count": "5" }), /5 to 4/);
    settings({ target: "eks", "nodes.capacity": "spot" });
    assert.match(eks({ "nodes.capacity": "spot", lifecycle: "keep" }), /on-demand where .* keep/);
    assert.match(eks({ "network.nat": "none" }), /network\.nat must be single or perZone on eks/);
  });

  it("refuse a range with only one fixed end", () => {
    const eks = (overrides: Overrides) => fault({ target: "eks", ...overrides });
    const both = /nodes\.min and nodes\.max must be set together/;
    for (const [set, missing] of [
      ["max", "min"],
      ["min", "max"],
    ] as const) {
      const text = eks({ [`nodes.${set}`]: "3" });
      assert.match(text, both);
      assert.match(text, new RegExp(`config set nodes\\.${missing} 3`));
    }
    settings({ target: "eks", "nodes.min": "3", "nodes.max": "3" });
  });

  it("refuse a network too small for twice the maximum nodes and their pods", () => {
    const most = (prefix: number, max: number): Overrides => ({
      target: "eks",
      "network.cidr": `10.0.0.0/${prefix}`,
      "nodes.count": "1",
      "nodes.min": "1",
      "nodes.max": String(max),
    });
    // [prefix, the most nodes]: per zone 27, 59 and 2,043 usable addresses, of which 8 are taken.
    for (const [prefix, max] of [
      [24, 2],
      [23, 8],
      [18, 338],
    ] as const) {
      settings(most(prefix, max));
      const allowed = `network.cidr must be /${prefix - 1} or larger, or nodes.max ${max} or less`;
      assert.ok(fault(most(prefix, max + 1)).includes(allowed));
    }
    settings(most(17, 450));
    const text = fault(most(24, 450));
    assert.match(text, /network\.cidr must be \/17 .*; got "10\.0\.0\.0\/24" and 450\n/);
    assert.match(text, /pulumi config set network\.cidr 10\.0\.0\.0\/17 /);
    // Without a range the count is the most.
    const counted = { target: "eks", "network.cidr": "10.0.0.0/24", "nodes.count": "3" };
    assert.match(fault(counted), /or nodes\.count 2 or less/);
  });

  it("refuse Service and client networks that EKS does not accept", () => {
    const of = (key: string) => (value: string) => fault({ target: "eks", [key]: value });
    const services = of("kubernetes.serviceCidr");
    assert.match(services("100.64.0.0/16"), /serviceCidr must lie in 10\.0\.0\.0\/8.*got "100\.64/);
    for (const good of ["10.96.0.0/16", "172.20.0.0/16", "192.168.0.0/16"]) {
      settings({ target: "eks", "kubernetes.serviceCidr": good });
    }
    const people = of("allowedCidrs");
    for (const bad of ["10.1.0.0/16", "172.16.0.0/12", "192.168.1.1/32", "100.64.0.0/10"]) {
      assert.match(people(bad), /must be networks on the internet on eks.*\n.*checkip/, bad);
    }
    for (const bad of [
      "127.0.0.1/32",
      "169.254.0.0/16",
      "0.0.0.0/8",
      "224.0.0.1/32",
      "250.0.0.0/8",
    ]) {
      assert.match(
        people(`81.2.69.160/27,${bad}`),
        new RegExp(`"${bad}" is an address that nobody`),
      );
    }
    settings({ target: "eks", allowedCidrs: "81.2.69.160/27,203.0.113.0/24" });
    settings({ allowedCidrs: "10.1.0.0/16", "kubernetes.serviceCidr": "100.64.0.0/16" });
  });

  it("refuse a role with an external id that the AWS CLI cannot pass", () => {
    const roles = (...ids: (string | undefined)[]): Overrides => ({
      "aws:assumeRoles": JSON.stringify(
        ids.map((externalId) => ({ roleArn: "arn:aws:iam::1:role/a", externalId })),
      ),
    });
    assert.match(fault({ target: "eks", ...roles("id") }), /assumeRoles must have no externalId/);
    settings({ target: "eks", ...roles("id", undefined) });
    settings({ target: "eks", ...roles(undefined) });
    settings(roles("id"));
  });

  it("refuse a stack name that is no valid cluster name", () => {
    const load = (stack: string, target: string) => loadSettings(stack, config({ target }), TODAY);
    for (const bad of ["team.prod", "-prod", "_prod", "a".repeat(92)]) {
      assert.throws(() => load(bad, "eks"), /name of a stack of eks must begin/, bad);
    }
    for (const good of ["prod", "team-prod_2", "2nd", "a".repeat(91)]) {
      load(good, "eks");
    }
    load("team.prod", "ec2");
    load("a".repeat(97), "ec2");
    assert.throws(
      () => load("a".repeat(98), "ec2"),
      /name of a stack of ec2 must have at most 97 characters, .*; got "a{98}"\n +pulumi stack rename NAME/,
    );
    for (const name of ["my_team", "a.b", "a".repeat(100)]) {
      load(name, "sagemaker");
    }
  });

  it("refuse images and machines of different architectures, as on ec2", () => {
    const text = fault({ target: "eks", "nodes.architecture": "arm64" });
    assert.match(text, /type of nodes\.architecture \(arm64\); got "t3\.large"/);
  });

  it("accept roles and users as administrators, and nothing else", () => {
    const role = "arn:aws:iam::123456789012:role/team/Admins";
    const admins = (raw: string) => {
      const loaded = settings({ target: "eks", adminArns: raw });
      return "adminArns" in loaded ? loaded.adminArns : undefined;
    };
    assert.deepEqual(admins(""), []);
    assert.deepEqual(admins(role), [role]);
    assert.deepEqual(admins(JSON.stringify([role])), [role]);
    const eks = (raw: string) => fault({ target: "eks", adminArns: raw });
    assert.match(eks("Admins"), /"Admins" is not the ARN of an IAM role or user/);
    assert.match(eks(`${role},${role}`), /is listed twice/);
    assert.match(
      eks("arn:aws:sts::123456789012:assumed-role/Admins/ada"),
      /is a session; list its role/,
    );
    const many = Array.from({ length: 21 }, (_, index) => `${role}${index}`);
    admins(many.slice(0, 20).join());
    eks(many.join());
  });
});
