import type { ConfigSource, LoadedSettings } from "./contract";
import { defined } from "./defined";
import { LIFECYCLE_FLAGS, type LifecycleFlags } from "./lifecycle";
import { load } from "./schema/load";
import { SHARED_CHECKS, SHARED_SETTINGS, type TargetName } from "./shared";
import { profileOf, TARGET_PROFILES, type RawSettingsOf, type ReadySettingsOf } from "./targets";

/** All settings of a stack with one target. */
export type SettingsOf<T extends TargetName> = ReadySettingsOf<T> & {
  /** The switches that `lifecycle` stands for. */
  readonly retention: LifecycleFlags;
};

/** All settings of any stack. */
export type Settings = SettingsOf<TargetName>;

/**
 * Reads the settings of a stack.
 *
 * @param today `YYYY-MM-DD`: what AWS supports, and at which price, depends on the day.
 * @param isEncrypted true for a key that the stack file has encrypted, where the source has its value.
 * @throws SettingsError with every fault of the stack file at once.
 */
export function loadSettings(
  stack: string,
  source: ConfigSource,
  today: string,
  isEncrypted?: (key: string) => boolean,
): LoadedSettings<Settings> {
  const shared = { settings: SHARED_SETTINGS, checks: SHARED_CHECKS };
  const { settings, warnings } = load<RawSettingsOf<TargetName>>(
    { stack, source, today, ...defined({ isEncrypted }) },
    { shared, byTarget: TARGET_PROFILES },
  );
  const retention = LIFECYCLE_FLAGS[settings.lifecycle];
  return { settings: { ...readySettings(settings), retention }, warnings };
}

function readySettings<T extends TargetName>(
  raw: RawSettingsOf<T> & { readonly target: T },
): ReadySettingsOf<T> {
  return profileOf(raw.target).ready(raw);
}

/** The day in UTC, `YYYY-MM-DD`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
