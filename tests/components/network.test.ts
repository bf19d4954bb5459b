import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Network, type NetworkArgs } from "../../components/network";
import type { DeclaredResource } from "../../cost/rule";
import { record } from "../../cost/resources/record";
import { declared, inputsOf, ofType, REGION, STACK } from "../support/declared";
import { watchRegistrations } from "../support/watched-registrations";

describe("Network", () => {
  const args = (): NetworkArgs => ({
    cidr: "10.0.0.0/16",
    zones: 2,
    nat: "single",
    region: "eu-west-3",
    zoneNames: pulumi.output(["eu-west-3a", "eu-west-3b", "eu-west-3c"]),
  });
  const declare = (overrides: Partial<NetworkArgs> = {}, preview = false) =>
    declared(() => new Network("net", { ...args(), ...overrides }), preview);
  const subnets = (resources: readonly DeclaredResource[]) =>
    ofType(resources, "ec2/subnet:Subnet").map(({ name, inputs }) => [
      name,
      inputs["cidrBlock"],
      inputs["availabilityZone"],
    ]);

  it("has a public and a private subnet in each zone without overlap", async () => {
    assert.deepEqual(subnets(await declare()).sort(), [
      ["net-private-a", "10.0.0.0/19", "eu-west-3a"],
      ["net-private-b", "10.0.32.0/19", "eu-west-3b"],
      ["net-public-a", "10.0.128.0/19", "eu-west-3a"],
      ["net-public-b", "10.0.160.0/19", "eu-west-3b"],
    ]);
  });

  it("keeps existing subnets when zones are added", async () => {
    const two = subnets(await declare({ zones: 2 }));
    const three = subnets(await declare({ zones: 3 }));
    assert.equal(three.length, 6);
    assert.deepEqual(
      two.filter((subnet) => !JSON.stringify(three).includes(JSON.stringify(subnet))),
      [],
    );
  });

  it("assigns no public addresses on launch", async () => {
    for (const { inputs } of ofType(await declare(), "ec2/subnet:Subnet")) {
      assert.equal(inputs["mapPublicIpOnLaunch"], undefined);
    }
  });

  it("has as many NAT gateways as configured, each with an address and routes", async () => {
    for (const [nat, count] of [
      ["none", 0],
      ["single", 1],
      ["perZone", 3],
    ] as const) {
      const resources = await declare({ nat, zones: 3 });
      assert.equal(ofType(resources, "ec2/natGateway:NatGateway").length, count, nat);
      assert.equal(ofType(resources, "ec2/eip:Eip").length, count, nat);
      const used = ofType(resources, "ec2/route:Route")
        .map(({ inputs }) => inputs["natGatewayId"])
        .filter((id) => id !== undefined);
      assert.equal(used.length, count === 0 ? 0 : 3, nat);
      assert.equal(new Set(used).size, count, nat);
    }
  });

  it("routes S3 traffic of every subnet through a gateway endpoint", async () => {
    const endpoint = inputsOf(await declare(), "ec2/vpcEndpoint:VpcEndpoint");
    assert.equal(endpoint["vpcEndpointType"], "Gateway");
    assert.equal(endpoint["serviceName"], "com.amazonaws.eu-west-3.s3");
    assert.equal((endpoint["routeTableIds"] as unknown[]).length, 3);
  });

  it("removes all rules of the default security group", async () => {
    const group = inputsOf(await declare(), "ec2/defaultSecurityGroup:DefaultSecurityGroup");
    assert.equal(group["ingress"], undefined);
    assert.equal(group["egress"], undefined);
  });

  it("uses zones in the given order, one for each pair of subnets", async () => {
    const zoneNames = pulumi.output(["eu-west-3c", "eu-west-3a", "eu-west-3b"]);
    for (const preview of [true, false]) {
      const made = subnets(await declare({ zoneNames }, preview));
      assert.deepEqual(made.map(([name, , zone]) => [name, zone]).sort(), [
        ["net-private-a", "eu-west-3c"],
        ["net-private-b", "eu-west-3a"],
        ["net-public-a", "eu-west-3c"],
        ["net-public-b", "eu-west-3a"],
      ]);
    }
  });

  it("keeps subnets where they are, and creates a new pair in a zone without one", async () => {
    const kept: string[][] = [];
    const resources = await record(
      () => {
        watchRegistrations(({ type, ignoreChanges }) => {
          if (type === "aws:ec2/subnet:Subnet") kept.push([...ignoreChanges]);
        });
        return new Network("net", { ...args(), zones: 3 });
      },
      {
        stack: STACK,
        region: REGION,
        preview: false,
        // As the state has it: the first pair was created when eu-west-3a was not the best.
        outputs: ({ name }) => (name === "net-private-a" ? { availabilityZone: "eu-west-3b" } : {}),
      },
    );
    assert.deepEqual(kept, Array(6).fill(["availabilityZone"]));
    const zones = new Map(subnets(resources).map(([name, , zone]) => [name, zone]));
    assert.equal(zones.get("net-public-a"), "eu-west-3b");
    assert.equal(zones.get("net-private-b"), "eu-west-3a");
    assert.equal(zones.get("net-private-c"), "eu-west-3c");
    assert.equal(zones.get("net-public-c"), "eu-west-3c");
  });

  it("declares the same resources in a preview as in an up", async () => {
    const names = (resources: readonly DeclaredResource[]) =>
      resources.map(({ urn }) => urn).sort();
    assert.deepEqual(names(await declare({}, true)), names(await declare({}, false)));
  });
});
