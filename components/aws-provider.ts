import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accessFrom, isSecretAccess, type AwsAccess } from "../settings/schema/aws-access";
import { awsConfig } from "../settings/schema/aws-config";
import type { ConfigSource } from "../settings/contract";

/** The providers of a stack, and its access to AWS. */
export interface AwsProviders {
  /** Creates every resource; its default tags reach everything that takes tags. */
  readonly resources: aws.Provider;
  /**
   * Answers look-ups. It has no default tags: in a stack's first preview they hold the stack id, which is not
   * known yet, and a provider with unknown settings answers every look-up with nothing.
   */
  readonly lookups: aws.Provider;
  /** The same access for `actions/`, which call AWS without a provider. Its keys are secrets. */
  readonly access: pulumi.Output<AwsAccess>;
}

/**
 * The AWS providers of a stack. An explicit provider reads none of the stack's `aws:*` settings by
 * itself and would deploy with whatever credentials it finds, so all of them are passed to it.
 *
 * @param config the stack's configuration by full key.
 * @param tags default tags; they win over `aws:defaultTags`.
 * @param opts of the provider that creates every resource: what it depends on exists before all of them.
 */
export function awsProviders(
  config: ConfigSource,
  tags: Readonly<Record<string, pulumi.Input<string>>>,
  opts: pulumi.ResourceOptions = {},
): AwsProviders {
  const values = awsConfig(config);
  const args = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, guarded(name, value)]),
  );
  const own = values["defaultTags"] as { readonly tags?: Record<string, string> } | undefined;
  return {
    resources: new aws.Provider(
      "aws",
      { ...args, defaultTags: guarded("defaultTags", { tags: { ...own?.tags, ...tags } }) },
      opts,
    ),
    lookups: new aws.Provider("aws-lookups", args),
    access: pulumi.output(accessFrom(args) as unknown as pulumi.Input<AwsAccess>),
  };
}

/** The value of a setting as a Pulumi secret, if it is a secret or has a part that is one; else as it is. */
function guarded<T>(name: string, value: T): pulumi.Input<T> {
  // The configuration that was read as text no longer shows it; Pulumi's types do not declare this function.
  const { isConfigSecret } = pulumi.runtime as unknown as {
    readonly isConfigSecret: (key: string) => boolean;
  };
  return isSecretAccess(name) || isConfigSecret(`aws:${name}`)
    ? (pulumi.secret(value) as pulumi.Output<T>)
    : value;
}
