import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parseArn } from "../../aws/arn";
import type { Finding } from "../../aws/finding";
import { KINDS, removalOrder } from "../../leftovers/kinds";
import { FREE, type Kind } from "../../leftovers/kinds/kind";

const finding = (arn: string): Finding => {
  const { service, type, id } = parseArn(arn);
  return { kind: `${service}:${type}`, label: "", id, arn };
};
const commands = (arn: string): readonly string[] => {
  const found = finding(arn);
  return KINDS[found.kind]?.remove(found) ?? [];
};

describe("removal of a kind", () => {
  for (const [arn, ...expected] of [
    ["ec2:eu-west-3:1:volume/vol-1", "aws ec2 delete-volume --volume-id vol-1"],
    [
      "ec2:eu-west-3:1:instance/i-1",
      "aws ec2 terminate-instances --instance-ids i-1",
      "aws ec2 wait instance-terminated --instance-ids i-1",
    ],
    [
      "ec2:eu-west-3:1:natgateway/nat-1",
      "aws ec2 delete-nat-gateway --nat-gateway-id nat-1",
      "aws ec2 wait nat-gateway-deleted --nat-gateway-ids nat-1",
    ],
    [
      "ec2:eu-west-3:1:internet-gateway/igw-1",
      "aws ec2 describe-internet-gateways --internet-gateway-ids igw-1 --query 'InternetGateways[].Attachments[].[VpcId]' --output text | while read -r vpc; do aws ec2 detach-internet-gateway --internet-gateway-id igw-1 --vpc-id $vpc; done",
      "aws ec2 delete-internet-gateway --internet-gateway-id igw-1",
    ],
    [
      "rds:eu-west-3:1:db:database-1",
      "aws rds modify-db-instance --db-instance-identifier database-1 --no-deletion-protection --apply-immediately",
      "aws rds delete-db-instance --db-instance-identifier database-1 --skip-final-snapshot --delete-automated-backups",
      "aws rds wait db-instance-deleted --db-instance-identifier database-1",
    ],
    [
      "ssm:eu-west-3:1:parameter/ml-platform/a/b",
      "aws ssm delete-parameter --name /ml-platform/a/b",
    ],
    [
      "logs:eu-west-3:1:log-group:/aws/eks/a/cluster:*",
      "aws logs delete-log-group --log-group-name /aws/eks/a/cluster",
    ],
    [
      "elasticloadbalancing:eu-west-3:1:loadbalancer/classic",
      "aws elb delete-load-balancer --load-balancer-name classic",
      "while aws ec2 describe-network-interfaces --filters 'Name=description,Values=ELB classic' --query 'NetworkInterfaces[].NetworkInterfaceId' --output text 2>&1 | grep -q eni-; do sleep 5; done",
    ],
    [
      "elasticloadbalancing:eu-west-3:1:loadbalancer/net/a/1",
      "aws elbv2 delete-load-balancer --load-balancer-arn arn:aws:elasticloadbalancing:eu-west-3:1:loadbalancer/net/a/1",
      "while aws ec2 describe-network-interfaces --filters 'Name=description,Values=ELB net/a/1' --query 'NetworkInterfaces[].NetworkInterfaceId' --output text 2>&1 | grep -q eni-; do sleep 5; done",
    ],
    ["apigateway:eu-west-3::/apis/abc", "aws apigatewayv2 delete-api --api-id abc"],
    [
      "eks:eu-west-3:1:nodegroup/cluster/group/uuid",
      "aws eks delete-nodegroup --cluster-name cluster --nodegroup-name group",
      "aws eks wait nodegroup-deleted --cluster-name cluster --nodegroup-name group",
    ],
    [
      "sagemaker:eu-west-3:1:user-profile/d-1/ada",
      "aws sagemaker delete-user-profile --domain-id d-1 --user-profile-name ada",
      "while aws sagemaker describe-user-profile --domain-id d-1 --user-profile-name ada --query Status --output text 2>&1 | grep -q Deleting; do sleep 5; done",
    ],
    [
      "iam::1:instance-profile/ec2-profile",
      "aws iam get-instance-profile --instance-profile-name ec2-profile --query 'InstanceProfile.Roles[].[RoleName]' --output text | while read -r role; do aws iam remove-role-from-instance-profile --instance-profile-name ec2-profile --role-name $role; done",
      "aws iam delete-instance-profile --instance-profile-name ec2-profile",
    ],
    [
      "cloudfront::1:vpcorigin/vo_1",
      'aws cloudfront delete-vpc-origin --id vo_1 --if-match "$(aws cloudfront get-vpc-origin --id vo_1 --query ETag --output text)"',
      "while aws cloudfront get-vpc-origin --id vo_1 --query VpcOrigin.Arn --output text 2>&1 | grep -q vpcorigin/; do sleep 5; done",
    ],
    [
      "cloudfront::1:function/ml-platform-0123abcd-allowed-cidrs",
      'aws cloudfront delete-function --name ml-platform-0123abcd-allowed-cidrs --if-match "$(aws cloudfront describe-function --name ml-platform-0123abcd-allowed-cidrs --query ETag --output text)"',
    ],
    ["new:eu-west-3:1:thing/one"],
  ] as const) {
    it(`of ${arn} uses: ${expected[0]?.slice(0, 40) ?? "no known command"}`, () => {
      assert.deepEqual(commands(`arn:aws:${arn}`), expected);
    });
  }

  it("ends with the deletion, after what blocks it and before a wait", () => {
    const last = (arn: string): string => commands(`arn:aws:${arn}`).at(-1) ?? "";
    assert.equal(last("s3:::data-bucket"), "aws s3api delete-bucket --bucket data-bucket");
    assert.equal(last("iam::1:role/r"), "aws iam delete-role --role-name r");
    assert.equal(last("route53:::hostedzone/Z"), "aws route53 delete-hosted-zone --id Z");
    assert.equal(
      last("cognito-idp:eu-west-3:1:userpool/p"),
      "aws cognito-idp delete-user-pool --user-pool-id p",
    );
    assert.equal(
      last("ec2:eu-west-3:1:security-group/sg-1"),
      "aws ec2 delete-security-group --group-id sg-1",
    );
  });

  it("has lines that bash can parse, which leave region and profile to the environment", () => {
    const lines = Object.entries(KINDS).flatMap(([kind, { remove }]) =>
      remove({
        kind,
        label: "",
        id: "a/b",
        arn: "arn:aws:x",
        parent: "d-1",
        app: { name: "default", type: "JupyterLab", ownerKind: "space", owner: "work" },
      }),
    );
    assert.ok(lines.length > Object.keys(KINDS).length);
    assert.deepEqual(
      lines.filter((line) => /--(region|profile) /.test(line)),
      [],
    );
    const { status, stderr } = spawnSync("bash", ["-n"], { input: lines.join("\n") });
    assert.equal(status, 0, String(stderr));
  });
});

describe("a kind of leftover", () => {
  it("cannot do without a decision about its description and its charges", () => {
    const decided = { name: "thing", plural: "things", remove: () => [] };
    // @ts-expect-error a kind needs `describe`
    const undescribed: Kind = { ...decided, charges: FREE };
    // @ts-expect-error a kind needs `charges`
    const unpriced: Kind = { ...decided, describe: "listed" };
    assert.ok(undescribed !== unpriced);
  });

  it("comes after all that have to be removed before it", () => {
    const order = removalOrder(KINDS);
    assert.deepEqual([...order].sort(), Object.keys(KINDS).sort());
    for (const [kind, { after = [] }] of Object.entries(KINDS)) {
      for (const before of after) {
        assert.ok(order.indexOf(before) < order.indexOf(kind), `${before} before ${kind}`);
      }
    }
    // Indirectly, too: a space blocks its profile, the profile its domain, and the domain the network.
    const inTurn = ["sagemaker:app", "sagemaker:space", "sagemaker:user-profile"];
    for (const kinds of [
      [...inTurn, "sagemaker:domain", "ec2:security-group", "ec2:vpc"],
      ["eks:nodegroup", "eks:cluster", "iam:role"],
      ["eks:nodegroup", "eks:cluster", "logs:log-group"],
      ["ec2:instance", "ec2:natgateway", "ec2:elastic-ip", "ec2:internet-gateway", "ec2:vpc"],
      ["elasticfilesystem:mount-target", "ec2:network-interface", "ec2:subnet", "ec2:vpc"],
      ["cloudfront:distribution", "cloudfront:vpcorigin", "elasticloadbalancing:loadbalancer"],
      ["cloudfront:vpcorigin", "cloudfront:security-group", "ec2:subnet", "ec2:vpc"],
      ["cloudfront:distribution", "cloudfront:function"],
    ]) {
      assert.deepEqual(
        order.filter((kind) => kinds.includes(kind)),
        kinds,
      );
    }
  });

  it("cannot come after itself, nor after one that does not exist", () => {
    assert.throws(
      () => removalOrder({ a: { after: ["b"] }, b: { after: ["c"] }, c: { after: ["a"] } }),
      /removed before itself: a after b after c after a/,
    );
    assert.throws(() => removalOrder({ a: { after: ["x"] } }), /a after x, which is no kind/);
  });
});
