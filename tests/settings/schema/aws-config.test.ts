import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { AWS_NAMES, awsConfig } from "../../../settings/schema/aws-config";
import { fault, settings } from "../../support/settings";

describe("settings of the AWS provider", () => {
  it("are the names that the SDK has, and no others", () => {
    assert.deepEqual(
      AWS_NAMES.toSorted(),
      Object.getOwnPropertyNames(aws.config)
        .filter((name) => !["__esModule", "requireRegion"].includes(name))
        .sort(),
    );
  });

  it("are parsed by their declared form; text stays text", () => {
    assert.deepEqual(
      awsConfig({
        "aws:profile": "true",
        "aws:maxRetries": "25",
        "aws:insecure": "false",
        "aws:allowedAccountIds": '["123456789012"]',
        "aws:ignoreTags": '{"keys":["a"]}',
        "aws:token": undefined,
        "ml-platform:owner": "x",
      }),
      {
        profile: "true",
        maxRetries: 25,
        insecure: false,
        allowedAccountIds: ["123456789012"],
        ignoreTags: { keys: ["a"] },
        token: undefined,
      },
    );
  });

  it("of the wrong form are refused by name, together with every other fault", () => {
    const text = fault({
      "aws:maxRetries": "abc",
      "aws:endpoints": "[{",
      "aws:assumeRoles": '{"roleArn":"x"}',
      "aws:defaultTags": "[]",
      "aws:insecure": "yes",
      owner: undefined,
    });
    assert.match(text, /aws:maxRetries must be a whole number; got "abc"\n +pulumi config set aws/);
    assert.match(
      text,
      /aws:endpoints must be a list of names and values, in YAML or JSON; got "\[\{"/,
    );
    assert.match(text, /aws:assumeRoles must be a list/);
    assert.match(text, /aws:defaultTags must be tags, with text as values/);
    assert.match(text, /aws:insecure must be true or false; got "yes"/);
    assert.match(text, /owner must be /);
  });
});

describe("default tags of the AWS provider", () => {
  it("are refused where they would be dropped or are malformed", () => {
    for (const bad of [
      '{"tag":{"a":"b"}}',
      '{"tags":{"a":"b"},"keys":["a"]}',
      '{"tags":5}',
      '{"tags":["a"]}',
      '{"tags":null}',
      '{"tags":{"a":7}}',
      '{"tags":{"a":{"b":"c"}}}',
      "null",
    ]) {
      const text = fault({ "aws:defaultTags": bad });
      assert.ok(text.includes(`aws:defaultTags must be tags, with text as values,`), bad);
      assert.ok(
        text.includes(`got "${bad}"\n      pulumi config set aws:defaultTags '{"tags":{...}}'`),
      );
    }
    for (const good of ["{}", '{"tags":{}}', '{"tags":{"CostCenter":"7"}}']) {
      settings({ "aws:defaultTags": good });
    }
  });
});

describe("unknown configuration keys", () => {
  it("are refused when they resemble `aws:` settings, naming the nearest", () => {
    assert.match(fault({ "aws:profle": "x" }), /"aws:profle" is not .*nearest .* is aws:profile\n/);
    assert.match(fault({ "aws:profle": "x" }), /pulumi config rm aws:profle /);
    const region = fault({ "aws:region": undefined, "aws:regoin": "eu-west-3" });
    assert.match(region, /aws:region must be .* it is not set/);
    assert.match(region, /"aws:regoin" is not .*nearest known name is aws:region\n/);
    assert.match(fault({ "aws:constructor": "x" }), /"aws:constructor" is not a setting/);
  });

  it("are refused when their namespace resembles this project's", () => {
    const text = fault({ "mlplatform:ownr": "x" });
    assert.match(
      text,
      /"mlplatform:ownr" is not .*nearest known name is owner; owner is set already\n/,
    );
    assert.match(text, /pulumi config rm mlplatform:ownr /);
    for (const name of ["constructor", "__proto__"]) {
      assert.match(fault({ [name]: "x" }), new RegExp(`"${name}" is not a setting`));
    }
  });

  it("are ignored in other namespaces", () => {
    for (const key of ["aws:profile", "kubernetes:context", "pulumi:tags", "gcp:project"]) {
      assert.equal(settings({ [key]: "x" }).target, "ec2", key);
    }
  });
});
