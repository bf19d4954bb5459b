import assert from "node:assert/strict";
import { isPart, KINDS, kindOf, parseArn } from "../../leftovers/kinds";

const command = (arn: string): string => {
  const parsed = parseArn(arn);
  return kindOf(parsed).remove?.(parsed) ?? "none";
};

describe("what an ARN tells", () => {
  for (const [arn, expected] of [
    ["ec2:eu-west-3:1:instance/i-1", "ec2 terminate-instances --instance-ids i-1"],
    ["s3:::data-bucket", "s3 rb s3://data-bucket --force"],
    ["ssm:eu-west-3:1:parameter/ml-platform/a/b", "ssm delete-parameter --name /ml-platform/a/b"],
    [
      "logs:eu-west-3:1:log-group:/aws/eks/a/cluster:*",
      "logs delete-log-group --log-group-name /aws/eks/a/cluster",
    ],
    [
      "rds:eu-west-3:1:subgrp:subnets-1",
      "rds delete-db-subnet-group --db-subnet-group-name subnets-1",
    ],
    [
      "elasticloadbalancing:eu-west-3:1:loadbalancer/classic",
      "elb delete-load-balancer --load-balancer-name classic",
    ],
    [
      "elasticloadbalancing:eu-west-3:1:loadbalancer/net/a/1",
      "elbv2 delete-load-balancer --load-balancer-arn arn:aws:elasticloadbalancing:eu-west-3:1:loadbalancer/net/a/1",
    ],
    ["apigateway:eu-west-3::/apis/abc", "apigatewayv2 delete-api --api-id abc"],
    [
      "eks:eu-west-3:1:nodegroup/cluster/group/uuid",
      "eks delete-nodegroup --cluster-name cluster --nodegroup-name group",
    ],
    [
      "sagemaker:eu-west-3:1:user-profile/d-1/ada",
      "sagemaker delete-user-profile --domain-id d-1 --user-profile-name ada",
    ],
    ["iam::1:role/ec2-role", "iam delete-role --role-name ec2-role"],
    ["new:eu-west-3:1:thing/one", "none"],
  ] as const) {
    it(`${arn} goes by: ${expected.slice(0, 40)}`, () => {
      assert.equal(command(`arn:aws:${arn}`), expected);
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
});
