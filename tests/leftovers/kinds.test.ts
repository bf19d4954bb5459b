import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { isPart, KINDS, kindOf, parseArn } from "../../leftovers/kinds";
import { withAccess } from "../../leftovers/removal";

const commands = (arn: string): readonly string[] => {
  const parsed = parseArn(arn);
  return kindOf(parsed).remove?.(parsed) ?? [];
};

describe("what an ARN tells", () => {
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
    it(`${arn} goes by: ${expected[0]?.slice(0, 40) ?? "nothing that is known"}`, () => {
      assert.deepEqual(commands(`arn:aws:${arn}`), expected);
    });
  }

  it("is not listed where it cannot be without another", () => {
    const part = (arn: string): boolean => isPart(parseArn(`arn:aws:${arn}`));
    assert.ok(part("ec2:eu-west-3:1:security-group-rule/sgr-1"));
    assert.ok(part("apigateway:eu-west-3::/apis/abc/stages/$default"));
    assert.ok(!part("apigateway:eu-west-3::/apis/abc"));
    assert.ok(!part("ec2:eu-west-3:1:security-group/sg-1"));
  });

  it("has a command for every kind", () => {
    assert.deepEqual(
      Object.entries(KINDS).flatMap(([name, { remove }]) => (remove === undefined ? [name] : [])),
      [],
    );
  });

  it("ends with what deletes it, after all that is in its way, and before what is waited for", () => {
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

  it("has lines that bash reads, with the region and the profile at each aws in them", () => {
    const access = { region: "r-1", profile: "ml" };
    const lines = Object.entries(KINDS).flatMap(([name, { remove }]) => {
      const [service = "", type = ""] = name.split(":");
      const all = remove?.({ service, type, region: "", id: "a/b", arn: "arn:aws:x" }) ?? [];
      return all.map((line) => withAccess(line, access));
    });
    for (const line of lines) {
      assert.doesNotMatch(line, /\baws (?!--region r-1 --profile ml [a-z])/);
    }
    const { status, stderr } = spawnSync("bash", ["-n"], { input: lines.join("\n") });
    assert.equal(status, 0, String(stderr));
  });
});
