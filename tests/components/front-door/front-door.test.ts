import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachInstances, attachNodeGroup } from "../../../components/front-door/attach";
import { FrontDoor, type FrontDoorArgs } from "../../../components/front-door/front-door";
import { Network } from "../../../components/network";
import { pricingOf } from "../../../cost/rules";
import { declared, inputsOf, ofType, TAGS } from "../../support/declared";

const NODES = "sg-0123456789abcdef0";

/** Declares a front door in a network, with `overrides` of its inputs. */
function frontDoor(name: string, overrides: Partial<FrontDoorArgs> = {}): FrontDoor {
  const network = new Network("net", {
    cidr: "10.0.0.0/16",
    zones: 2,
    nat: "single",
    region: "eu-west-3",
    zoneNames: pulumi.output(["eu-west-3a", "eu-west-3b"]),
  });
  return new FrontDoor(name, {
    stackId: "0a1b2c3d",
    tags: TAGS,
    vpcId: network.vpcId,
    subnetIds: network.privateSubnetIds,
    lookups: new aws.Provider("lookups", { region: "eu-west-3" }),
    allowedCidrs: ["81.2.69.160/27"],
    service: { nodePort: 30080, healthPath: "/_chp_healthz" },
    nodeSecurityGroupId: NODES,
    janitor: network,
    attach: () => undefined,
    ...overrides,
  });
}

/** Records a front door. */
function declare(overrides: Partial<FrontDoorArgs> = {}, preview = false) {
  return declared(() => frontDoor("ec2-front-door", overrides), preview);
}

/** Declares a node group and registers its nodes. */
function nodeGroup(name: string): FrontDoorArgs["attach"] {
  return (targets, parent) => {
    const group = new aws.eks.NodeGroup("nodes", {
      clusterName: "c",
      nodeRoleArn: "arn:aws:iam::123456789012:role/r",
      subnetIds: [],
      scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 },
    });
    attachNodeGroup(name, group)(targets, parent);
  };
}

const DISTRIBUTION = "cloudfront/distribution:Distribution";
const ORIGIN = "cloudfront/vpcOrigin:VpcOrigin";
const FUNCTION = "cloudfront/function:Function";
const BALANCER = "lb/loadBalancer:LoadBalancer";
const INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "vpc/securityGroupEgressRule:SecurityGroupEgressRule";

describe("front door", () => {
  it("forwards all that a browser sends to the load balancer, and caches nothing", async () => {
    const distribution = inputsOf(await declare(), DISTRIBUTION);
    const behavior = distribution["defaultCacheBehavior"] as Record<string, unknown>;
    assert.equal(behavior["cachePolicyId"], "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    assert.equal(behavior["originRequestPolicyId"], "216adef6-5c7f-47e4-b989-5492eafa07d3");
    assert.equal(behavior["viewerProtocolPolicy"], "redirect-to-https");
    assert.equal((behavior["allowedMethods"] as string[]).length, 7);
    const [origin, ...others] = distribution["origins"] as Record<string, unknown>[];
    assert.deepEqual(others, []);
    assert.match(String(origin?.["domainName"]), /^ec2-front-door-balancer-.*amazonaws\.com$/);
    assert.deepEqual(origin?.["customHeaders"], [{ name: "X-Forwarded-Proto", value: "https" }]);
    assert.equal(
      (origin["vpcOriginConfig"] as Record<string, unknown>)["vpcOriginId"],
      "ec2-front-door-origin-id",
    );
    assert.equal(origin["customOriginConfig"], undefined);
  });

  it("runs the function that admits allowedCidrs before every request", async () => {
    const resources = await declare({ allowedCidrs: ["81.2.69.160/27", "203.0.113.0/24"] });
    const { functionAssociations } = inputsOf(resources, DISTRIBUTION)["defaultCacheBehavior"] as {
      functionAssociations: unknown;
    };
    const name = "ml-platform-0a1b2c3d-allowed-cidrs";
    assert.deepEqual(functionAssociations, [
      {
        eventType: "viewer-request",
        functionArn: `arn:aws:cloudfront::123456789012:function/${name}`,
      },
    ]);
    const filter = inputsOf(resources, FUNCTION);
    assert.equal(filter["name"], name);
    assert.equal(filter["runtime"], "cloudfront-js-2.0");
    assert.match(String(filter["code"]), /= \["81\.2\.69\.160\/27","203\.0\.113\.0\/24"\];/);
    assert.equal(inputsOf(resources, DISTRIBUTION)["orderedCacheBehaviors"], undefined);
  });

  it("offers no IPv6, no public address, no TLS listener, and no way in but CloudFront's", async () => {
    const resources = await declare();
    assert.equal(inputsOf(resources, DISTRIBUTION)["isIpv6Enabled"], false);
    const balancer = inputsOf(resources, BALANCER);
    assert.equal(balancer["internal"], true);
    assert.equal(balancer["loadBalancerType"], "network");
    assert.equal(balancer["ipAddressType"], "ipv4");
    const listeners = ofType(resources, "lb/listener:Listener");
    assert.deepEqual(
      listeners.map(({ inputs }) => [inputs["protocol"], inputs["port"], inputs["certificateArn"]]),
      [["TCP", 80, undefined]],
    );
    const own = resources.filter(({ name }) => name.startsWith("ec2-front-door"));
    assert.deepEqual(ofType(own, "ec2/eip:Eip"), []);
    for (const { inputs } of [...ofType(own, INGRESS), ...ofType(own, EGRESS)]) {
      assert.equal(inputs["cidrIpv4"], undefined);
      assert.equal(inputs["cidrIpv6"], undefined);
      assert.equal(inputs["ipProtocol"], "tcp");
    }
  });

  it("has a load balancer with a group, in the private subnets", async () => {
    const balancer = inputsOf(await declare(), BALANCER);
    assert.deepEqual(balancer["securityGroups"], ["ec2-front-door-balancer-group-id"]);
    assert.deepEqual(balancer["subnets"], ["net-private-a-id", "net-private-b-id"]);
  });

  it("admits CloudFront to the group, the group to the NodePort, and nobody else", async () => {
    const resources = await declare();
    const ports = (inputs: Readonly<Record<string, unknown>>) => [
      inputs["securityGroupId"],
      inputs["prefixListId"] ?? inputs["referencedSecurityGroupId"],
      inputs["fromPort"],
      inputs["toPort"],
    ];
    const own = "ec2-front-door-balancer-group-id";
    assert.deepEqual(
      ofType(resources, INGRESS)
        .map(({ inputs }) => ports(inputs))
        .sort(),
      [
        [own, "pl-0123456789abcdef0", 80, 80],
        [NODES, own, 30080, 30080],
      ],
    );
    assert.deepEqual(
      ofType(resources, EGRESS).map(({ inputs }) => ports(inputs)),
      [[own, NODES, 30080, 30080]],
    );
  });

  it("asks each node for the service's health on the NodePort", async () => {
    const group = inputsOf(await declare(), "lb/targetGroup:TargetGroup");
    assert.equal(group["port"], 30080);
    assert.equal(group["targetType"], "instance");
    assert.equal(group["preserveClientIp"], "false");
    const check = group["healthCheck"] as Record<string, unknown>;
    assert.deepEqual(
      [check["protocol"], check["path"], check["port"]],
      ["HTTP", "/_chp_healthz", "traffic-port"],
    );
  });

  it("names another origin for another load balancer, so that both can exist at once", async () => {
    const nameOf = async (name: string): Promise<string> => {
      const resources = await declared(() => frontDoor(name));
      const config = inputsOf(resources, ORIGIN)["vpcOriginEndpointConfig"];
      return String((config as Record<string, unknown>)["name"]);
    };
    const one = await nameOf("ec2-front-door");
    assert.match(one, /^ml-platform-0a1b2c3d-[0-9a-f]{8}$/);
    assert.equal(await nameOf("ec2-front-door"), one);
    assert.notEqual(await nameOf("eks-front-door"), one);
  });

  it("speaks HTTP inside the VPC, and gives CloudFront 30 minutes", async () => {
    const { vpcOriginEndpointConfig, timeouts, tags } = inputsOf(await declare(), ORIGIN);
    const config = vpcOriginEndpointConfig as Record<string, unknown>;
    assert.equal(config["originProtocolPolicy"], "http-only");
    assert.equal(config["httpPort"], 80);
    assert.deepEqual(timeouts, { create: "30m", update: "30m", delete: "30m" });
    // Its own, since a changed default tag would change an origin in use.
    assert.deepEqual(tags, TAGS);
  });

  it("has the address of its distribution", async () => {
    let door: FrontDoor | undefined;
    await declared(() => {
      door = frontDoor("eks-front-door", { stackId: pulumi.output("0a1b2c3d") });
    });
    const url = await new Promise((resolve) => door!.url.apply(resolve));
    assert.equal(url, "https://d111.cloudfront.net");
  });

  it("can be previewed, when no output is known", async () => {
    for (const allowedCidrs of [
      ["81.2.69.160/27"],
      Array.from({ length: 20 }, (_, index) => `203.0.${index}.0/24`),
    ]) {
      const resources = await declare({ allowedCidrs }, true);
      for (const type of [DISTRIBUTION, ORIGIN, FUNCTION, BALANCER]) {
        assert.equal(ofType(resources, type).length, 1, type);
      }
    }
  });

  it("has names that AWS accepts, with the suffixes of Pulumi", async () => {
    const resources = await declare();
    for (const type of [BALANCER, "lb/targetGroup:TargetGroup"]) {
      for (const { name } of ofType(resources, type)) {
        assert.ok(name.length + "-0123456".length <= 32, name);
      }
    }
    assert.ok(String(inputsOf(resources, FUNCTION)["name"]).length <= 64);
  });

  it("names groups and load balancer, by which the audit tells them from those of users", async () => {
    const own = (await declare()).filter(({ name }) => name.startsWith("ec2-front-door"));
    for (const type of [
      "ec2/securityGroup:SecurityGroup",
      BALANCER,
      "lb/targetGroup:TargetGroup",
    ]) {
      const tags = inputsOf(own, type)["tags"] as Record<string, string>;
      assert.match(tags["Name"] ?? "", /^ec2-front-door-/);
    }
  });

  it("declares only resources with a price or a reason to be free", async () => {
    const all = await declare({
      attach: (...args) => {
        nodeGroup("ec2-front-door")(...args);
      },
    });
    assert.deepEqual(
      all.map(({ type }) => type).filter((type) => pricingOf(type) === undefined),
      [],
    );
  });
});

describe("nodes behind the front door", () => {
  it("are instances, each registered by itself", async () => {
    let machines: aws.ec2.Instance[] = [];
    const resources = await declare({
      attach: (targets, parent) => {
        machines = [1, 2].map((index) => new aws.ec2.Instance(`worker-${index}`, {}));
        attachInstances("ec2-front-door", machines)(targets, parent);
      },
    });
    const attached = ofType(resources, "lb/targetGroupAttachment:TargetGroupAttachment");
    assert.deepEqual(
      attached.map(({ name, inputs }) => [name, inputs["targetId"]]),
      [
        ["ec2-front-door-node-1", "worker-1-id"],
        ["ec2-front-door-node-2", "worker-2-id"],
      ],
    );
    assert.ok(attached[0]?.urn.includes("mlp:component:FrontDoor$"));
  });

  it("are those of an EKS node group, by its Auto Scaling group", async () => {
    const resources = await declare({ attach: nodeGroup("eks-front-door") });
    const { autoscalingGroupName, lbTargetGroupArn } = inputsOf(
      resources,
      "autoscaling/attachment:Attachment",
    );
    assert.equal(autoscalingGroupName, "eks-nodes-asg");
    assert.match(String(lbTargetGroupArn), /targetgroup\/ec2-front-door-nodes\//);
  });
});
