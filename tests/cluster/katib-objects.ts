import assert from "node:assert/strict";
import { recordedPlatform } from "../support/declared";
import { inTheClear } from "../support/notebooks";

/** An object of Katib in a stack, by its logical name and what it depends on. */
export interface Declared {
  readonly id: string;
  readonly needs: readonly string[];
  readonly content: Content;
}

/** An object as the API server takes it. */
export interface Content {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Objects of Katib in a stack, as the provider gets them. */
export async function declaredKatib(): Promise<readonly Declared[]> {
  const { resources, registrations } = await recordedPlatform({
    target: "eks",
    "tuning.katib": "true",
  });
  const own = resources.filter(
    ({ name, type }) => name.startsWith("eks-katib") && type.startsWith("kubernetes:"),
  );
  const idOf = (type: string, name: string): string => `${type} ${name}`;
  return own.map(({ name, type, inputs }) => {
    const registered = registrations.find((one) => one.name === name && one.type === type);
    const content = JSON.stringify(inTheClear(inputs)).replaceAll(
      "x_kubernetes_preserve_unknown_fields",
      "x-kubernetes-preserve-unknown-fields",
    );
    return {
      id: idOf(type, name),
      needs: own
        .filter((other) => other.name !== name && registered?.dependencies.includes(other.name))
        .map((other) => idOf(other.type, other.name)),
      content: JSON.parse(content) as Content,
    };
  });
}

/** A webhook that the API server calls on this machine in place of the Service. */
export function toHere(content: Content, ca: string): Content {
  const { webhooks } = content as Content & {
    readonly webhooks?: readonly { readonly clientConfig: { service: { path: string } } }[];
  };
  return webhooks === undefined
    ? content
    : ({
        ...content,
        webhooks: webhooks.map((one) => ({
          ...one,
          clientConfig: {
            url: `https://127.0.0.1:8443${one.clientConfig.service.path}`,
            caBundle: Buffer.from(ca).toString("base64"),
          },
        })),
      } as Content);
}

/** Objects in the order of their dependencies, those that can be created at the same time together. */
export function waves(all: readonly Declared[]): Declared[][] {
  const left = new Set(all);
  const found: Declared[][] = [];
  while (left.size > 0) {
    const ids = new Set([...left].map(({ id }) => id));
    const next = [...left].filter(({ needs }) => !needs.some((one) => ids.has(one)));
    assert.notEqual(
      next.length,
      0,
      `a circle: ${JSON.stringify([...left].map(({ id, needs }) => [id, needs]))}`,
    );
    next.forEach((one) => left.delete(one));
    found.push(next);
  }
  return found;
}
