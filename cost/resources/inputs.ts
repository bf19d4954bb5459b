import { isRecord } from "../../settings/schema/setting";
import { CostError } from "../cost-error";
import type { DeclaredResource } from "../rule";

/**
 * Reads an input that a price depends on, by its path (`rootBlockDevice.volumeSize`).
 *
 * @param is test for the type of the value: `isString`, `isNumber`, `isBoolean` or `isList`.
 * @param fallback value that AWS uses when the input is absent. @default the input is required
 * @throws CostError with resource and property when the value is unknown, absent or of another type;
 *   otherwise the resource would be reported as free.
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

/** Recognises the marker that the recorder writes for a value that is known only after deployment. */
function isUnknown(value: unknown): boolean {
  return isRecord(value) && value["__pulumiUnknown"] === true;
}

/** Test for `readInput`: text. */
export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** Test for `readInput`: a finite number of 0 or more. */
export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** Test for `readInput`: true or false. */
export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** Test for `readInput`: a list, whose elements may be unknown. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Inputs that were read, by resource and path: a sweep over scenarios reads the same ones at each point. */
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
