import { refusedChanges, type Values } from "../settings/changes";
import { faultsMessage } from "../settings/schema/message";
import type { TargetName } from "../settings/shared";
import { ActionError, type Action } from "./action";

/** Inputs of the action, as the state stores them. */
export interface ReviewSettingsInputs {
  readonly stack: string;
  /** Values by path of those settings of which changes may be refused, `target` among them. */
  readonly settings: Values & { readonly target: TargetName };
}

/** Refuses changes of settings that would replace something with people's data, or that AWS refuses half-way. */
export const action: Action<ReviewSettingsInputs> = {
  review: (before, after) => {
    const faults = refusedChanges(before.settings.target, before.settings, after.settings);
    return faults.length === 0
      ? Promise.resolve()
      : Promise.reject(
          new ActionError(
            faultsMessage(
              `these settings of stack "${after.stack}" cannot change`,
              after.stack,
              faults,
            ),
          ),
        );
  },
};
