import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../settings/schema/aws-access";
import { awsConfig } from "../settings/schema/aws-config";
import type { ConfigSource } from "../settings/contract";

/** Settings that are secrets, also where the stack file has them in clear. */
const SECRETS = new Set(["accessKey", "secretKey", "token"]);

export interface AwsProviders {
  /** Makes everything; its default tags reach everything that takes tags. */
  readonly resources: aws.Provider;
  /**
   * Asks AWS. In a stack's first preview the default tags hold the stack id, which is not known yet,
   * and a provider with unknown settings answers every look-up with nothing.
   */
  readonly lookups: aws.Provider;
  /** The same access for what speaks to AWS by itself, `actions/`. Its keys are secrets. */
  readonly access: pulumi.Output<AwsAccess>;
}

/** Settings of the provider that `AwsAccess` has too. */
const ACCESS = new Set([
  "region",
  "profile",
  "accessKey",
  "secretKey",
  "token",
  "assumeRoles",
  "endpoints",
]);

/**
 * The AWS providers of a stack. An explicit provider reads none of the stack's `aws:*` settings by
 * itself and would deploy with whatever credentials it finds, so all of them are handed on.
 *
 * @param config the stack's configuration by full key.
 * @param tags default tags; they win over `aws:defaultTags`.
 */
export function awsProviders(
  config: ConfigSource,
  tags: Readonly<Record<string, pulumi.Input<string>>>,
): AwsProviders {
  const values = awsConfig(config);
  const args = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, guarded(name, value)]),
  );
  const own = values["defaultTags"] as { readonly tags?: Record<string, string> } | undefined;
  return {
    resources: new aws.Provider("aws", {
      ...args,
      defaultTags: guarded("defaultTags", { tags: { ...own?.tags, ...tags } }),
    }),
    lookups: new aws.Provider("aws-lookups", args),
    access: pulumi.output(accessOf(args)),
  };
}

/** A setting as the stack has it: a secret where it is one, or has a part that is. */
function guarded<T>(name: string, value: T): pulumi.Input<T> {
  // Read as text, a secret setting is text like any other; Pulumi's types leave this question out.
  const { isConfigSecret } = pulumi.runtime as unknown as {
    readonly isConfigSecret: (key: string) => boolean;
  };
  return SECRETS.has(name) || isConfigSecret(`aws:${name}`)
    ? (pulumi.secret(value) as pulumi.Output<T>)
    : value;
}

function accessOf(args: Readonly<Record<string, unknown>>): pulumi.Input<AwsAccess> {
  const own = Object.entries(args).filter(([name]) => ACCESS.has(name));
  return Object.fromEntries(own) as unknown as AwsAccess;
}
