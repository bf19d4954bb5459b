import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formatCidr, parseCidr, subnet, type Cidr } from "../settings/values/cidr";
import { SUBNET_BITS } from "../settings/shared";

/** Inputs of `Network`. */
export interface NetworkArgs {
  /** IPv4 network of the VPC; each subnet gets an eighth. Checked by `settings/shared.ts`. */
  readonly cidr: string;
  /** Number of availability zones, 2 to 4. */
  readonly zones: number;
  readonly region: string;
  /** Names of zones, as many as `zones` or more, the best first. They decide where new subnets are created. */
  readonly zoneNames: pulumi.Output<string[]>;
  /** NAT gateways: none, one, or one in each zone, so that the failure of a zone affects no other. */
  readonly nat: "none" | "single" | "perZone";
}

/** Letters for the names of resources: AWS's names of zones are known only after a look-up. */
const ZONE_LETTERS = ["a", "b", "c", "d"] as const;

interface Zone {
  readonly letter: string;
  readonly index: number;
  readonly public: aws.ec2.Subnet;
  readonly private: aws.ec2.Subnet;
}

/**
 * A VPC with a public and a private subnet in each zone, an internet gateway, NAT gateways, and a gateway
 * endpoint that makes traffic to S3 free.
 *
 * There are no interface endpoints: six of them in two zones cost more than a NAT gateway.
 * Priced by `cost/rules/`: NAT gateways and their addresses. The rest is free.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** One for each zone, in the order of the zones. */
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  /** One for each zone, in the order of the zones. Without NAT only S3 can be reached from them. */
  readonly privateSubnetIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:Network", name, {}, opts);
    const vpc = this.vpc(name, args.cidr);
    const zones = this.zones(name, args, vpc);
    const publicTable = this.publicRoutes(name, vpc, zones);
    const privateTables = this.privateRoutes(name, args, vpc, zones);
    this.storageEndpoint(name, args, vpc, [publicTable, ...privateTables]);

    this.vpcId = vpc.id;
    this.publicSubnetIds = zones.map((zone) => zone.public.id);
    this.privateSubnetIds = zones.map((zone) => zone.private.id);
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }

  private vpc(name: string, cidr: string): aws.ec2.Vpc {
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: { Name: name } },
      { parent: this },
    );
    // Removes all rules: a resource without a group gets this one, whose members could reach each other.
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default-group`,
      { vpcId: vpc.id, tags: { Name: `${name}-unused` } },
      { parent: this },
    );
    return vpc;
  }

  private zones(name: string, { cidr, zones, zoneNames }: NetworkArgs, vpc: aws.ec2.Vpc): Zone[] {
    const whole = parseCidr(cidr);
    if (whole === undefined) {
      throw new pulumi.ResourceError(`"${cidr}" is not an IPv4 network`, this);
    }
    const make = (label: string, block: Cidr, zone: pulumi.Output<string>): aws.ec2.Subnet =>
      new aws.ec2.Subnet(
        label,
        {
          vpcId: vpc.id,
          cidrBlock: formatCidr(block),
          availabilityZone: zone,
          tags: { Name: label },
        },
        // The list of zones changes with AWS's offers and with settings. Another zone would replace the subnets.
        { parent: this, ignoreChanges: ["availabilityZone"] },
      );
    const made: Zone[] = [];
    for (const [index, letter] of ZONE_LETTERS.slice(0, zones).entries()) {
      // A new subnet goes to a zone without one, wherever those before it were created.
      const taken = pulumi.all(made.map((zone) => zone.private.availabilityZone));
      const free = pulumi.all([zoneNames, taken]).apply(([names, used]) => firstFree(names, used));
      const own = make(`${name}-private-${letter}`, subnet(whole, SUBNET_BITS, index), free);
      const block = subnet(whole, SUBNET_BITS, ZONE_LETTERS.length + index);
      const open = make(`${name}-public-${letter}`, block, own.availabilityZone);
      made.push({ letter, index, private: own, public: open });
    }
    this.warnOfOthers(zoneNames, made);
    return made;
  }

  /** Warns of zones that no new stack would use: a later change may need what they lack. */
  private warnOfOthers(zoneNames: pulumi.Output<string[]>, zones: readonly Zone[]): void {
    const own = pulumi.all(zones.map((zone) => zone.private.availabilityZone));
    pulumi.all([zoneNames, own]).apply(([names, used]) => {
      const others = used.filter((zone) => !names.includes(zone));
      if (others.length > 0) {
        void pulumi.log.warn(
          `the stack has subnets in ${others.join(", ")}, which lack something that its settings ask for; ` +
            `AWS may refuse new machines there. They are offered in ${names.join(", ")}`,
          this,
        );
      }
    });
  }

  private publicRoutes(name: string, vpc: aws.ec2.Vpc, zones: readonly Zone[]): aws.ec2.RouteTable {
    const child = { parent: this };
    const gateway = new aws.ec2.InternetGateway(
      `${name}-gateway`,
      { vpcId: vpc.id, tags: { Name: name } },
      child,
    );
    const table = this.routeTable(`${name}-public`, vpc);
    new aws.ec2.Route(
      `${name}-public-internet`,
      { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
      child,
    );
    for (const zone of zones) {
      new aws.ec2.RouteTableAssociation(
        `${name}-public-${zone.letter}-routes`,
        { routeTableId: table.id, subnetId: zone.public.id },
        child,
      );
    }
    return table;
  }

  /** A route table for each private subnet, so that each can have the NAT gateway of its zone. */
  private privateRoutes(
    name: string,
    { nat }: NetworkArgs,
    vpc: aws.ec2.Vpc,
    zones: readonly Zone[],
  ): aws.ec2.RouteTable[] {
    const withNat = zones.slice(0, { none: 0, single: 1, perZone: zones.length }[nat]);
    const gateways = withNat.map((zone) => this.natGateway(name, zone));
    return zones.map((zone) => {
      const table = this.routeTable(`${name}-private-${zone.letter}`, vpc);
      new aws.ec2.RouteTableAssociation(
        `${name}-private-${zone.letter}-routes`,
        { routeTableId: table.id, subnetId: zone.private.id },
        { parent: this },
      );
      const gateway = gateways[zone.index] ?? gateways[0];
      if (gateway !== undefined) {
        new aws.ec2.Route(
          `${name}-private-${zone.letter}-internet`,
          {
            routeTableId: table.id,
            destinationCidrBlock: "0.0.0.0/0",
            natGatewayId: gateway.id,
          },
          { parent: this },
        );
      }
      return table;
    });
  }

  private natGateway(name: string, zone: Zone): aws.ec2.NatGateway {
    const tags = { Name: `${name}-nat-${zone.letter}` };
    const address = new aws.ec2.Eip(
      `${name}-nat-${zone.letter}-address`,
      { domain: "vpc", tags },
      { parent: this },
    );
    return new aws.ec2.NatGateway(
      `${name}-nat-${zone.letter}`,
      { allocationId: address.id, subnetId: zone.public.id, tags },
      { parent: this },
    );
  }

  private routeTable(name: string, vpc: aws.ec2.Vpc): aws.ec2.RouteTable {
    const tags = { Name: name };
    return new aws.ec2.RouteTable(`${name}-table`, { vpcId: vpc.id, tags }, { parent: this });
  }

  private storageEndpoint(
    name: string,
    { region }: NetworkArgs,
    vpc: aws.ec2.Vpc,
    tables: readonly aws.ec2.RouteTable[],
  ): void {
    new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${region}.s3`,
        routeTableIds: tables.map((table) => table.id),
        tags: { Name: `${name}-s3` },
      },
      { parent: this },
    );
  }
}

function firstFree(names: readonly string[], used: readonly string[]): string {
  const name = names.find((one) => !used.includes(one));
  if (name === undefined) {
    throw new Error(`no zone of ${names.join(", ")} is free: ${used.join(", ")} have subnets`);
  }
  return name;
}
