import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renewEc2 } from "./renew-ec2";
import { CostExplorerService } from "../support/cost-explorer-service";
import { daysAgo, declaredHourly, makeOlder, type LiveJson } from "./live-stacks";
import { Account, fill, settle, type Place, type Tenant } from "./user-made";
import {
  Colleague,
  NOTHING,
  audited,
  bootScript,
  type Ran,
  resourcesIn,
  secretsIn,
  storedResource,
} from "./engine-stack";
import { comeUp, destroy, failure, up } from "./recovery";
import { assertRunsWorkload } from "./runs-workload";

/** Outputs of a cluster. */
const OUTPUTS = [
  "bucket",
  "databaseEndpoint",
  "databaseSecretArn",
  "kubeconfig",
  "loginUrl",
  "roleArns",
  "stackId",
  "userPoolId",
];

/** Objects in the bucket when Pulumi deletes it: more than a page of a list, and than one deletion takes. */
const OBJECTS = 5000;

describe("ec2, eks and dev, and another ec2 of a colleague, in one account", function () {
  this.timeout("20m");
  const [ada, grace] = [new Colleague(), new Colleague()];
  let ec2: Stack;
  let eks: Stack;
  let dev: Stack;
  let twin: Stack;
  let tenants: Tenant[] = [];
  const each = <T>(act: (stack: Stack) => Promise<T>): Promise<T[]> =>
    Promise.all([ec2, eks, dev, twin].map(act));
  const found = (stack: string, type: string, name: string) =>
    storedResource(ada.state(stack), type, name);

  before(async () => {
    [ec2, eks, dev, twin] = [
      await ada.ownStack("ec2"),
      await ada.ownStack("eks"),
      await ada.ownStack("dev"),
      await grace.ownStack("ec2"),
    ];
    // The emulator (moto 5.2) gives every database of a region the same resource id, by which the
    // provider then finds none: hence four regions. Names in one region are tests/platform.test.ts's.
    await eks.setConfig("aws:region", { value: "us-east-1" });
    await dev.setConfig("aws:region", { value: "eu-west-1" });
    await twin.setConfig("aws:region", { value: "eu-central-1" });
  });

  after(() => {
    ada.leave();
    grace.leave();
  });

  /** Replaces the nodes by those of another type, and leaves their number to the autoscaler. */
  const changeEks = async (): Promise<void> => {
    const nodeGroup = () => found("eks", "eks/nodeGroup:NodeGroup", "eks-nodes-group").id;
    const before = nodeGroup();
    await eks.setConfig("ml-platform:nodes.instanceType", { value: "t3.xlarge" });
    await eks.setConfig("ml-platform:nodes.min", { value: "3" });
    await eks.setConfig("ml-platform:nodes.max", { value: "6" });
    await up(ada, eks);
    assert.notEqual(nodeGroup(), before);
    found("eks", "helm.sh/v3:Release", "eks-add-ons-autoscaler");
  };

  it("fail when machines do not become a cluster, with a console's last lines", async () => {
    const minutes = "ml-platform:kubernetes.readyMinutes";
    await dev.setConfig(minutes, { value: "1" });
    // Meanwhile the others, which nothing keeps waiting.
    const [{ message }] = await Promise.all([
      failure(ada, dev),
      ...[comeUp(ada, ec2), comeUp(ada, eks), comeUp(grace, twin)],
    ]);
    assert.match(message, /the cluster is not ready after 1 minutes: the API server does not/);
    assert.match(message, /waiting for 2 nodes at https:.* \(0\.\d of 1 min\)/);
    assert.match(message, /last console lines of i-\w+ \(ip-/);
    await dev.setConfig(minutes, { value: "0" });
  });

  it("are created side by side, with outputs of the same names", async () => {
    for (const { outputs } of await each((stack) => comeUp(stack === twin ? grace : ada, stack))) {
      assert.deepEqual(Object.keys(outputs).sort(), OUTPUTS);
      const { kubeconfig, loginUrl } = outputs;
      // CloudFront's address, at which the hub answers.
      assert.match(String(loginUrl?.value), /^https:\/\/(?!.*amazoncognito)[a-z0-9.-]+$/);
      assert.equal(kubeconfig?.secret, String(kubeconfig?.value).includes("client-key-data"));
    }
  });

  it("share no bucket, user pool, login prefix or parameter", async () => {
    const outputs = await each((stack) => stack.outputs());
    for (const name of ["bucket", "userPoolId", "stackId"]) {
      const values = outputs.map((own) => String(own[name]?.value));
      assert.equal(new Set(values).size, 4, `${name}: ${values.join(" ")}`);
    }
    const parameters = [ada, grace].flatMap((who) =>
      resourcesIn(who.state("ec2")).filter(({ type }) => type === "aws:ssm/parameter:Parameter"),
    );
    assert.equal(parameters.length, 20);
    assert.equal(new Set(parameters.map(({ id }) => id)).size, 20);
  });

  it("show no changes in a second preview and after a refresh", async () => {
    const expectNoChanges = true;
    await each((stack) => stack.preview({ expectNoChanges }));
    await each((stack) => stack.refresh({ expectNoChanges }));
    await each((stack) => stack.preview({ expectNoChanges }));
  });

  it("have the templates of the workload's Jobs for each person, and the means to run it", async () => {
    for (const stack of [ec2, eks]) {
      await assertRunsWorkload(stack, ada.state(stack.name), ["ada", "grace"]);
    }
  });

  it("change their nodes, in place where possible, without replacing a control plane", async () => {
    await Promise.all([renewEc2(ada, ec2), changeEks()]);
  });

  it("store no secret in plain text in the state", async () => {
    const secrets = new Set(secretsIn(await ec2.exportStack()));
    // Certificates and public keys are stored with the secrets, but are public anyway.
    const hidden = [...secrets].filter(
      (text) => !/^-----BEGIN (CERTIFICATE|PUBLIC KEY)/.test(text),
    );
    assert.ok(hidden.length > 10, `${hidden.length} secrets`);
    const state = ada.state("ec2") + bootScript(ada.state("ec2"));
    assert.doesNotMatch(state, /PRIVATE KEY/);
    for (const secret of hidden) {
      const inState = JSON.stringify(secret).slice(1, -1);
      assert.ok(!state.includes(inState), `in clear in the state: ${secret.slice(0, 8)}…`);
    }
  });

  it("contain what users create through their clusters", async () => {
    const place = async (stack: Stack, nodeGroupId: string): Promise<Place> => ({
      clusterName: `${stack.name}-${await stackIdOf(stack)}`,
      vpcId: found(stack.name, "ec2/vpc:Vpc", "network-vpc").id ?? "",
      subnetId: found(stack.name, "ec2/subnet:Subnet", "network-private-a").id ?? "",
      nodeGroupId,
    });
    const ofEc2 = found("ec2", "ec2/securityGroup:SecurityGroup", "ec2-firewall-nodes").id ?? "";
    const { outputs } = found("eks", "eks/cluster:Cluster", "eks-cluster-eksCluster");
    const { clusterSecurityGroupId } = outputs?.["vpcConfig"] as Record<string, string>;
    tenants = await Promise.all([
      settle(new Account("eu-west-3"), await place(ec2, ofEc2)),
      settle(new Account("us-east-1"), await place(eks, clusterSecurityGroupId ?? "")),
    ]);
    for (const { kept } of tenants) {
      assert.deepEqual(
        Object.values(kept).filter((count) => count === 0),
        [],
      );
    }
    for (const stack of [ec2, eks]) {
      await fill(String((await stack.outputs())["bucket"]?.value), OBJECTS);
    }
  });

  it("are audited: everything users created is found, and no look-alikes", async () => {
    const made = {
      "load balancer": 2,
      "target group": 1,
      "network interface": 1,
      "security group": 1,
      volume: 2,
      "volume snapshot": 1,
    };
    for (const [stack, region] of [
      ["ec2", "eu-west-3"],
      ["eks", "us-east-1"],
    ] as const) {
      const { managed, ...found } = await audited(ada, stack, region);
      assert.ok(managed > 20, `${managed} resources of the state`);
      assert.deepEqual({ ...found, managed: 0 }, { ...NOTHING, "user-made": made }, stack);
    }
  });

  it("report cost and bill while one stack is down", async () => {
    await eks.setConfig("ml-platform:nodes.max", { value: "7" });
    await Promise.all([destroy(dev), up(ada, eks)]);
    await makeOlder(ec2, 3);
    const bill = new CostExplorerService();
    const cache = mkdtempSync(join(tmpdir(), "ml-platform-cache-"));
    const env = { AWS_ENDPOINT_URL_COST_EXPLORER: await bill.start(), XDG_CACHE_HOME: cache };
    const live = (...argv: string[]): Promise<Ran> =>
      ada.command("commands/compare.ts", ["--live", ...argv], env);
    try {
      const [ec2Id, eksId] = [await stackIdOf(ec2), await stackIdOf(eks)];
      const [today, before] = [daysAgo(0), daysAgo(3)];
      bill.days = [
        { day: before, stackId: ec2Id, service: "Amazon EC2", amount: "0.2" },
        { day: today, stackId: ec2Id, service: "Amazon EC2", amount: "0.3" },
        { day: today, stackId: ec2Id, service: "Amazon RDS", amount: "0.004" },
        { day: today, stackId: "somebody", service: "Amazon EC2", amount: "9" },
      ];
      const { status, out, err } = await live("--json");
      assert.equal(status, 0, err);
      const { stacks, bills } = JSON.parse(out) as LiveJson;
      assert.deepEqual(
        stacks.map(({ stack, stackId, billedCents }) => [stack, stackId, billedCents]),
        [
          ["dev", null, null],
          ["ec2", ec2Id, 50],
          ["eks", eksId, 0],
        ],
      );
      assert.deepEqual([bills[0]?.since, bills[0]?.until], [before, today]);
      assert.ok(stacks[2]?.changed.includes("eks-nodes-group"), stacks[2]?.changed.join());
      // After all those changes the deployed stack still costs as much an hour as its stack file, usage apart.
      for (const { stack, hourly, soFar } of stacks.slice(1)) {
        const declared = await declaredHourly(ada, stack);
        assert.equal(hourly?.toFixed(6), declared.toFixed(6), stack);
        // Three days of ec2, with the usage of the scenario above.
        const least = stack === "ec2" ? declared * 72 * 100 : 0;
        assert.ok((soFar?.totals.totalCents ?? -1) >= least, stack);
      }
      const paid = bill.calls.length;
      assert.match((await live()).out, /^ {2}- dev: nothing is deployed$/m);
      assert.equal(bill.calls.length, paid);
    } finally {
      bill.stop();
      rmSync(cache, { recursive: true });
    }
  });

  it("are destroyed completely by a plain destroy", async () => {
    const gone: string[] = [];
    await each((stack) =>
      destroy(stack, {
        onEvent: ({ resOutputsEvent }) => {
          if (stack === eks && resOutputsEvent?.metadata.op === "delete") {
            gone.push(resOutputsEvent.metadata.urn.split("::").at(-1) ?? "");
          }
        },
      }),
    );
    for (const [who, stack, region] of [
      [ada, "ec2", "eu-west-3"],
      [ada, "eks", "us-east-1"],
      [ada, "dev", "eu-west-1"],
      [grace, "ec2", "eu-central-1"],
    ] as const) {
      assert.deepEqual(resourcesIn(who.state(stack)), []);
      assert.deepEqual(await audited(who, stack, region), NOTHING, stack);
    }
    const order = [
      "eks-add-ons-coredns",
      "eks-nodes-group",
      "eks-pod-network-vpc-cni",
      "eks-cluster-eksCluster",
      "eks-janitor",
      "network-private-a-internet",
      "network-private-a",
      "network-vpc",
    ];
    assert.deepEqual(
      gone.filter((name) => order.includes(name)),
      order,
    );
  });

  it("delete what their users created, and no look-alikes", async () => {
    for (const { account, place, neighbour, kept } of tenants) {
      const nothing = Object.fromEntries(Object.keys(kept).map((kind) => [kind, 0]));
      assert.deepEqual(await account.count(place), nothing);
      assert.deepEqual(await account.count(neighbour), kept);
      await account.clear(neighbour);
    }
  });
});

async function stackIdOf(stack: Stack): Promise<string> {
  return String((await stack.outputs())["stackId"]?.value);
}
