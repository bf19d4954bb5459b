import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_NAME } from "../../components/database";
import { SERVED_MODEL } from "../../components/ml/serving/model-folder";
import type { DeclaredResource } from "../../cost/rule";
import {
  accessControlDescription,
  clusterLogGroup,
  clusterNameOf,
  clusterTag,
  databaseLogGroup,
  databaseName,
  finalSnapshotName,
  isNameOfTarget,
  loginPrefix,
  OWNED,
  parameterPath,
  readStackTags,
  runsPrefix,
  studioDomainName,
  targetOfType,
  targetType,
  WORKLOAD_CODE_PREFIX,
  WORKLOAD_PREFIX,
} from "../../settings/names";
import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import { DATABASE_LOGINS } from "../../settings/values/database-logins";
import { AuditFixture } from "../leftovers/audit-fixture";
import { declaredPlatform, inputsOf, ofType, STACK, TAGS } from "../support/declared";

const ID = TAGS.StackId;
const CLUSTER = clusterNameOf(STACK, ID);

type Inputs = Readonly<Record<string, unknown>>;

describe("physical names", () => {
  const stacks = {} as Record<TargetName, readonly DeclaredResource[]>;
  const ofAll = (type: string): readonly DeclaredResource[] =>
    TARGET_NAMES.flatMap((target) => ofType(stacks[target], type));

  before(async () => {
    for (const target of TARGET_NAMES) {
      stacks[target] = await declaredPlatform({
        target,
        lifecycle: "keep",
        "kubernetes.logs": target === "eks" ? "audit" : undefined,
      });
    }
  });

  it("are those of a target's component, so that commands know the target of a state", () => {
    for (const target of TARGET_NAMES) {
      assert.equal(stacks[target].filter(({ type }) => type === targetType(target)).length, 1);
      assert.equal(targetOfType(targetType(target)), target);
    }
    assert.equal(targetOfType("mlp:component:Database"), undefined);
  });

  it("are the same in Python, which cannot import them", () => {
    const { hub, katib } = DATABASE_LOGINS;
    for (const [file, text] of [
      ["components/ml/notebooks/hub/setup_database.py", `HUB = "${hub}"`],
      ["components/ml/notebooks/hub/setup_katib.py", `KATIB = "${katib}"`],
      ["workload/train.py", `DATA_KEY = "${WORKLOAD_PREFIX}/digits.csv.gz"`],
      ["workload/train.py", `RUNS = "${runsPrefix("ada").replace("users/ada/", "")}"`],
      ["workload/train.py", `database_name: str = "${DATABASE_NAME}"`],
      ["workload/predict.py", `MODEL, JSON = "${SERVED_MODEL}", `],
      ["workload/welcome.ipynb", `DATABASE_NAME=\\"${DATABASE_NAME}\\"`],
      ["workload/welcome.ipynb", `\\"${WORKLOAD_CODE_PREFIX}/train.py\\"`],
      ["workload/welcome.ipynb", `\\"${WORKLOAD_CODE_PREFIX}/predict.py\\"`],
    ] as const) {
      assert.ok(
        readFileSync(join(__dirname, "../..", file), "utf8").includes(text),
        `${file}: ${text}`,
      );
    }
  });

  it("are those that the program declares", () => {
    const input = (target: TargetName, type: string, name: string, of?: string): unknown =>
      inputsOf(stacks[target], type, of)[name];
    const access = input(
      "ec2",
      "cloudfront/originAccessControl:OriginAccessControl",
      "description",
    );
    assert.equal(access, accessControlDescription(CLUSTER));
    const logs = (of: string) => input("eks", "cloudwatch/logGroup:LogGroup", "name", of);
    assert.equal(logs("eks-cluster-logs"), clusterLogGroup(CLUSTER));
    assert.equal(logs("database-logs"), databaseLogGroup(databaseName(ID)));
    const studio = input("sagemaker", "sagemaker/domain:Domain", "domainName");
    assert.equal(studio, studioDomainName(STACK, ID));
    for (const target of TARGET_NAMES) {
      const login = input(target, "cognito/userPoolDomain:UserPoolDomain", "domain");
      assert.equal(login, loginPrefix(ID));
      const snapshot = input(target, "rds/instance:Instance", "finalSnapshotIdentifier");
      assert.equal(snapshot, finalSnapshotName("database", ID));
    }
    const parameters = ofAll("ssm/parameter:Parameter");
    assert.ok(parameters.length > 0);
    for (const { inputs } of parameters) {
      assert.ok(String(inputs["name"]).startsWith(`${parameterPath(CLUSTER)}/`));
    }
  });

  it("begin with the target's where the audit asks for tags one by one: roles", () => {
    const roles = ofAll("iam/role:Role").map(({ name }) => name);
    assert.ok(roles.length > 0);
    assert.deepEqual(
      roles.filter((name) => !isNameOfTarget(name)),
      [],
    );
    assert.ok(!isNameOfTarget("somebody"));
  });

  it("are in the tags of machines, by which controllers know their cluster", () => {
    for (const { inputs } of ofType(stacks.ec2, "ec2/instance:Instance")) {
      assert.equal((inputs["tags"] as Inputs)[clusterTag(CLUSTER)], OWNED);
    }
    const [template] = inputsOf(stacks.eks, "ec2/launchTemplate:LaunchTemplate")[
      "tagSpecifications"
    ] as readonly { readonly tags: Inputs }[];
    assert.equal(template?.tags[clusterTag(CLUSTER)], OWNED);
  });

  it("are found by the audit as they are declared", async () => {
    const seen = new AuditFixture();
    const { account } = seen;
    // Inputs of a provider are JSON.
    const { defaultTags } = inputsOf(stacks.ec2, "providers:aws", "aws");
    const own = JSON.parse(String(defaultTags)) as { tags: Readonly<Record<string, string>> };
    assert.equal(readStackTags(own.tags)?.stackId, ID);
    account.resources.push({ arn: "arn:aws:ec2:eu-west-3:1:vpc/vpc-1", tags: own.tags });
    const role = ofType(stacks.ec2, "iam/role:Role")[0]?.name ?? "";
    account.roles.push({ name: `${role}-1234567`, tags: own.tags });
    const { tags } = inputsOf(stacks.ec2, "ec2/securityGroup:SecurityGroup", "ec2-firewall-nodes");
    const { Name, ...cluster } = tags as Readonly<Record<string, string>>;
    assert.equal(Name, "ec2-firewall-nodes");
    account.volumes.push({
      VolumeId: "vol-1",
      Tags: Object.entries(cluster).map(([Key, Value]) => ({ Key, Value })),
    });
    const logs = String(
      inputsOf(stacks.eks, "cloudwatch/logGroup:LogGroup", "eks-cluster-logs")["name"],
    );
    account.logGroups.push(logs);
    account.accessControls.push({
      Id: "E1",
      Description: inputsOf(stacks.ec2, "cloudfront/originAccessControl:OriginAccessControl")[
        "description"
      ],
    });
    const login = String(inputsOf(stacks.ec2, "cognito/userPoolDomain:UserPoolDomain")["domain"]);
    account.answers = { [login]: { DomainDescription: { UserPoolId: "pool" } } };
    const found = await seen.found(["--stack", STACK]);
    assert.deepEqual(
      Object.values(found).flat().sort(),
      [logs, "E1", `${role}-1234567`, login, "vol-1", "vpc-1"].sort(),
    );
  });
});
