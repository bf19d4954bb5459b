import type { ReviewSettingsInputs } from "../actions/review-settings";
import { guardedPaths } from "../settings/changes";
import type { Settings } from "../settings";
import { flatten } from "../settings/schema/setting";
import { SHARED_SETTINGS } from "../settings/shared";
import { profileOf } from "../settings/targets";
import { ActionResource } from "./action-resource";

/**
 * Remembers in the state the settings of which changes may be refused, and refuses them in the preview of an `up`.
 * Everything else has to depend on it, so that nothing is changed before.
 */
export function settingsGuard(
  stack: string,
  settings: Settings,
): ActionResource<ReviewSettingsInputs> {
  const { target } = settings;
  const tree = { ...profileOf(target).settings };
  const paths = [...flatten(SHARED_SETTINGS), ...flatten(tree)].map(({ path }) => path);
  const values = guardedPaths(paths, target).map((path) => [path, String(at(settings, path))]);
  return new ActionResource<ReviewSettingsInputs>(
    "ReviewSettings",
    "settings",
    {
      stack,
      settings: { ...Object.fromEntries(values), target } as ReviewSettingsInputs["settings"],
    },
    {},
  );
}

function at(settings: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((group, name) => (group as Record<string, unknown>)[name], settings);
}
