import { TARGET_NAMES } from "../settings/shared";
import type { DeclaredResource } from "./rule";

/** Whether a resource belongs to every target or to the one that the stack deploys. */
export type Scope = "shared" | "target";

/** Tells the two apart by logical name: a target begins all of its names with its own. */
export function scopeOf({ name }: Pick<DeclaredResource, "name">): Scope {
  return TARGET_NAMES.some((target) => name === target || name.startsWith(`${target}-`))
    ? "target"
    : "shared";
}
