import { isRecord } from "../../settings/schema/setting";
import { CostError } from "../cost-error";
import type { DeclaredResource } from "../rule";

/**
 * Reads an input that a price depends on, by its path (`rootBlockDevice.volumeSize`).
 *
 * @param is type that the value must have: `isText`, `isNumber`, `isFlag` or `isList`.
 * @param fallback what AWS takes when the input is absent. @default the input is required
 * @throws CostError naming resource and property when the value is unknown, absent or of another
 *   type: priced as nothing it would read as free.
 */
export function readInput<T>(
  resource: DeclaredResource,
  property: string,
  is: (value: unknown) => value is T,
  fallback?: T,
): T {
  const value = find(resource, property) ?? fallback;
  if (value === undefined) {
    throw refusal(resource, `${property} is not declared`, `declare it`);
  }
  if (!is(value)) {
    throw refusal(resource, `${property} is ${JSON.stringify(value)}`, "give it a plain value");
  }
  return value;
}

/** Tells the marker that a recorder leaves in place of a value known only after deployment. */
export function isUnknown(value: unknown): boolean {
  return isRecord(value) && value["__pulumiUnknown"] === true;
}

/** A type that `known` can ask for. */
export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** A type that `known` can ask for: a finite number from 0. */
export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** A type that `known` can ask for. */
export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** A type that `known` can ask for; the elements may be unknown. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** What was found, by resource and path: a scenario sweep asks for the same inputs at each point. */
const FOUND = new WeakMap<DeclaredResource, Map<string, unknown>>();

function find(resource: DeclaredResource, property: string): unknown {
  let found = FOUND.get(resource);
  if (found === undefined) {
    found = new Map();
    FOUND.set(resource, found);
  }
  if (!found.has(property)) {
    found.set(property, walk(resource, property));
  }
  return found.get(property);
}

function walk(resource: DeclaredResource, property: string): unknown {
  let value: unknown = resource.inputs;
  for (const step of property.split(".")) {
    value = isRecord(value) || isList(value) ? Reflect.get(value, step) : undefined;
    if (isUnknown(value)) {
      throw refusal(
        resource,
        `${property} is known only after deployment`,
        "give it a plain value",
      );
    }
  }
  return value ?? undefined;
}

function refusal({ type, name }: DeclaredResource, fault: string, remedy: string): CostError {
  return new CostError(`${type} "${name}" cannot be priced: ${fault}; ${remedy}`);
}
