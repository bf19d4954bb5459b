import { DATABASE_LOGINS } from "../../settings/values/database-logins";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HubSettings, NotebookSettings } from "../../settings/values/notebooks";
import { MODEL_SERVER_URL } from "../../settings/names";
import type { ServingSettings } from "../../settings/values/serving";
import type { Person } from "../../settings/values/people";
import type { DataBucket } from "../data-bucket";
import { DATABASE_NAME, DATABASE_PORT, type Database } from "../database";
import { FrontDoor, type Attach } from "../front-door/front-door";
import type { KubernetesCluster } from "../kubernetes/cluster";
import type { Workspaces } from "../kubernetes/workspaces";
import type { Network } from "../network";
import type { UserPool } from "../user-pool";
import { LOCAL_URL, Notebooks } from "./notebooks/notebooks";
import { rdsRootsUrl, type DatabaseAddress } from "./notebooks/values";

/** Inputs of `notebookService`. */
export interface NotebookServiceArgs {
  /** Settings of the stack that the notebooks and their front door depend on. */
  readonly settings: HubSettings &
    ServingSettings & {
      readonly notebooks: NotebookSettings;
      readonly allowedCidrs: readonly string[];
      readonly users: readonly Person[];
      readonly network: { readonly cidr: string };
      readonly kubernetes: { readonly serviceCidr: string };
    };
  /** ARN of each user's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
  /** The services that every target has. */
  readonly shared: {
    readonly network: Network;
    readonly bucket: DataBucket;
    readonly database: Database;
    readonly userPool: UserPool;
    readonly region: string;
    /** AWS account, 12 digits. */
    readonly accountId: pulumi.Output<string>;
    readonly stackId: pulumi.Output<string>;
    readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
    readonly lookups: aws.Provider;
  };
  readonly cluster: KubernetesCluster;
  readonly workspaces: Workspaces;
  /** Registers the target's nodes with the load balancer of the front door. */
  readonly attach: (name: string) => Attach;
  /** Cleans up what CloudFront leaves in the VPC; depends on the network. */
  readonly janitor: pulumi.Resource;
  /** Resources without which no pod runs and no volume is created. */
  readonly after: readonly pulumi.Resource[];
}

/** Port of every node on which the front door reaches the hub's proxy. */
const NODE_PORT = 30080;
/** Path at which the proxy answers 200 by itself, without the hub. */
const HEALTH_PATH = "/_chp_healthz";

/**
 * Notebooks of a cluster and the address at which people reach them: the same on every Kubernetes target.
 *
 * @param name prefix of all logical names, the name of the target.
 * @returns the service, whose address is that of the front door, or that of `kubectl port-forward` without one.
 */
export function notebookService(
  name: string,
  parent: pulumi.Resource,
  args: NotebookServiceArgs,
): Notebooks {
  const behindDoor = args.settings.frontDoor === "cloudfront";
  const door = behindDoor ? doorOf(`${name}-front-door`, parent, args) : undefined;
  return hubOf(`${name}-notebooks`, parent, args, door);
}

function doorOf(
  name: string,
  parent: pulumi.Resource,
  { settings, shared, cluster, attach, janitor }: NotebookServiceArgs,
): FrontDoor {
  const { stackId, tags, network, lookups } = shared;
  return new FrontDoor(
    name,
    {
      stackId,
      tags,
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      lookups,
      allowedCidrs: settings.allowedCidrs,
      service: { nodePort: NODE_PORT, healthPath: HEALTH_PATH },
      nodeSecurityGroupId: cluster.nodeSecurityGroupId,
      janitor,
      attach: attach(name),
    },
    { parent },
  );
}

function hubOf(
  name: string,
  parent: pulumi.Resource,
  { settings, shared, ...args }: NotebookServiceArgs,
  door: FrontDoor | undefined,
): Notebooks {
  const { bucket, userPool, region } = shared;
  const { sizes, homeGib, image, idleMinutes } = settings.notebooks;
  return new Notebooks(
    name,
    {
      cluster: args.cluster,
      users: settings.users,
      userPool,
      roleArns: args.roleArns,
      workspaces: args.workspaces,
      // Without a front door only `kubectl port-forward` reaches the proxy.
      url: door?.url ?? LOCAL_URL,
      ...(door !== undefined && { nodePort: NODE_PORT }),
      region,
      bucketName: bucket.bucketName,
      ...databaseAccess(shared),
      vpcCidr: settings.network.cidr,
      serviceCidr: settings.kubernetes.serviceCidr,
      sizes,
      homeGib,
      image,
      idleMinutes,
      ...(settings.serving.triton && { servingUrl: MODEL_SERVER_URL }),
      after: args.after,
    },
    { parent },
  );
}

/** The platform's database as services of a cluster reach it, and set up their own in it. */
export interface DatabaseAccess {
  readonly database: DatabaseAddress;
  /** Secret in Secrets Manager with the database's master user. */
  readonly masterSecretArn: pulumi.Input<string>;
  /** ARN of a login as the master user, with a token. */
  readonly masterLoginArn: pulumi.Input<string>;
}

/** The access of a stack's cluster to its database. */
export function databaseAccess(
  shared: Pick<NotebookServiceArgs["shared"], "database" | "region" | "accountId">,
): DatabaseAccess {
  const { database, region } = shared;
  return {
    database: {
      host: database.host,
      port: DATABASE_PORT,
      name: DATABASE_NAME,
      rootsUrl: rdsRootsUrl(region),
    },
    masterSecretArn: database.secretArn,
    masterLoginArn: database.loginArn(DATABASE_LOGINS.master, shared),
  };
}
