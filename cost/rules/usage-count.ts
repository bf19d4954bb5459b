import type { LineItem } from "../rule";
import type { Usage, UsageName } from "../scenarios/usage";

/** A quantity that depends on several usages. If one is unknown, the quantity is undefined, with its name. */
export function counted(
  usage: Usage,
  names: readonly [UsageName, ...UsageName[]],
  quantity: (...values: number[]) => number,
): Pick<LineItem, "usage" | "quantity"> {
  const unknown = names.find((name) => usage[name] === undefined);
  return {
    usage: unknown ?? names[0],
    quantity:
      unknown === undefined ? quantity(...names.map((name) => usage[name] ?? NaN)) : undefined,
  };
}
