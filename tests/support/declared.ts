import assert from "node:assert/strict";
import { record } from "../../cost/resources/record";
import type { DeclaredResource } from "../../cost/rule";
import { declarePlatform } from "../../platform";
import { loadSettings } from "../../settings";
import { PROJECT, type ConfigSource } from "../../settings/contract";
import { awsOutputs } from "./outputs";
import { TODAY } from "./resources";

/** Region and stack that tests take where neither matters. */
export const REGION = "eu-west-3";
export const STACK = "test";

/** Tags that tell whose a thing of such a stack is. */
export const TAGS = {
  Project: "ml-platform",
  Stack: STACK,
  StackId: "0a1b2c3d",
  Target: "ec2",
  Owner: "ml-team",
  Lifecycle: "experiment",
};

/** A configuration with only what is required; `overrides` by path, `undefined` removes a key. */
export function config(overrides: Readonly<Record<string, string | undefined>> = {}): ConfigSource {
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

/**
 * Everything that the platform declares with these settings, outputs as AWS would give them.
 *
 * @param first runs before the program, when the mocks are in place.
 */
export function declaredPlatform(
  overrides: Readonly<Record<string, string | undefined>> = {},
  preview = false,
  first: () => void = () => undefined,
): Promise<DeclaredResource[]> {
  const source = config(overrides);
  const { settings } = loadSettings(STACK, source, TODAY);
  return declared(() => {
    first();
    return declarePlatform(settings, source);
  }, preview);
}

/** Everything that `declare` declares. */
export function declared(declare: () => unknown, preview = false): Promise<DeclaredResource[]> {
  return record(declare, { stack: STACK, region: REGION, preview, outputs: awsOutputs });
}

/** The resources of a type; `type` is the last part of the token, `ec2/instance:Instance`. */
export function ofType(resources: readonly DeclaredResource[], type: string): DeclaredResource[] {
  return resources.filter((resource) => resource.type.endsWith(`:${type}`));
}

/** Inputs of the one resource of a type, or of the one with this name. Fails unless there is one. */
export function inputsOf(
  resources: readonly DeclaredResource[],
  type: string,
  name?: string,
): Readonly<Record<string, unknown>> {
  const found = ofType(resources, type).filter((one) => name === undefined || one.name === name);
  assert.equal(found.length, 1, `expected one ${type} ${name ?? ""}, found ${found.length}`);
  return found[0]!.inputs;
}
