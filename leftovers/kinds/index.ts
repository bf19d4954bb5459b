import { COMPUTE } from "./compute";
import { DATA } from "./data";
import { EDGE } from "./edge";
import { IDENTITY } from "./identity";
import type { Kind } from "./kind";
import { LOAD_BALANCING } from "./load-balancing";
import { NETWORK } from "./network";
import { SAGEMAKER } from "./sagemaker";

/**
 * Every kind that the audit knows, by service and type as ARNs have them. A kind without an entry is found by its
 * tags all the same; the audit then has neither a price nor a command for it.
 */
export const KINDS: Readonly<Record<string, Kind>> = {
  ...COMPUTE,
  ...NETWORK,
  ...LOAD_BALANCING,
  ...DATA,
  ...IDENTITY,
  ...EDGE,
  ...SAGEMAKER,
};

/**
 * Kinds in an order in which they can be removed: each after the kinds of its `after`, and else as they are listed.
 *
 * @throws Error that names a kind which would have to be removed before itself, or one without an entry.
 */
export function removalOrder(kinds: Readonly<Record<string, Pick<Kind, "after">>>): string[] {
  const order = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw new Error(`removed before itself: ${[...path, name].join(" after ")}`);
    }
    const kind = kinds[name];
    if (kind === undefined) {
      throw new Error(`${path.join(" after ")} after ${name}, which is no kind`);
    }
    for (const before of order.has(name) ? [] : (kind.after ?? [])) {
      visit(before, [...path, name]);
    }
    order.add(name);
  };
  for (const name of Object.keys(kinds)) {
    visit(name, []);
  }
  return [...order];
}
