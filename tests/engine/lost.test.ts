import assert from "node:assert/strict";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { Stack } from "@pulumi/pulumi/automation";
import { parseArn } from "../../aws/arn";
import { TagService } from "../support/tag-service";
import { TAG_GAP_KINDS, tagGaps } from "../support/emulator-tag-gaps";
import { Account, fill } from "./user-made";
import { Colleague, emulator, storedResource, type StoredResource } from "./engine-stack";
import { comeUp } from "./recovery";
import { commandsIn, GONE, pasted } from "./printed-commands";
import { useStudio } from "./user-made-in-studio";

/** Regions of their own: see stacks.test.ts. */
const REGIONS = { ec2: "us-east-2", eks: "ap-south-1", sagemaker: "eu-west-2" } as const;
type Name = keyof typeof REGIONS;
const NAMES = Object.keys(REGIONS) as Name[];

/** Objects in the bucket. With their versions they exceed a page of a list. */
const OBJECTS = 1200;

/** Most audits, each with its commands, until nothing is left. An audit sees Studio's leftovers once the domain is deleted. */
const MOST = 4;

/**
 * Refusals that the second round removes. Groups of Studio count as leftovers only when their domain is deleted, and
 * block the deletion of the network. The emulator continues a list of versions at the last one of the page before.
 * Once that is deleted, it lists no more.
 */
const LATER = /\(DependencyViolation\) when calling the DeleteVpc |\(BucketNotEmpty\)/;

describe("stacks whose states are lost", function () {
  this.timeout("20m");
  const ada = new Colleague();
  const tags = new TagService(emulator());
  const stacks = new Map<Name, Stack>();
  const ids = new Map<Name, string>();
  let env: NodeJS.ProcessEnv;

  before(async () => {
    env = { AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: await tags.start() };
    for (const name of NAMES) {
      const stack = await ada.ownStack(name);
      await stack.setConfig("aws:region", { value: REGIONS[name] });
      stacks.set(name, stack);
    }
  });

  after(() => {
    tags.stop();
    ada.leave();
  });

  const each = (act: (name: Name, stack: Stack) => Promise<void>): Promise<unknown> =>
    Promise.all([...stacks].map(([name, stack]) => act(name, stack)));

  it("are created and used", async () => {
    await each(async (name, stack) => {
      const { outputs } = await comeUp(ada, stack);
      const stackId = String(outputs["stackId"]?.value);
      ids.set(name, stackId);
      await use(name, ada.state(name), stackId);
      await fill(String(outputs["bucket"]?.value), OBJECTS);
    });
  });

  it("lose their states", async () => {
    const endpoint = emulator().href;
    const regions = [...Object.values(REGIONS), "us-east-1"];
    const all = await Promise.all(regions.map((region) => tagGaps({ region, endpoint })));
    const kinds = new Set(all.flat().map(({ ResourceARN }) => kindOf(ResourceARN)));
    assert.deepEqual([...kinds].sort(), TAG_GAP_KINDS);
    await each((name, stack) => stack.workspace.removeStack(name, { force: true }));
  });

  it("are deleted by the commands that the audit prints", async () => {
    const audit = (name: Name): Promise<{ status: number; out: string; err: string }> => {
      const argv = ["--stack", name, "--no-state", "--region", REGIONS[name]];
      return ada.command("commands/leftovers.ts", [...argv, "--id", ids.get(name) ?? ""], env);
    };
    await each(async (name) => {
      let { status, out, err } = await audit(name);
      assert.equal(status, 1, err);
      for (let round = 1; round < MOST && status === 1; round += 1) {
        const refused = (await pasted(commandsIn(out))).filter((line) => !GONE.test(line));
        const unexpected = refused.filter((line) => round > 1 || !LATER.test(line));
        assert.deepEqual(unexpected, [], `${name}, round ${round}`);
        ({ status, out, err } = await audit(name));
      }
      assert.equal(status, 0, out + err);
    });
  });
});

/** Creates resources of users in each stack. */
async function use(name: Name, state: string, stackId: string): Promise<void> {
  const found = (type: string, logical: string) => storedResource(state, type, logical);
  if (name === "sagemaker") {
    const client = new SageMakerClient({ region: REGIONS[name], endpoint: emulator().href });
    const { id = "" } = found("sagemaker/domain:Domain", "sagemaker-studio-domain");
    return useStudio(client, id);
  }
  const nodeGroupId =
    name === "eks"
      ? clusterGroup(found("eks/cluster:Cluster", "eks-cluster-eksCluster").outputs)
      : found("ec2/securityGroup:SecurityGroup", "ec2-firewall-nodes").id;
  return new Account(REGIONS[name]).createForUsers({
    clusterName: `${name}-${stackId}`,
    vpcId: found("ec2/vpc:Vpc", "network-vpc").id ?? "",
    subnetId: found("ec2/subnet:Subnet", "network-private-a").id ?? "",
    nodeGroupId: nodeGroupId ?? "",
  });
}

function clusterGroup(outputs: StoredResource["outputs"]): string | undefined {
  return (outputs?.["vpcConfig"] as Record<string, string> | undefined)?.["clusterSecurityGroupId"];
}

function kindOf(arn: string): string {
  const { service, type } = parseArn(arn);
  return `${service}:${type}`;
}
