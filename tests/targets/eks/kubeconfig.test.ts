import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../../../settings/schema/aws-access";
import { kubeconfigForPeople, kubeconfigForProvider } from "../../../targets/eks/kubeconfig";

interface Exec {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

async function userOf(
  access: Partial<AwsAccess>,
  kubeconfig: typeof kubeconfigForPeople,
): Promise<Exec> {
  const text = kubeconfig({
    clusterName: "eks-0a1b2c3d",
    endpoint: "https://ABCD.eks.amazonaws.com",
    authority: "TUlJQg==",
    access: { region: "eu-west-3", ...access },
  });
  const json = await new Promise<string>((resolve) => pulumi.output(text).apply(resolve));
  const config = JSON.parse(json) as {
    clusters: { cluster: object }[];
    users: { user: { exec: Exec } }[];
  };
  assert.deepEqual(config.clusters[0]?.cluster, {
    server: "https://ABCD.eks.amazonaws.com",
    "certificate-authority-data": "TUlJQg==",
  });
  assert.doesNotMatch(json, /token":/);
  return config.users[0]!.user.exec;
}

describe("kubeconfig of eks", () => {
  it("requests a token from the AWS CLI each time and stores none", async () => {
    const { command, args, env } = await userOf({}, kubeconfigForPeople);
    assert.equal(command, "aws");
    assert.equal(
      args.join(" "),
      "eks get-token --output json --region eu-west-3 --cluster-name eks-0a1b2c3d",
    );
    assert.deepEqual(env, []);
  });

  it("uses the profile and the last assumed role of the stack's settings", async () => {
    const assumeRoles = [
      { roleArn: "arn:aws:iam::1:role/a" },
      { roleArn: "arn:aws:iam::1:role/b" },
    ];
    const { args } = await userOf({ profile: "team", assumeRoles }, kubeconfigForPeople);
    assert.match(args.join(" "), /--profile team --role-arn arn:aws:iam::1:role\/b$/);
  });

  it("contains access keys only for Pulumi itself", async () => {
    const keys = { accessKey: "AKIA", secretKey: "secret" };
    assert.deepEqual((await userOf(keys, kubeconfigForProvider)).env, [
      { name: "AWS_ACCESS_KEY_ID", value: "AKIA" },
      { name: "AWS_SECRET_ACCESS_KEY", value: "secret" },
    ]);
    assert.deepEqual((await userOf(keys, kubeconfigForPeople)).env, []);
  });
});
