import assert from "node:assert/strict";
import { NODE_PORTS } from "../../../targets/ec2/firewall";
import { declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { allows, policyOf } from "../../support/policy";

const PARAMETERS = "arn:aws:ssm:eu-west-3:123456789012:parameter/ml-platform/test-0a1b2c3d";
const RULE = "vpc/securityGroupIngressRule:SecurityGroupIngressRule";

describe("ec2 firewall", () => {
  it("allows allowedCidrs to reach the API server only", async () => {
    const rules = ofType(
      await declaredPlatform({ allowedCidrs: "81.2.69.160/27,81.2.70.0/24" }),
      RULE,
    ).filter(({ inputs }) => inputs["cidrIpv4"] !== undefined);
    assert.deepEqual(
      rules.map(({ inputs }) => [
        inputs["securityGroupId"],
        inputs["cidrIpv4"],
        inputs["ipProtocol"],
        inputs["fromPort"],
        inputs["toPort"],
      ]),
      [
        ["ec2-firewall-api-id", "81.2.69.160/27", "tcp", 6443, 6443],
        ["ec2-firewall-api-id", "81.2.70.0/24", "tcp", 6443, 6443],
      ],
    );
  });

  it("allows machines to reach each other on the ports of Cilium, kubelet and the API", async () => {
    const rules = ofType(await declaredPlatform(), RULE).filter(
      ({ name, inputs }) =>
        inputs["securityGroupId"] === "ec2-firewall-nodes-id" && !name.includes("front-door"),
    );
    for (const { inputs } of rules) {
      assert.equal(inputs["referencedSecurityGroupId"], "ec2-firewall-nodes-id");
    }
    assert.deepEqual(
      rules.map(({ inputs }) => [inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"]]),
      [
        ["udp", 8472, 8472],
        ["tcp", 4240, 4240],
        ["icmp", 8, -1],
        ["tcp", 10250, 10250],
        ["tcp", 6443, 6443],
      ],
    );
    assert.equal(rules.length, Object.keys(NODE_PORTS).length);
  });

  it("allows the machines to reach the database", async () => {
    const rule = inputsOf(await declaredPlatform(), RULE, "database-from-ec2-nodes");
    assert.equal(rule["referencedSecurityGroupId"], "ec2-firewall-nodes-id");
  });
});

describe("ec2 roles", () => {
  const policy = async (role: string) =>
    policyOf(
      inputsOf(await declaredPlatform(), "iam/rolePolicy:RolePolicy", `ec2-${role}-policy`)[
        "policy"
      ],
    );

  it("read only their own parameters", async () => {
    const [controlPlane, worker] = [await policy("control-plane"), await policy("worker")];
    assert.ok(allows(controlPlane, "ssm:GetParameter", `${PARAMETERS}/control-plane/ca.key`));
    assert.ok(allows(worker, "ssm:GetParameter", `${PARAMETERS}/worker/join-token`));
    for (const action of ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]) {
      assert.ok(!allows(worker, action, `${PARAMETERS}/control-plane/ca.key`), action);
      for (const statements of [controlPlane, worker]) {
        const other = PARAMETERS.replace("test-0a1b2c3d", "test-ffffffff");
        assert.ok(!allows(statements, action, `${other}/worker/join-token`), action);
      }
    }
  });

  it("write only the join token, from the control plane only", async () => {
    const [controlPlane, worker] = [await policy("control-plane"), await policy("worker")];
    assert.ok(allows(controlPlane, "ssm:PutParameter", `${PARAMETERS}/worker/join-token`));
    assert.ok(!allows(controlPlane, "ssm:PutParameter", `${PARAMETERS}/control-plane/ca.key`));
    assert.ok(!allows(worker, "ssm:PutParameter", `${PARAMETERS}/worker/join-token`));
  });

  it("write etcd snapshots below the cluster's prefix, from the control plane only", async () => {
    const object = "arn:aws:s3:::data-bucket-0000000/etcd/test-0a1b2c3d/20261123T021500Z.db";
    assert.ok(allows(await policy("control-plane"), "s3:PutObject", object));
    assert.ok(!allows(await policy("worker"), "s3:GetObject", object));
    const data = "arn:aws:s3:::data-bucket-0000000/users/ada/model.bin";
    assert.ok(!allows(await policy("control-plane"), "s3:GetObject", data));
  });

  it("have no managed policy, since Session Manager's reads every parameter", async () => {
    const resources = await declaredPlatform();
    assert.deepEqual(ofType(resources, "iam/rolePolicyAttachment:RolePolicyAttachment"), []);
    for (const { inputs } of ofType(resources, "iam/role:Role")) {
      assert.equal(inputs["managedPolicyArns"], undefined);
    }
  });
});

describe("ec2 parameters", () => {
  it("are encrypted, of the free tier and below the stack's path", async () => {
    const parameters = ofType(await declaredPlatform(), "ssm/parameter:Parameter");
    assert.deepEqual(
      parameters
        .map(({ inputs }) => String(inputs["name"]).replace("/ml-platform/test-0a1b2c3d/", ""))
        .sort(),
      [
        "control-plane/ca.crt",
        "control-plane/ca.key",
        "control-plane/encryption-key",
        "control-plane/etcd-ca.crt",
        "control-plane/etcd-ca.key",
        "control-plane/front-proxy-ca.crt",
        "control-plane/front-proxy-ca.key",
        "control-plane/sa.key",
        "control-plane/sa.pub",
        "worker/join-token",
      ],
    );
    for (const { inputs } of parameters) {
      assert.equal(inputs["type"], "SecureString");
      assert.equal(inputs["tier"], "Standard");
      assert.ok(String(inputs["value"]).length < 4096);
    }
  });
});
