import { CLUSTER_CHECKS, SHARED_CHECKS, type Check } from "./checks";
import { CLUSTER_SETTINGS, type ClusterSettings } from "./cluster";
import { load, type ConfigSource, type LoadedSettings } from "./load";
import type { SettingTree } from "./setting";
import { SHARED_SETTINGS, type SharedSettings, type TargetName } from "./shared";

/** Settings of each target beside the shared ones. */
interface TargetSettings {
  readonly ec2: ClusterSettings;
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
  ec2: { tree: CLUSTER_SETTINGS, checks: CLUSTER_CHECKS },
};

/**
 * Reads the settings of a stack.
 *
 * @throws SettingsError with every fault of the stack file at once.
 */
export function loadSettings(stack: string, source: ConfigSource): LoadedSettings<Settings> {
  return load<Settings>(stack, source, {
    shared: { tree: SHARED_SETTINGS, checks: SHARED_CHECKS },
    byTarget: TARGET_SETTINGS,
  });
}
