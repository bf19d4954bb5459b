import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { awsProviders } from "./components/aws-provider";
import { DataBucket } from "./components/data-bucket";
import { Database } from "./components/database";
import { Network } from "./components/network";
import { settingsGuard } from "./components/settings-guard";
import { UserPool } from "./components/user-pool";
import { Workload } from "./components/workload";
import { zonesFor } from "./components/zones";
import type { Settings, SettingsOf } from "./settings";
import type { ConfigSource } from "./settings/contract";
import { stackTags, targetName } from "./settings/names";
import type { TargetName } from "./settings/shared";
import { profileOf } from "./settings/targets";
import type { DeclaredNodes } from "./settings/targets/profile";
import { TARGETS } from "./targets";
import type { SharedServices, Target, TargetOutputs } from "./targets/target";

/** Outputs of a stack, under the same names on every target. */
export interface PlatformOutputs extends Omit<TargetOutputs, "services"> {
  /** Address of the notebooks. */
  readonly loginUrl: pulumi.Output<string>;
  readonly bucket: pulumi.Output<string>;
  /** `host:port` of PostgreSQL. */
  readonly databaseEndpoint: pulumi.Output<string>;
  /** Secret in Secrets Manager with the database's master user. */
  readonly databaseSecretArn: pulumi.Output<string>;
  readonly userPoolId: pulumi.Output<string>;
  /** URL of the model server inside the cluster, or the name of its endpoint. @default nothing is served */
  readonly modelServer?: pulumi.Input<string>;
  /** Random id of the stack: the tag `StackId`, and a part of names that must be unique. */
  readonly stackId: pulumi.Output<string>;
}

/**
 * Declares a stack: the providers, the shared services, and the target.
 *
 * @param settings checked settings of the stack.
 * @param config the whole configuration of the stack; its `aws:*` keys configure the provider.
 */
export function declarePlatform(settings: Settings, config: ConfigSource): PlatformOutputs {
  const stack = pulumi.getStack();
  const stackId = new random.RandomId("stack", { byteLength: 4 }).hex;
  const tags = stackTags<pulumi.Input<string>>({
    stack,
    stackId,
    target: settings.target,
    owner: settings.owner,
    lifecycle: settings.retention.tag,
  });
  const dependsOn = [settingsGuard(stack, settings)];
  const { resources, lookups, access } = awsProviders(config, tags, { dependsOn });
  const opts = { provider: resources };
  const [address, setAddress] = pulumi.deferredOutput<string | undefined>();
  const context = { stack, stackId, tags, lookups, access };
  const shared = sharedServices(settings, context, address, opts);
  const outputs = targetOf(settings).deploy(targetName(settings.target), settings, shared, opts);
  const { serving } = outputs.services;
  const servingEndpoint = serving && "endpointName" in serving ? serving.endpointName : undefined;
  new Workload("workload", { ...shared, servingEndpoint }, opts);
  setAddress(pulumi.output(outputs.services.notebooks.url));
  return {
    ...pick(outputs),
    bucket: shared.bucket.bucketName,
    databaseEndpoint: shared.database.endpoint,
    databaseSecretArn: shared.database.secretArn,
    userPoolId: shared.userPool.userPoolId,
    stackId,
  };
}

/** Types of all nodes, by the setting of each. */
function typesOf({ instanceType, gpuType }: DeclaredNodes): Readonly<Record<string, string>> {
  return {
    "nodes.instanceType": instanceType,
    ...(gpuType !== undefined && { "gpu.instanceType": gpuType }),
  };
}

type StackContext = Pick<SharedServices, "stack" | "stackId" | "tags" | "lookups" | "access">;

function sharedServices(
  settings: Settings,
  context: StackContext,
  address: pulumi.Output<string | undefined>,
  opts: pulumi.ComponentResourceOptions,
): SharedServices {
  const { region, retention } = settings;
  const { stackId, access } = context;
  const ask = { provider: context.lookups };
  const { withoutZoneIds, capacity } = profileOf(settings.target);
  const zoneNames = zonesFor(
    {
      region,
      zones: settings.network.zones,
      withoutZoneIds,
      instanceTypes: capacity.kind === "nodes" ? typesOf(capacity.nodes(settings)) : {},
      database: settings.database,
    },
    context.lookups,
  );
  const network = new Network("network", { ...settings.network, region, zoneNames }, opts);
  const { vpcId, privateSubnetIds: subnetIds } = network;
  return {
    ...context,
    region,
    accountId: aws.getCallerIdentityOutput({}, ask).accountId,
    network,
    bucket: new DataBucket("data", { ...settings.bucket, retention, access }, opts),
    database: new Database(
      "database",
      { ...settings.database, retention, vpcId, subnetIds, stackId },
      opts,
    ),
    userPool: new UserPool(
      "users",
      { ...settings.userPool, retention, region, stackId, address },
      opts,
    ),
  };
}

/** Finds the target of the settings; the type parameter tells the compiler that both belong together. */
function targetOf<T extends TargetName>(
  settings: SettingsOf<T> & { readonly target: T },
): Target<T> {
  return TARGETS[settings.target];
}

/** Selects the stack outputs from a target, which is a component with more fields. */
function pick({ services, roleArns, kubeconfig, trainingJobs }: TargetOutputs) {
  const { notebooks, serving } = services;
  return {
    loginUrl: notebooks.url,
    roleArns,
    ...(kubeconfig && { kubeconfig }),
    ...(trainingJobs && { trainingJobs }),
    ...(serving && { modelServer: "url" in serving ? serving.url : serving.endpointName }),
  };
}
