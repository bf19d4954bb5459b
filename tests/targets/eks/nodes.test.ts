import assert from "node:assert/strict";
import { declaredPlatform, inputsOf, TAGS } from "../../support/declared";
import { allows, policyOf } from "../../support/policy";
import { registrations, type Registration } from "../../support/registrations";

type Overrides = Readonly<Record<string, string>>;
const group = async (overrides: Overrides = {}) =>
  inputsOf(await declaredPlatform({ target: "eks", ...overrides }), "eks/nodeGroup:NodeGroup");
const registration = async (overrides: Overrides = {}): Promise<Registration> => {
  const all = await registrations({ target: "eks", ...overrides });
  const found = all.find(({ name }) => name === "eks-nodes-group");
  assert.ok(found);
  return found;
};

describe("nodes of eks", () => {
  it("are as many as nodes.count, on demand, in private subnets", async () => {
    const inputs = await group({ "nodes.count": "4", "nodes.instanceType": "m7i.xlarge" });
    assert.deepEqual(inputs["scalingConfig"], { minSize: 4, maxSize: 4, desiredSize: 4 });
    assert.equal(inputs["updateConfig"], undefined);
    assert.deepEqual(inputs["instanceTypes"], ["m7i.xlarge"]);
    assert.equal(inputs["capacityType"], "ON_DEMAND");
    assert.deepEqual(inputs["subnetIds"], ["network-private-a-id", "network-private-b-id"]);
    assert.equal(inputs["clusterName"], "test-0a1b2c3d");
  });

  it("have the control plane's version", async () => {
    for (const version of ["1.35", "1.36"]) {
      const resources = await declaredPlatform({ target: "eks", "kubernetes.version": version });
      assert.equal(inputsOf(resources, "eks/nodeGroup:NodeGroup")["version"], version);
      assert.equal(inputsOf(resources, "index:Cluster")["version"], version);
    }
  });

  it("are spot instances when configured", async () => {
    assert.equal((await group({ "nodes.capacity": "spot" }))["capacityType"], "SPOT");
  });

  it("use the image of their architecture, or the GPU image", async () => {
    const image = async (type: string, architecture: string) =>
      (await group({ "nodes.instanceType": type, "nodes.architecture": architecture }))["amiType"];
    assert.equal(await image("t3.large", "amd64"), "AL2023_x86_64_STANDARD");
    assert.equal(await image("t4g.large", "arm64"), "AL2023_ARM_64_STANDARD");
    assert.equal(await image("g5.xlarge", "amd64"), "AL2023_x86_64_NVIDIA");
  });

  it("are scaled by Pulumi, or by the autoscaler when there is a range", async () => {
    assert.deepEqual((await registration()).ignoreChanges, []);
    const range = { "nodes.min": "1", "nodes.max": "5" };
    assert.deepEqual((await registration(range)).ignoreChanges, ["scalingConfig.desiredSize"]);
    assert.deepEqual((await group(range))["scalingConfig"], {
      minSize: 1,
      maxSize: 5,
      desiredSize: 3,
    });
  });

  it("boot with metadata hidden from pods and an encrypted disk deleted on termination", async () => {
    const resources = await declaredPlatform({ target: "eks", "nodes.diskGib": "80" });
    const template = inputsOf(resources, "ec2/launchTemplate:LaunchTemplate");
    assert.deepEqual(template["metadataOptions"], {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    assert.deepEqual(template["blockDeviceMappings"], [
      {
        deviceName: "/dev/xvda",
        ebs: { volumeType: "gp3", volumeSize: 80, encrypted: "true", deleteOnTermination: "true" },
      },
    ]);
    assert.deepEqual(template["vpcSecurityGroupIds"], ["sg-0123456789abcdef0"]);
    assert.deepEqual((await group())["launchTemplate"], {
      id: "eks-nodes-template-id",
      version: "1",
    });
  });

  it("carry the stack's and the cluster's tags", async () => {
    const resources = await declaredPlatform({ target: "eks" });
    const { tagSpecifications } = inputsOf(resources, "ec2/launchTemplate:LaunchTemplate");
    const tags = { ...TAGS, Target: "eks", Name: "eks-nodes" };
    assert.deepEqual(tagSpecifications, [
      {
        resourceType: "instance",
        tags: { ...tags, "kubernetes.io/cluster/test-0a1b2c3d": "owned" },
      },
      { resourceType: "volume", tags },
      { resourceType: "network-interface", tags },
    ]);
  });

  it("are created after permissions, routes and the pod network", async () => {
    const { dependencies } = await registration();
    for (const name of [
      "eks-nodes-AmazonEKSWorkerNodePolicy",
      "eks-nodes-AmazonEC2ContainerRegistryPullOnly",
      "eks-pod-network-vpc-cni",
      "eks-pod-network-kube-proxy",
      "network-private-a-internet",
      "network-nat-a",
    ]) {
      assert.ok(dependencies.includes(name), name);
    }
  });

  it("have a role that cannot read parameters, with the node policies only", async () => {
    const resources = await declaredPlatform({ target: "eks" });
    const { policy } = inputsOf(resources, "iam/rolePolicy:RolePolicy", "eks-nodes-sessions");
    assert.ok(allows(policyOf(policy), "ssmmessages:OpenDataChannel", "*"));
    assert.ok(!allows(policyOf(policy), "ssm:GetParameter", "*"));
    const attached = resources
      .filter(({ inputs }) => inputs["role"] === "eks-nodes-role" && "policyArn" in inputs)
      .map(({ inputs }) => String(inputs["policyArn"]).split("/").at(-1));
    assert.deepEqual(attached.sort(), [
      "AmazonEC2ContainerRegistryPullOnly",
      "AmazonEKSWorkerNodePolicy",
    ]);
  });

  it("are allowed to reach the database", async () => {
    const resources = await declaredPlatform({ target: "eks" });
    const rule = inputsOf(
      resources,
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "database-from-eks-nodes",
    );
    assert.equal(rule["referencedSecurityGroupId"], "sg-0123456789abcdef0");
  });
});
