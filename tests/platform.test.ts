import assert from "node:assert/strict";
import { pricingOf } from "../cost/rules";
import type { DeclaredResource } from "../cost/rule";
import { TARGET_NAMES, type TargetName } from "../settings/shared";
import { declaredPlatform as declare, inputsOf, ofType, TAGS } from "./support/declared";
import { registrations as register } from "./support/registrations";

const KEEP = { lifecycle: "keep", "database.multiAz": "true" };

/** Expected differences between the targets. */
const TARGETS: Readonly<Record<TargetName, Expected>> = {
  ec2: {
    groups: 5,
    buckets: 2,
    doorsOut: ["ec2-firewall-nodes-id", "ec2-front-door-balancer-group-id"],
    protected: [
      "ec2-nodes-control-plane",
      "ec2-add-ons-workspaces-ada",
      "ec2-add-ons-workspaces-grace",
    ],
    experiment: {
      "ec2-issuer-bucket.forceDestroy": true,
      "ec2-janitor.sweepData": true,
      "ec2-nodes-zone.forceDestroy": true,
    },
    keep: {
      "ec2-issuer-bucket.forceDestroy": true,
      "ec2-janitor.sweepData": false,
      "ec2-nodes-zone.forceDestroy": true,
    },
    names: 15, // ten parameters, login prefix, database with log group and final snapshot, function of the front door
  },
  eks: {
    groups: 3,
    buckets: 1,
    doorsOut: ["eks-front-door-balancer-group-id"],
    protected: [
      "eks-cluster",
      "eks-cluster-secrets-key",
      "eks-add-ons-workspaces-ada",
      "eks-add-ons-workspaces-grace",
    ],
    experiment: {
      "eks-cluster.deletionProtection": false,
      "eks-cluster-logs.retentionInDays": 30,
      "eks-janitor.sweepData": true,
    },
    keep: {
      "eks-cluster.deletionProtection": true,
      "eks-cluster-logs.retentionInDays": 30,
      "eks-cluster-secrets-key.deletionWindowInDays": 30,
      "eks-janitor.sweepData": false,
    },
    names: 7, // cluster and database with log group, final snapshot, login prefix, function of the front door
  },
  sagemaker: {
    groups: 5, // of the VPC, the database, all apps, and the apps of each of two people
    buckets: 1,
    doorsOut: ["sagemaker-firewall-apps-id"],
    protected: ["sagemaker-studio-domain", "sagemaker-studio-janitor"],
    experiment: {
      "sagemaker-domain-janitor.sweepData": true,
      "sagemaker-login-logs.retentionInDays": 90,
      "sagemaker-login-access-logs.retentionInDays": 90,
      "sagemaker-studio-domain.retentionPolicy": { homeEfsFileSystem: "Retain" },
      "sagemaker-studio-janitor.sweepUserJobs": false,
    },
    keep: {
      "sagemaker-domain-janitor.sweepData": false,
      "sagemaker-login-logs.retentionInDays": 90,
      "sagemaker-login-access-logs.retentionInDays": 90,
      "sagemaker-studio-domain.retentionPolicy": { homeEfsFileSystem: "Retain" },
      "sagemaker-studio-janitor.sweepUserJobs": false,
    },
    names: 5, // cookie key, login prefix, database with its log group and final snapshot
  },
};

interface Expected {
  /** Security groups, the network's default one and the database's among them. */
  readonly groups: number;
  readonly buckets: number;
  /** Groups that may leave the network. */
  readonly doorsOut: readonly string[];
  /** Resources that a kept stack protects beside data and logins. */
  readonly protected: readonly string[];
  /** The target's own inputs that decide about a destroy. */
  readonly experiment: object;
  readonly keep: object;
  /** Number of names in AWS that the program chooses instead of Pulumi. */
  readonly names: number;
}

for (const target of TARGET_NAMES) {
  describe(`with target ${target}`, () => {
    everyTarget(target, TARGETS[target]);
  });
}

function everyTarget(target: TargetName, expected: Expected): void {
  const declaredPlatform = (overrides: Readonly<Record<string, string>> = {}, preview = false) =>
    declare({ target, ...overrides }, preview);
  const registrations = (overrides: Readonly<Record<string, string>> = {}) =>
    register({ target, ...overrides });

  describe("every declared resource", () => {
    it("has a name that begins with its parent's name", async () => {
      for (const { name, parent } of await registrations()) {
        assert.ok(name.startsWith(parent), `${name} in ${parent}`);
      }
    });

    it("has a component as parent, except components, providers, the stack id and the guard", async () => {
      const atTop = (await registrations()).filter(({ parent }) => parent === "");
      assert.deepEqual(
        atTop.map(({ name }) => name).sort(),
        [
          "aws",
          "aws-lookups",
          "data",
          "database",
          "network",
          "settings",
          "stack",
          "users",
          "workload",
          target,
        ].sort(),
      );
    });

    it("uses the provider with the default tags", async () => {
      const own = (await registrations()).filter(({ type }) => type.startsWith("aws:"));
      assert.ok(own.length > 50);
      assert.deepEqual(
        own.filter(({ provider }) => provider !== "aws"),
        [],
      );
    });

    it("gets the stack's tags through the provider's default tags", async () => {
      const resources = await declaredPlatform({
        "aws:defaultTags": '{"tags":{"CostCenter":"7"}}',
      });
      const provider = inputsOf(resources, "aws", "aws")["defaultTags"];
      assert.deepEqual(JSON.parse(String(provider)), {
        tags: { CostCenter: "7", ...TAGS, Target: target },
      });
    });

    it("is declared in a preview exactly as in an up", async () => {
      const urns = async (preview: boolean) =>
        (await declaredPlatform({}, preview)).map(({ urn }) => urn).sort();
      assert.deepEqual(await urns(true), await urns(false));
    });

    it("is listed in cost/rules as priced, free or not priced", async () => {
      for (const { type } of await declaredPlatform()) {
        assert.notEqual(
          pricingOf(type),
          undefined,
          `${type} is in none of the lists of cost/rules`,
        );
      }
      assert.equal(pricingOf("aws:ec2/fleet:Fleet"), undefined);
    });
  });

  describe("security groups", () => {
    const rules = async (direction: "Ingress" | "Egress") =>
      ofType(
        await declaredPlatform(),
        `vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
      );

    it("allow no ingress from 0.0.0.0/0 or IPv6, and from a prefix list only to the front door", async () => {
      for (const { name, inputs } of await rules("Ingress")) {
        // Its own test says the rest.
        if (name === `${target}-front-door-from-cloudfront`) continue;
        const sources = [inputs["referencedSecurityGroupId"], inputs["cidrIpv4"]];
        assert.equal(sources.filter((source) => source !== undefined).length, 1, name);
        assert.doesNotMatch((inputs["cidrIpv4"] as string | undefined) ?? "", /\/[0-7]$/, name);
        assert.equal(inputs["cidrIpv6"], undefined, name);
        assert.equal(inputs["prefixListId"], undefined, name);
      }
    });

    it("have no inline rules, which would conflict with rule resources", async () => {
      const resources = await declaredPlatform();
      const groups = ["SecurityGroup", "DefaultSecurityGroup"].flatMap((type) =>
        ofType(resources, `ec2/${type[0]!.toLowerCase()}${type.slice(1)}:${type}`),
      );
      assert.equal(groups.length, expected.groups);
      for (const { name, inputs } of groups) {
        assert.deepEqual([inputs["ingress"], inputs["egress"]], [undefined, undefined], name);
      }
    });

    it("allow egress from machines only, not from the database", async () => {
      assert.deepEqual(
        (await rules("Egress")).map(({ inputs }) => inputs["securityGroupId"]),
        expected.doorsOut,
      );
    });
  });

  describe("stored data", () => {
    it("in every bucket is encrypted and not public", async () => {
      const resources = await declaredPlatform();
      const buckets = ofType(resources, "s3/bucket:Bucket").map(({ name }) => `${name}-0000000`);
      assert.equal(buckets.length, expected.buckets);
      const configured = (type: string) =>
        ofType(resources, type).map(({ inputs }) => inputs["bucket"]);
      for (const type of [
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "s3/bucketPolicy:BucketPolicy",
      ]) {
        assert.deepEqual(configured(type).sort(), buckets.toSorted(), type);
      }
    });

    it("in the database and in every parameter is encrypted", async () => {
      const resources = await declaredPlatform();
      assert.equal(inputsOf(resources, "rds/instance:Instance")["storageEncrypted"], true);
      for (const { name, inputs } of ofType(resources, "ssm/parameter:Parameter")) {
        assert.equal(inputs["type"], "SecureString", name);
      }
    });
  });

  describe("lifecycle", () => {
    const isProtected = async (overrides: Readonly<Record<string, string>>) =>
      (await registrations(overrides)).filter((one) => one.protect).map(({ name }) => name);

    it("`experiment` protects no resource", async () => {
      assert.deepEqual(await isProtected({ lifecycle: "experiment" }), []);
    });

    it("`keep` protects the data, the user pool and the cluster", async () => {
      assert.deepEqual(
        (await isProtected(KEEP)).sort(),
        ["data-bucket", "database-instance", "users-pool", ...expected.protected].sort(),
      );
    });

    /** Every input that decides about a destroy, of every resource, by its value. */
    const destructive = async (overrides: Readonly<Record<string, string>>) => {
      const key = /^(force|sweep|skipFinal|delete|deletion|final|recoveryWindow|retention)/;
      const entries = (await declaredPlatform(overrides)).flatMap(({ name, inputs }) =>
        Object.entries(inputs)
          .filter(([input]) => key.test(input))
          .map(([input, value]) => [`${name}.${input}`, value]),
      );
      return Object.fromEntries(entries) as Record<string, unknown>;
    };

    it("`experiment` deletes all data at destroy", async () => {
      assert.deepEqual(await destructive({ lifecycle: "experiment" }), {
        "data-bucket.forceDestroy": true,
        "data-janitor.forceDestroy": true,
        ...expected.experiment,
        "users-pool.deletionProtection": "INACTIVE",
        "database-instance.deletionProtection": false,
        "database-instance.deleteAutomatedBackups": true,
        "database-logs.retentionInDays": 90,
        "database-instance.skipFinalSnapshot": true,
      });
    });

    it("`retire` unprotects a kept stack without replacing any resource", async () => {
      const retire = { ...KEEP, lifecycle: "retire" };
      assert.deepEqual(await isProtected(retire), []);
      const switches = Object.entries(await destructive(retire)).filter(
        ([name]) => name !== "eks-cluster-secrets-key.deletionWindowInDays",
      );
      assert.deepEqual(
        Object.fromEntries(switches),
        await destructive({ lifecycle: "experiment" }),
      );
      // Tags of machines are part of their template, and AWS cannot remove a key from a cluster.
      const lasting = async (overrides: Readonly<Record<string, string>>) => {
        const resources = await declaredPlatform(overrides);
        return [
          resources
            .filter(({ type }) => /LaunchTemplate$|ec2\/instance:|^aws:kms/.test(type))
            .map(({ name, inputs }) => [name, inputs]),
          ofType(resources, "index:Cluster").map(({ inputs }) => inputs["encryptionConfigKeyArn"]),
        ];
      };
      assert.deepEqual(await lasting(retire), await lasting(KEEP));
    });

    it("`keep` retains data at destroy", async () => {
      assert.deepEqual(await destructive(KEEP), {
        "data-bucket.forceDestroy": false,
        "data-janitor.forceDestroy": false,
        ...expected.keep,
        "users-pool.deletionProtection": "ACTIVE",
        "database-instance.deletionProtection": true,
        "database-instance.deleteAutomatedBackups": false,
        "database-logs.retentionInDays": 90,
        "database-instance.skipFinalSnapshot": false,
        "database-instance.finalSnapshotIdentifier": "database-0a1b2c3d-final",
      });
    });
  });

  describe("names in AWS", () => {
    /** Types with a name that is unique only within the stack's own user pool or VPC. */
    const WITHIN = [
      "aws:cognito/userGroup:UserGroup",
      "aws:route53/zone:Zone",
      "aws:route53/record:Record",
      "aws:apigatewayv2/stage:Stage",
    ];
    const given = ({ type, inputs }: DeclaredResource): unknown[] => [
      inputs["name"],
      inputs["domain"] === "vpc" ? undefined : inputs["domain"],
      inputs["identifier"],
      inputs["finalSnapshotIdentifier"],
      type.startsWith("aws:s3/bucket:") ? inputs["bucket"] : undefined,
    ];

    it("contain the stack id or are generated by Pulumi, so that stacks of the same name do not collide", async () => {
      const named = (await declaredPlatform(KEEP))
        .filter(({ type }) => /^(aws|eks):/.test(type) && !WITHIN.includes(type))
        .flatMap(given)
        .filter((name) => name !== undefined);
      assert.equal(named.length, expected.names);
      for (const name of named) {
        assert.match(name as string, /0a1b2c3d/);
      }
    });
  });
}
