import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

interface Port {
  readonly from: number;
  readonly to: number;
  readonly purpose: string;
}

/**
 * Ports on which apps of the domain reach each other.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/studio-notebooks-and-internet-access.html
 */
export const STUDIO_PORTS: Readonly<Record<string, Port>> = {
  home: { from: 2049, to: 2049, purpose: "Home file system (NFS)" },
  kernels: { from: 8192, to: 65535, purpose: "JupyterLab and kernels" },
};

/** Inputs of `Firewall`. */
export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
}

/** The security group of all apps. Apps reach each other and the internet; nothing else reaches them. */
export class Firewall extends pulumi.ComponentResource {
  readonly groupId: pulumi.Output<string>;

  constructor(name: string, { vpcId }: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:Firewall", name, {}, opts);
    const group = new aws.ec2.SecurityGroup(
      `${name}-apps`,
      { vpcId, description: "Apps of Studio", tags: { Name: `${name}-apps` } },
      { parent: this },
    );
    for (const [role, { from, to, purpose }] of Object.entries(STUDIO_PORTS)) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-apps-${role}`,
        {
          securityGroupId: group.id,
          referencedSecurityGroupId: group.id,
          ipProtocol: "tcp",
          fromPort: from,
          toPort: to,
          description: purpose,
        },
        { parent: this },
      );
    }
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-apps-out`,
      {
        securityGroupId: group.id,
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "-1",
        description: "AWS APIs, packages, database, home file system",
      },
      { parent: this },
    );
    this.groupId = group.id;
    this.registerOutputs({ groupId: this.groupId });
  }
}
