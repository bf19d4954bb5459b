import { isNameOfTarget, targetName } from "../settings/names";
import { TARGET_NAMES } from "../settings/shared";
import type { DeclaredResource } from "./rule";

/** Owner of a resource: all targets, or the target of the stack. */
export type Scope = "shared" | "target";

/** Finds the scope by the logical name: all names of a target begin with the name of the target. */
export function scopeOf({ name }: Pick<DeclaredResource, "name">): Scope {
  const isComponent = TARGET_NAMES.some((target) => name === targetName(target));
  return isComponent || isNameOfTarget(name) ? "target" : "shared";
}
