import * as pulumi from "@pulumi/pulumi";
import type * as aws from "@pulumi/aws";
import type { AwaitClusterInputs } from "../../actions/await-cluster";
import { ActionResource } from "../../components/action-resource";
import type { AwsAccess } from "../../settings/schema/aws-access";
import type { KubeconfigArgs } from "./kubeconfig";

/** Inputs of `awaitMachines` that are the same for every wait of a cluster. */
export interface AwaitArgs {
  /** Administrator's access to the API server from outside the VPC. */
  readonly administrator: KubeconfigArgs;
  /** Minutes to wait for the API server and the machines; 0 means no wait. */
  readonly readyMinutes: number;
  readonly access: pulumi.Input<AwsAccess>;
}

/** One wait: for which machines, and until when. */
interface Wait {
  readonly until: AwaitClusterInputs["until"];
  readonly machines: readonly aws.ec2.Instance[];
  /** Value with whose change the wait is repeated. @default it is repeated for other machines only */
  readonly repeat?: pulumi.Input<string>;
}

/** Declares a wait until machines are nodes of the cluster, as a list; it is empty where `readyMinutes` is 0. */
export function awaitMachines(
  name: string,
  { administrator, readyMinutes, access }: AwaitArgs,
  { until, machines, repeat }: Wait,
  opts: pulumi.CustomResourceOptions,
): ActionResource<AwaitClusterInputs>[] {
  const { host, port, ca, admin } = administrator;
  if (readyMinutes === 0) {
    return [];
  }
  const inputs = {
    host,
    port,
    ca,
    certificate: admin.certificate,
    key: admin.key,
    until,
    machines: pulumi.all(
      machines.map(({ id, privateDns }) =>
        pulumi.all([id, privateDns]).apply(([instanceId, node]) => ({ instanceId, node })),
      ),
    ),
    minutes: readyMinutes,
    aws: access,
    ...(repeat !== undefined && { repeat }),
  };
  return [new ActionResource<AwaitClusterInputs>("AwaitCluster", name, inputs, opts)];
}
