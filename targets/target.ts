import type { CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../settings/schema/aws-access";
import type { DataBucket } from "../components/data-bucket";
import type { Database } from "../components/database";
import type { Network } from "../components/network";
import type { UserPool } from "../components/user-pool";
import type { SettingsOf } from "../settings";
import type { TargetName } from "../settings/shared";

/** Services that every target uses. `platform.ts` declares them once, from `components/`. */
export interface SharedServices {
  readonly network: Network;
  readonly bucket: DataBucket;
  readonly database: Database;
  readonly userPool: UserPool;
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Output<string>;
  /** Provider for look-ups, which works in the first preview already; see `awsProviders`. */
  readonly lookups: aws.Provider;
  /** Access to the account for what `actions/` do there. */
  readonly access: pulumi.Output<AwsAccess>;
  /** Name of the Pulumi stack. */
  readonly stack: string;
  /** Random id of the stack, 8 hexadecimal digits; part of every name that must be unique. */
  readonly stackId: pulumi.Output<string>;
  /** The provider's default tags, for what AWS makes without them, such as root disks. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A service that people use. What it costs is in its resources, and what its pods request beside the version
 * of its chart, so neither can differ from what is deployed.
 */
export interface MlService {
  /**
   * Address at which people log in, `https://…`; `http://localhost:8000` where there is no front door. It must not
   * depend on the user pool, whose invitations contain it.
   */
  readonly url: pulumi.Output<string>;
}

/** Services that every target offers, each with the means of its platform. */
export interface MlServices {
  readonly notebooks: MlService;
  /** @default nothing is served */
  readonly serving?: ModelServing | undefined;
}

/** A model server: its URL inside a cluster, or the name of an endpoint of SageMaker, which everybody with a role may call. */
export type ModelServing =
  { readonly url: string } | { readonly endpointName: pulumi.Output<string> };

/** Request of SageMaker for a training job, except its name. */
export type TrainingJobTemplate = Omit<CreateTrainingJobCommandInput, "TrainingJobName">;

/** Outputs of every target; `platform.ts` turns them into stack outputs. */
export interface TargetOutputs {
  readonly services: MlServices;
  /** Access to the cluster as its administrator, a secret where it holds a key; absent where there is no cluster. */
  readonly kubeconfig?: pulumi.Output<string>;
  /**
   * Training jobs that each person may start, by name: requests of SageMaker without the name of a job. A cluster has
   * templates of Jobs instead. @default the target has no such jobs, or its settings allow none
   */
  readonly trainingJobs?: Readonly<Record<string, pulumi.Output<TrainingJobTemplate>>> | undefined;
  /** ARN of each person's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * The program of one platform: a folder below `targets/` and a line in `targets/index.ts`. Its profile in
 * `settings/targets/` has everything else.
 */
export interface Target<T extends TargetName> {
  /**
   * Declares the target's resources, each logical name beginning with `name`.
   *
   * @param opts carries the AWS provider, which every resource of the target has to inherit.
   */
  deploy(
    name: string,
    settings: SettingsOf<T>,
    shared: SharedServices,
    opts: pulumi.ComponentResourceOptions,
  ): TargetOutputs;
}
