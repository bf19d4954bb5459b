import assert from "node:assert/strict";
import { loadSettings, type Settings } from "../../settings";
import { SettingsError } from "../../settings/contract";
import { config, type Overrides } from "./declared";
import { TODAY } from "./resources";

export type { Overrides };

/** The settings of a stack "test". */
export function settings(overrides: Overrides = {}): Settings {
  return loadSettings("test", config(overrides), TODAY).settings;
}

/** Warnings for such a stack. */
export function warnings(overrides: Overrides): string[] {
  return loadSettings("test", config(overrides), TODAY).warnings.map(({ problem }) => problem);
}

/** Message of the error for these settings. */
export function fault(overrides: Overrides): string {
  try {
    settings(overrides);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message;
  }
  return assert.fail(`accepted ${JSON.stringify(overrides)}`);
}
