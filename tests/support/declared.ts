import assert from "node:assert/strict";
import { record } from "../../cost/resources/record";
import type { DeclaredResource } from "../../cost/rule";
import { declarePlatform } from "../../platform";
import { loadSettings } from "../../settings";
import { PROJECT, type ConfigSource } from "../../settings/contract";
import { awsOutputs } from "./outputs";
import { TODAY } from "./resources";
import { watchRegistrations, type Registration } from "./watched-registrations";

/** Settings by path or full key, beside the least that a stack needs. `undefined` removes one. */
export type Overrides = Readonly<Record<string, string | undefined>>;

/** Region and stack of tests for which neither matters. */
export const REGION = "eu-west-3";
export const STACK = "test";

/** Tags that name such a stack as the owner of a resource. */
export const TAGS = {
  Project: "ml-platform",
  Stack: STACK,
  StackId: "0a1b2c3d",
  Target: "ec2",
  Owner: "ml-team",
  Lifecycle: "experiment",
};

/** Configuration with only the required settings and `overrides`. */
export function config(overrides: Overrides = {}): ConfigSource {
  const required: Readonly<Record<string, string | undefined>> = {
    "aws:region": REGION,
    target: "ec2",
    owner: "ml-team",
    allowedCidrs: "81.2.69.160/27",
    users: JSON.stringify([
      { name: "ada", email: "ada@your-company.com", group: "ml-admins" },
      { name: "grace", email: "grace@your-company.com", group: "ml-users" },
    ]),
  };
  return Object.fromEntries(
    Object.entries({ ...required, ...overrides })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key.includes(":") ? key : `${PROJECT}:${key}`, value]),
  );
}

/** Recordings of this process by settings and mode, since one takes half a second of CPU and many tests read the same. */
const RECORDINGS = new Map<string, Promise<Recording>>();

/** Run of the program with certain settings. All tests get the same frozen objects. */
interface Recording {
  readonly resources: readonly DeclaredResource[];
  readonly registrations: readonly Registration[];
}

/**
 * Platform with these settings, recorded once for each settings and mode. The result is frozen: sort or edit
 * a copy.
 */
export function recordedPlatform(overrides: Overrides = {}, preview = false): Promise<Recording> {
  const source = config(overrides);
  const key = JSON.stringify([preview, Object.entries(source).sort()]);
  const made = RECORDINGS.get(key) ?? recordPlatform(source, preview);
  RECORDINGS.set(key, made);
  return made;
}

async function recordPlatform(source: ConfigSource, preview: boolean): Promise<Recording> {
  const { settings } = loadSettings(STACK, source, TODAY);
  const registrations: Registration[] = [];
  const resources = await declared(() => {
    watchRegistrations((one) => registrations.push(one));
    return declarePlatform(settings, source);
  }, preview);
  return frozen({ resources, registrations });
}

/**
 * Freezes a value and its content, so that a test fails if it changes what others read. Promises stay as they are: where
 * something follows asynchronous calls, Node notes an id on each promise that is awaited.
 */
function frozen<T>(value: T): T {
  const isObject = typeof value === "object" && value !== null && !(value instanceof Promise);
  if (isObject && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** All resources that the platform declares with these settings, with outputs like AWS's. */
export async function declaredPlatform(
  overrides: Overrides = {},
  preview = false,
): Promise<readonly DeclaredResource[]> {
  return (await recordedPlatform(overrides, preview)).resources;
}

/** All resources that `declare` declares, recorded for this call only. */
export function declared(declare: () => unknown, preview = false): Promise<DeclaredResource[]> {
  return record(declare, { stack: STACK, region: REGION, preview, outputs: awsOutputs });
}

/** The resources of a type. `type` is the last part of the token, `ec2/instance:Instance`. */
export function ofType(resources: readonly DeclaredResource[], type: string): DeclaredResource[] {
  return resources.filter((resource) => resource.type.endsWith(`:${type}`));
}

/** Inputs of the only resource of a type, or of the only one with this name. Fails for none or several. */
export function inputsOf(
  resources: readonly DeclaredResource[],
  type: string,
  name?: string,
): Readonly<Record<string, unknown>> {
  const found = ofType(resources, type).filter((one) => name === undefined || one.name === name);
  assert.equal(found.length, 1, `expected one ${type} ${name ?? ""}, found ${found.length}`);
  return found[0]!.inputs;
}
