import assert from "node:assert/strict";
import { parseArn } from "../../../aws/arn";
import { isPart } from "../../../leftovers/finders/by-tag";

describe("resources with the project's tags", () => {
  it("are not listed where they exist only in another", () => {
    const part = (arn: string): boolean => isPart(parseArn(`arn:aws:${arn}`));
    assert.ok(part("eks:eu-west-3:1:addon/dev/vpc-cni/1"));
    assert.ok(part("apigateway:eu-west-3::/apis/abc/stages/$default"));
    assert.ok(!part("apigateway:eu-west-3::/apis/abc"));
    assert.ok(!part("ec2:eu-west-3:1:security-group/sg-1"));
    assert.ok(!part("ec2:eu-west-3:1:security-group-rule/sgr-1"));
  });
});
