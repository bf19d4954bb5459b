import { accessFrom, type AwsAccess } from "../settings/schema/aws-access";
import { awsConfig, awsFaults } from "../settings/schema/aws-config";
import { faultsMessage } from "../settings/schema/message";
import { SettingsError } from "../settings/contract";
import { readStackFile, stackNames } from "../settings/schema/stack-file";
import { storedStacks } from "./pulumi-state";
import { billedFor, cacheFolder } from "../cost/live/bill-cache";
import { askCostExplorer } from "../cost/live/cost-explorer";
import type { LiveContext } from "../cost/live/live-report";

/**
 * The context of a real run: the Pulumi CLI, AWS and a folder for cached answers.
 *
 * @param folder where `Pulumi.yaml` lies.
 */
export function liveContext(folder: string): LiveContext {
  const now = new Date();
  return {
    now,
    stored: (only) => storedStacks(folder, { only, all: true }),
    // Cost Explorer answers for all regions: two stacks of one account are one question.
    access: (stack) =>
      Object.fromEntries(
        Object.entries(accessOf(folder, stack)).filter(([name]) => name !== "region"),
      ),
    billed: (stacks) => billedFor(stacks, { now, cache: cacheFolder(), ask: askCostExplorer }),
  };
}

/**
 * Settings of access as the stack's own provider has them; the environment decides those that its file leaves
 * out. Keys that are encrypted in it are not read.
 *
 * @param folder where `Pulumi.yaml` lies.
 * @returns nothing for a stack without a file.
 * @throws SettingsError when a setting cannot be read: another account may be meant.
 */
export function accessOf(folder: string, stack: string): Partial<AwsAccess> {
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
  return accessFrom(awsConfig(source)) as Partial<AwsAccess>;
}
