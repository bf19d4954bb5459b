import type { AwsAccess } from "../settings/schema/aws-access";
import { awsConfig, awsFaults } from "../settings/schema/aws-config";
import { faultsMessage } from "../settings/schema/message";
import { SettingsError } from "../settings/contract";
import { readStackFile, stackNames } from "../settings/schema/stack-file";
import { storedStacks } from "./pulumi-state";
import { billedFor, cacheFolder } from "../cost/live/bill-cache";
import { askCostExplorer } from "../cost/live/cost-explorer";
import type { LiveContext } from "../cost/live/live-report";

/** Ways into an account that a stack file can name; keys in it that are encrypted are not read. */
export const WAYS_IN = [
  "profile",
  "accessKey",
  "secretKey",
  "token",
  "assumeRoles",
  "endpoints",
] as const satisfies readonly (keyof AwsAccess)[];

/**
 * The world as it is: the Pulumi CLI, AWS and a folder for answers that are kept.
 *
 * @param folder where `Pulumi.yaml` lies.
 */
export function liveContext(folder: string): LiveContext {
  const now = new Date();
  return {
    now,
    stored: (only) => storedStacks(folder, { only, all: true }),
    access: (stack) => accessOf(folder, stack, WAYS_IN),
    billed: (stacks) => billedFor(stacks, { now, cache: cacheFolder(), ask: askCostExplorer }),
  };
}

/**
 * Settings of access as the stack's own provider has them; what its file leaves open is the environment's.
 *
 * @throws SettingsError when one cannot be read: another account may be meant.
 */
export function accessOf(
  folder: string,
  stack: string,
  names: readonly (keyof AwsAccess)[],
): Partial<AwsAccess> {
  if (!stackNames(folder).includes(stack)) {
    return {};
  }
  const source = readStackFile(folder, stack);
  const faults = awsFaults(source);
  if (faults.length > 0) {
    throw new SettingsError(
      faultsMessage(`access to AWS of stack "${stack}" is not clear`, stack, faults),
    );
  }
  const config = awsConfig(source);
  return Object.fromEntries(
    names.filter((name) => config[name] !== undefined).map((name) => [name, config[name]]),
  );
}
