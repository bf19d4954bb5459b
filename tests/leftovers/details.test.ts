import assert from "node:assert/strict";
import { KINDS } from "../../leftovers/kinds";
import { beginnings } from "../support/deployments";
import { AuditFixture, EC2, ID, MADE, tags } from "./audit-fixture";

describe("details of findings", () => {
  let seen: AuditFixture;

  beforeEach(() => {
    seen = new AuditFixture();
  });

  it("omits resources that are already deleted or are deleted with their owner", async () => {
    seen.tag(`${EC2}:instance/i-gone`);
    seen.tag(`${EC2}:instance/i-there`);
    seen.tag(`${EC2}:natgateway/nat-gone`);
    seen.tag(`${EC2}:natgateway/nat-forgotten`);
    seen.tag(`${EC2}:volume/vol-root`);
    seen.tag(`${EC2}:security-group-rule/sgr-1`);
    seen.tag("arn:aws:kms:eu-west-3:123456789012:key/going");
    seen.tag("arn:aws:kms:eu-west-3:123456789012:key/there");
    seen.tag("arn:aws:apigateway:eu-west-3::/apis/abc/stages/$default");
    seen.account.instances.push(
      { InstanceId: "i-gone", State: { Name: "terminated" } },
      { InstanceId: "i-there", InstanceType: "t3.large", State: { Name: "running" } },
    );
    seen.account.natGateways.push({ NatGatewayId: "nat-gone", State: "deleted" });
    seen.account.volumes.push({ VolumeId: "vol-root", Size: 50, Attachments: [{}] });
    seen.tag(`${EC2}:instance/i-of-group`);
    seen.account.instances.push({
      InstanceId: "i-of-group",
      InstanceType: "t3.large",
      State: { Name: "running" },
      Tags: [{ Key: "aws:autoscaling:groupName", Value: "eks-nodes" }],
    });
    seen.tag(`${EC2}:network-interface/eni-used`);
    seen.account.interfaces.push({ NetworkInterfaceId: "eni-used", Status: "in-use" });
    seen.tag("arn:aws:rds:eu-west-3:123456789012:snapshot:rds:database-1-2026-11-20");
    seen.account.databaseSnapshots.push({
      DBSnapshotIdentifier: "rds:database-1-2026-11-20",
      SnapshotType: "automated",
    });
    seen.tag("arn:aws:elasticfilesystem:eu-west-3:123456789012:file-system/fs-going");
    seen.account.fileSystems.push({ FileSystemId: "fs-going", LifeCycleState: "deleting" });
    seen.account.answers = { going: { KeyMetadata: { KeyState: "PendingDeletion" } } };
    assert.deepEqual(await seen.found(["--stack", "dev"]), { leftover: ["there", "i-there"] });
  });

  it("tells retained data, with size and price, from leftovers", async () => {
    const keep = "keep";
    seen.tag("arn:aws:rds:eu-west-3:123456789012:snapshot:final-0123abcd", ID, keep);
    seen.tag("arn:aws:elasticfilesystem:eu-west-3:123456789012:file-system/fs-1", ID, keep);
    seen.tag("arn:aws:s3:::data-bucket-1", ID, keep);
    seen.account.databaseSnapshots.push({
      DBSnapshotIdentifier: "final-0123abcd",
      AllocatedStorage: 100,
      SnapshotType: "manual",
      SnapshotCreateTime: MADE,
    });
    seen.account.fileSystems.push({
      FileSystemId: "fs-1",
      CreationTime: MADE,
      SizeInBytes: { Value: 3 * 2 ** 30 },
    });
    seen.account.answers = {
      "data-bucket-1": {},
      "AWS/S3": {
        Datapoints: [
          { Timestamp: MADE, Average: 400 * 2 ** 30 },
          { Timestamp: new Date("2026-11-21T00:00:00Z"), Average: 500 * 2 ** 30 },
        ],
      },
    };
    // Backups in the list of their service, which the list of tags may not have.
    const backup = (n: number, Status: string, stackId: string) => ({
      DBInstanceAutomatedBackupsArn: `arn:aws:rds:eu-west-3:123456789012:auto-backup:ab-${n}`,
      Status,
      AllocatedStorage: 20,
      InstanceCreateTime: MADE,
      TagList: Object.entries(tags(stackId, "dev", keep)).map(([Key, Value]) => ({ Key, Value })),
    });
    seen.account.automatedBackups.push(
      backup(1, "retained", ID),
      backup(2, "active", ID),
      backup(3, "retained", "ffffffff"),
    );
    const kept = await seen.run(["--stack", "dev", "--id", ID]);
    assert.equal(kept.status, 0);
    assert.match(kept.out, /^Kept: retained on purpose$/m);
    // 100 GB × 0.095 (rds.backup.gbMonth), 3 GB × 0.33 (efs.standard.gbMonth): see the price file
    assert.match(
      kept.out,
      /database snapshot +final-0123abcd +2026-11-20 08:30 +100 GB +\d+\.\d\d/,
    );
    assert.match(kept.out, /file system +fs-1 +2026-11-20 08:30 +3 GB +\d\.\d\d/);
    // 500 GB × 0.024 (s3.standard.gbMonth), of the newest day
    assert.match(kept.out, /bucket +data-bucket-1 +500 GB +12\.00/);
    assert.match(
      kept.out,
      /automated backups of a database +ab-1 +2026-11-20 08:30 +20 GB +\d\.\d\d/,
    );
    assert.doesNotMatch(kept.out, /ab-2|ab-3/);
    assert.doesNotMatch(kept.out, /^ {2}aws /m);
    seen.tag(`${EC2}:natgateway/nat-1`, ID, keep);
    seen.account.natGateways.push({ NatGatewayId: "nat-1", State: "available", CreateTime: MADE });
    const { status, out } = await seen.run(["--stack", "dev", "--id", ID]);
    assert.equal(status, 1);
    assert.match(out, /^NAT gateway +nat-1 +2026-11-20 08:30 +36\.50$/m); // 730 × 0.05
  });

  it("reports a database, user pool or key without its stack as a leftover", async () => {
    const arns = ["rds:eu-west-3:1:db:database-1", "cognito-idp:eu-west-3:1:userpool/pool-1"];
    for (const arn of [...arns, "kms:eu-west-3:1:key/key-1"]) {
      seen.tag(`arn:aws:${arn}`, ID, "keep");
    }
    seen.account.databases.push({ DBInstanceIdentifier: "database-1" });
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      leftover: ["database-1", "key-1", "pool-1"],
    });
  });

  it("asks every service whether a tagged resource still exists", async () => {
    const ids: string[] = [];
    const asked = Object.entries(KINDS).filter(([, { describe }]) => describe !== "listed");
    for (const [kind] of asked) {
      const [service = "", type = ""] = kind.split(":");
      const pair = kind === "sagemaker:user-profile" || kind === "eks:nodegroup" ? "in/" : "";
      const id = `${pair}${service}-${type}-1`;
      const resource = type === "" ? id : `${type}${service === "rds" ? ":" : "/"}${id}`;
      const arn = `arn:aws:${service}:eu-west-3:1:${resource}`;
      ids.push(id, arn, `/${id}`, ...id.split("/"));
      seen.tag(arn);
    }
    const known = (await seen.found(["--stack", "dev"]))["leftover"] ?? [];
    assert.ok(known.length > 15, `${known.length} are there`);
    seen.account.gone = ids;
    assert.deepEqual(await seen.found(["--stack", "dev"]), {});
    const { status, out } = await seen.run(["--stack", "dev"]);
    assert.deepEqual([status, /Could not look/.test(out)], [0, false]);
  });

  it("tells two kinds of the same name apart, and omits secrets managed by a service", async () => {
    seen.account.roles.push({ name: "ec2-x", tags: tags(ID) });
    seen.tag("arn:aws:kms:eu-west-3:1:key/ec2-x");
    seen.tag("arn:aws:secretsmanager:eu-west-3:1:secret:rds!db-1");
    seen.account.answers = {
      "ec2-x": { KeyMetadata: { KeyState: "PendingDeletion" } },
      "arn:aws:secretsmanager:eu-west-3:1:secret:rds!db-1": { OwningService: "rds" },
    };
    const { stacks } = JSON.parse((await seen.run(["--stack", "dev", "--json"])).out) as {
      stacks: { remains: { what: string }[] }[];
    };
    assert.deepEqual(
      stacks[0]?.remains.map(({ what }) => what),
      ["role"],
    );
  });

  it("tells running jobs from ended ones, which keep their tags", async () => {
    for (const [kind, id] of [
      ["training-job", "runs"],
      ["training-job", "ended"],
      ["processing-job", "done"],
      ["transform-job", "over"],
      ["hyper-parameter-tuning-job", "tuned"],
      ["endpoint", "serves"],
    ]) {
      seen.tag(`arn:aws:sagemaker:eu-west-3:1:${kind}/${id}`);
    }
    seen.account.answers = {
      runs: { TrainingJobStatus: "InProgress", CreationTime: MADE },
      ended: { TrainingJobStatus: "Completed" },
      done: { ProcessingJobStatus: "Failed" },
      over: { TransformJobStatus: "Stopped" },
      tuned: { HyperParameterTuningJobStatus: "Completed" },
    };
    assert.deepEqual(await seen.found(["--stack", "dev"]), { leftover: ["serves", "runs"] });
    const { out } = await seen.run(["--stack", "dev", "--id", ID]);
    assert.match(out, /stop-training-job --training-job-name runs$/m);
  });

  it("prices an endpoint by its configuration, and deletes it first", async () => {
    for (const kind of ["model", "endpoint-config", "endpoint"]) {
      seen.tag(`arn:aws:sagemaker:eu-west-3:1:${kind}/${kind}-1`);
    }
    const variants = [
      { InstanceType: "ml.m5.large", InitialInstanceCount: 2 },
      { InstanceType: "ml.g4dn.xlarge", InitialInstanceCount: 1 },
    ];
    seen.account.answers = {
      "endpoint-1": { EndpointConfigName: "endpoint-config-1", CreationTime: MADE },
      "endpoint-config-1": { ProductionVariants: variants },
    };
    const price = async (): Promise<unknown> => {
      const { out } = await seen.run(["--stack", "dev", "--json"]);
      const { stacks } = JSON.parse(out) as {
        stacks: { remains: { what: string; monthCents: unknown }[] }[];
      };
      return stacks[0]?.remains.find(({ what }) => what === "endpoint")?.monthCents;
    };
    assert.equal(await price(), 82417); // 730 × (2 × 0.134 + 0.861)
    const { out } = await seen.run(["--stack", "dev", "--id", ID]);
    const removal = /delete-endpoint --endpoint-name endpoint-1\n.*wait endpoint-deleted/;
    assert.match(out, removal);
    assert.match(out, /endpoint-name endpoint-1[^]*delete-endpoint-config[^]*delete-model /);
    // Serverless, and one whose configuration somebody has deleted.
    for (const configuration of [{ ProductionVariants: [{ ServerlessConfig: {} }] }, undefined]) {
      seen.account.answers = {
        "endpoint-1": { EndpointConfigName: "endpoint-config-1", CreationTime: MADE },
        ...(configuration && { "endpoint-config-1": configuration }),
      };
      seen.account.gone = configuration === undefined ? ["endpoint-config-1"] : [];
      assert.equal(await price(), null);
    }
  });

  it("tells an endpoint that somebody started in Studio from that of an interrupted run", async () => {
    seen.states = { dev: { resources: beginnings("eu-west-3", ID) } };
    const endpoint = "arn:aws:sagemaker:eu-west-3:123456789012:endpoint";
    seen.tag(`${endpoint}/interrupted`);
    const studio = { "sagemaker:domain-arn": "arn:aws:sagemaker:eu-west-3:1:domain/d-1" };
    seen.account.resources.push({ arn: `${endpoint}/own`, tags: { ...tags(ID), ...studio } });
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      interrupted: ["interrupted"],
      "user-made": ["own"],
    });
  });

  it("stops a tuning job before the training jobs that it starts", async () => {
    for (const kind of ["training-job/trial", "hyper-parameter-tuning-job/tuning"]) {
      seen.tag(`arn:aws:sagemaker:eu-west-3:1:${kind}`);
    }
    seen.account.answers = {
      trial: { TrainingJobStatus: "InProgress" },
      tuning: { HyperParameterTuningJobStatus: "InProgress" },
    };
    const { out } = await seen.run(["--stack", "dev", "--id", ID]);
    assert.match(out, /stop-hyper-parameter-tuning-job[^]*stop-training-job/);
  });
});
