import { accessFrom, type AwsAccess } from "../settings/schema/aws-access";
import { awsConfig, awsFaults } from "../settings/schema/aws-config";
import { faultsMessage } from "../settings/schema/message";
import { SettingsError } from "../settings/contract";
import { readStackFile, stackNames } from "../settings/schema/stack-file";
import { storedStacks } from "./pulumi-state";
import { billsOf, cacheFolder } from "../cost/live/bill-cache";
import { askCostExplorer } from "../cost/live/cost-explorer";
import { runStore } from "../cost/live/run-store";
import { isRecord } from "../settings/schema/setting";
import type { LiveContext } from "../cost/live/live-report";

/**
 * The context of a real run: the clock, the Pulumi CLI, AWS and a cache for its answers.
 *
 * @param folder folder of `Pulumi.yaml`.
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
    runs: ({ stack, deployment: { region = "", outputs } }) => {
      const { bucket, roleArns } = outputs;
      const people = Object.keys(isRecord(roleArns) ? roleArns : {});
      return runStore({ ...accessOf(folder, stack), region }, String(bucket)).newest(people);
    },
    billed: (stacks) => billsOf(stacks, { now, cache: cacheFolder(), ask: askCostExplorer }),
  };
}

/**
 * The access settings of a stack's AWS provider. A setting that its file does not have is left to the
 * environment, as the provider does it. Encrypted keys are not read.
 *
 * @param folder folder of the stack files.
 * @returns nothing for a stack without a file.
 * @throws SettingsError when one of them cannot be read: without it another account could be asked.
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
