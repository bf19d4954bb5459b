/** Resource in the output of `pulumi stack export`. */
export interface Exported {
  readonly urn: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Fields of an exported resource beside its type and name. */
interface Details {
  readonly created?: string;
  readonly modified?: string;
  readonly inputs?: object;
  readonly outputs?: object;
  readonly parent?: string;
  readonly external?: boolean;
}

/** Resource of an export, without a change unless `modified` is set. */
export function exported(type: string, name: string, details: Details = {}): Exported {
  const { created = "2026-11-13T12:00:00.123456789Z" } = details;
  return {
    urn: `urn:pulumi:live::ml-platform::${type}::${name}`,
    type,
    custom: true,
    id: `${name}-id`,
    created,
    modified: created,
    ...details,
  };
}

/** Resources of a stack with a stack id only. Its provider has the region. */
export function beginnings(region: string, stackId: string): Exported[] {
  return [
    exported("pulumi:pulumi:Stack", "ml-platform-live"),
    exported("pulumi:providers:aws", "aws", { inputs: { region } }),
    exported("random:index/randomId:RandomId", "stack", { outputs: { hex: stackId } }),
  ];
}

/** An export of a stack with the target ec2: one machine, a bucket and a database. */
export function exportedEc2(region = "eu-west-3", stackId = "0123abcd"): object {
  return {
    resources: [
      ...beginnings(region, stackId),
      exported("mlp:target:Ec2", "ec2"),
      exported("aws:ec2/instance:Instance", "ec2-nodes-control-plane", {
        created: "2026-11-13T12:30:00Z",
        modified: "2026-11-20T00:00:00Z",
        inputs: {
          __defaults: [],
          instanceType: "t4g.large",
          rootBlockDevice: { volumeSize: 50, volumeType: "gp3" },
        },
      }),
      exported("aws:s3/bucket:Bucket", "data"),
    ],
  };
}
