import { SHARED_CHECKS, SHARED_SETTINGS, type SharedSettings, type TargetName } from "./shared";
import type { Check, ConfigSource, LoadedSettings } from "./contract";
import { EKS_CHECKS, EKS_SETTINGS, type EksSettings } from "./targets/eks";
import { EC2_CHECKS, EC2_SETTINGS, type Ec2Settings } from "./targets/ec2";
import { load } from "./schema/load";
import type { SettingTree } from "./schema/setting";
import { SAGEMAKER_CHECKS, SAGEMAKER_SETTINGS, type SagemakerSettings } from "./targets/sagemaker";

/** Settings of each target beside the shared ones. */
interface TargetSettings {
  readonly ec2: Ec2Settings;
  readonly eks: EksSettings;
  readonly sagemaker: SagemakerSettings;
}

/** All settings of a stack with one target. */
export type SettingsOf<T extends TargetName> = SharedSettings & TargetSettings[T];

/** All settings of any stack. */
export type Settings = SettingsOf<TargetName>;

/** What a target adds to the shared settings: its own entries and the rules between them. */
interface TargetEntries<T extends TargetName> {
  readonly tree: SettingTree;
  readonly checks: readonly Check<SettingsOf<T>>[];
}

/** The settings of each target; the README's table is made from these. */
export const TARGET_SETTINGS: { readonly [T in TargetName]: TargetEntries<T> } = {
  ec2: { tree: EC2_SETTINGS, checks: EC2_CHECKS },
  eks: { tree: EKS_SETTINGS, checks: EKS_CHECKS },
  sagemaker: { tree: SAGEMAKER_SETTINGS, checks: SAGEMAKER_CHECKS },
};

/**
 * Reads the settings of a stack.
 *
 * @param today `YYYY-MM-DD`: what AWS supports, and at which price, depends on the day.
 * @throws SettingsError with every fault of the stack file at once.
 */
export function loadSettings(
  stack: string,
  source: ConfigSource,
  today: string,
): LoadedSettings<Settings> {
  const shared = { tree: SHARED_SETTINGS, checks: SHARED_CHECKS };
  return load<Settings>({ stack, source, today }, { shared, byTarget: TARGET_SETTINGS });
}

/** The day in UTC, `YYYY-MM-DD`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
