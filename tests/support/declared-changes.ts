import { inspect } from "node:util";
import type { DeclaredResource } from "../../cost/rule";
import { recordedPlatform, type Overrides } from "./declared";

/**
 * Logical names of the resources that a change of settings creates, deletes, or gives other inputs, as the program
 * declares them, providers apart. What only AWS's answers change is not among them.
 */
export async function declaredChanges(before: Overrides, after: Overrides): Promise<string[]> {
  const [was, is] = [await inputs(before), await inputs(after)];
  const urns = [...new Set([...was.keys(), ...is.keys()])];
  const changed = urns.filter((urn) => was.get(urn) !== is.get(urn));
  return changed.map((urn) => urn.split("::").at(-1) ?? "").sort();
}

/** Shows the text of an asset, which is a promise. */
function whole(_: string, value: unknown): unknown {
  return value instanceof Promise ? inspect(value, { depth: null, maxStringLength: null }) : value;
}

/** Inputs of recorded resources as text, which many changes are compared with. */
const SHOWN = new WeakMap<readonly DeclaredResource[], ReadonlyMap<string, string>>();

async function inputs(settings: Overrides): Promise<ReadonlyMap<string, string>> {
  const { resources } = await recordedPlatform(settings);
  const others = resources.filter(({ type }) => !type.startsWith("pulumi:"));
  const shown =
    SHOWN.get(resources) ??
    new Map(others.map((one) => [one.urn, JSON.stringify(one.inputs, whole)]));
  SHOWN.set(resources, shown);
  return shown;
}
