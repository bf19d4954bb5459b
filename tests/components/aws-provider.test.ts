import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { awsProviders } from "../../components/aws-provider";
import { declared, inputsOf } from "../support/declared";

const TAGS = { StackId: "0a1b2c3d" };

/** Inputs of both providers; Pulumi hands a provider's settings over as text. */
async function providers(config: Readonly<Record<string, string>>) {
  const resources = await declared(() => awsProviders(config, TAGS));
  const type = "pulumi:providers:aws".slice("pulumi:".length);
  return {
    resources: inputsOf(resources, type, "aws"),
    lookups: inputsOf(resources, type, "aws-lookups"),
  };
}

/** Calls `see` with the inputs of each resource registered from now on, as the engine gets them. */
function watched(see: (inputs: Readonly<Record<string, unknown>>) => void): void {
  type Request = { getObject(): { toJavaScript(): Record<string, unknown> } };
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, callback: unknown): Promise<void>;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    see(request.getObject().toJavaScript());
    return register(request, callback);
  };
}

/** Names of the inputs that the engine encrypts: those with Pulumi's mark of a secret. */
function secretsOf(inputs: Readonly<Record<string, unknown>>): string[] {
  const mark = "1b47061264138c4ac30d75fd1eb44270";
  return Object.keys(inputs)
    .filter((name) => JSON.stringify(inputs[name]).includes(mark))
    .sort();
}

describe("the AWS providers", () => {
  it("receive every `aws:` setting of the stack and no other setting", async () => {
    const { resources, lookups } = await providers({
      "aws:region": "eu-west-3",
      "aws:profile": "research",
      "aws:endpoints": '[{"s3":"http://127.0.0.1:4566","ec2":"http://127.0.0.1:4566"}]',
      "aws:assumeRoles": '[{"roleArn":"arn:aws:iam::123456789012:role/deploy"}]',
      "aws:skipMetadataApiCheck": "true",
      "aws:maxRetries": "3",
      "ml-platform:region": "us-east-1",
    });
    for (const provider of [resources, lookups]) {
      assert.equal(provider["region"], "eu-west-3");
      assert.equal(provider["profile"], "research");
      assert.deepEqual(JSON.parse(String(provider["endpoints"])), [
        { s3: "http://127.0.0.1:4566", ec2: "http://127.0.0.1:4566" },
      ]);
      assert.deepEqual(JSON.parse(String(provider["assumeRoles"])), [
        { roleArn: "arn:aws:iam::123456789012:role/deploy" },
      ]);
      assert.equal(provider["skipMetadataApiCheck"], "true");
      assert.equal(provider["maxRetries"], "3");
    }
  });

  it("set default tags only on the resource provider, with the stack's own taking precedence", async () => {
    const { resources, lookups } = await providers({
      "aws:region": "eu-west-3",
      "aws:defaultTags": '{"tags":{"CostCenter":"7","StackId":"mine"}}',
    });
    assert.deepEqual(JSON.parse(String(resources["defaultTags"])), {
      tags: { CostCenter: "7", StackId: "0a1b2c3d" },
    });
    // Not even those of the stack file: tags decide nothing about a look-up.
    assert.doesNotMatch(String(lookups["defaultTags"]), /0a1b2c3d/);
  });

  it("mark access as secret only when it contains keys", async () => {
    const isSecret = async (config: Readonly<Record<string, string>>): Promise<boolean> => {
      let secret: Promise<boolean> | undefined;
      await declared(() => {
        const { access } = awsProviders({ "aws:region": "eu-west-3", ...config }, TAGS);
        secret = pulumi.isSecret(access);
      });
      return secret!;
    };
    assert.equal(await isSecret({ "aws:profile": "research" }), false);
    for (const key of ["aws:accessKey", "aws:secretKey", "aws:token"]) {
      assert.equal(await isSecret({ [key]: "wJalrXUtnFEMI" }), true, key);
    }
  });

  it("keep secret settings secret", async () => {
    const source = {
      "aws:region": "eu-west-3",
      "aws:profile": "research",
      "aws:httpsProxy": "http://ada:hunter2@proxy",
      "aws:assumeRoles": '[{"roleArn":"arn:aws:iam::123456789012:role/x","externalId":"hunter2"}]',
      "aws:defaultTags": '{"tags":{"CostCenter":"hunter2"}}',
    };
    const secrets = ["aws:httpsProxy", "aws:assumeRoles", "aws:defaultTags"];
    const registered: string[][] = [];
    let access: Promise<boolean> | undefined;
    await declared(() => {
      pulumi.runtime.setAllConfig(source, secrets);
      watched((inputs) => registered.push(secretsOf(inputs)));
      access = pulumi.isSecret(awsProviders(source, TAGS).access);
    });
    pulumi.runtime.setAllConfig({}, []);
    const names = ["assumeRoles", "defaultTags", "httpsProxy"];
    assert.deepEqual(registered, [names, names]);
    assert.equal(await access, true);
    const { resources } = await providers(source);
    assert.match(JSON.stringify(resources["defaultTags"]), /hunter2.*0a1b2c3d/);
  });

  it("reduce access for actions to region and credentials", async () => {
    let access: object = {};
    await declared(() =>
      awsProviders(
        {
          "aws:region": "eu-west-3",
          "aws:profile": "research",
          "aws:defaultTags": "{}",
          "aws:maxRetries": "3",
        },
        TAGS,
      ).access.apply((value) => (access = value)),
    );
    assert.deepEqual(access, { region: "eu-west-3", profile: "research" });
  });
});
