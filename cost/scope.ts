import { TARGET_NAMES } from "../settings/shared";
import type { DeclaredResource } from "./rule";

/** Whether a resource belongs to every target or to the one that the stack deploys. */
export type Part = "shared" | "target";

/** Tells the two apart by logical name: a target begins all of its names with its own. */
export function partOf({ name }: Pick<DeclaredResource, "name">): Part {
  return TARGET_NAMES.some((target) => name === target || name.startsWith(`${target}-`))
    ? "target"
    : "shared";
}
