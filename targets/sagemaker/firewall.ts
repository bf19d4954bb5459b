import { PERSON_TAG } from "../../settings/names";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Person } from "../../settings/values/people";

interface Port {
  readonly from: number;
  readonly to: number;
  readonly purpose: string;
}

/**
 * Ports on which apps reach each other and the home file system.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/studio-notebooks-and-internet-access.html
 */
const STUDIO_PORTS = {
  home: { from: 2049, to: 2049, purpose: "Home file system (NFS)" },
  kernels: { from: 8192, to: 65535, purpose: "JupyterLab and kernels of one person" },
} as const satisfies Readonly<Record<string, Port>>;

/** Inputs of `Firewall`. */
export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly users: readonly Person[];
}

/**
 * The security groups of apps: one that all of them have, and one for each user. Apps reach the internet and those
 * of the same user. They require no login, so one group for all would open everybody's notebooks to everybody; the
 * page above warns of it.
 */
export class Firewall extends pulumi.ComponentResource {
  /** Group of all apps. */
  readonly groupId: pulumi.Output<string>;
  /** Group of each user's apps, by the name of the user. */
  readonly groupIds: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    name: string,
    { vpcId, users }: FirewallArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:sagemaker:Firewall", name, {}, opts);
    this.groupId = this.group(`${name}-apps`, {
      args: { vpcId, description: "Apps of Studio" },
      tags: {},
      ports: "home",
    });
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-apps-out`,
      {
        securityGroupId: this.groupId,
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "-1",
        description: "AWS APIs, packages, database, home file system",
      },
      { parent: this },
    );
    this.groupIds = Object.fromEntries(
      users.map(({ name: person }) => {
        const group = this.group(`${name}-person-${person}`, {
          args: { vpcId, description: `Apps of ${person} in Studio` },
          tags: { [PERSON_TAG]: person },
          ports: "kernels",
        });
        return [person, group];
      }),
    );
    this.registerOutputs({ groupId: this.groupId });
  }

  /** A group whose members reach each other on some ports. */
  private group(name: string, { args, tags, ports }: GroupArgs): pulumi.Output<string> {
    const { id } = new aws.ec2.SecurityGroup(
      name,
      { ...args, tags: { ...tags, Name: name } },
      { parent: this },
    );
    const { from, to, purpose } = STUDIO_PORTS[ports];
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-${ports}`,
      {
        securityGroupId: id,
        referencedSecurityGroupId: id,
        ipProtocol: "tcp",
        fromPort: from,
        toPort: to,
        description: purpose,
      },
      { parent: this },
    );
    return id;
  }
}

interface GroupArgs {
  readonly args: Omit<aws.ec2.SecurityGroupArgs, "tags">;
  readonly tags: Readonly<Record<string, string>>;
  /** Ports on which members reach each other. */
  readonly ports: keyof typeof STUDIO_PORTS;
}
