import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { NodeRole } from "./parameters";

/** Maximum size of user data in bytes, before base64.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
export const USER_DATA_LIMIT = 16_384;

/** Scripts of `bootstrap/` that are joined to the script of each role, in this order. */
const SCRIPTS: Readonly<Record<NodeRole, readonly string[]>> = {
  "control-plane": ["common", "etcd", "control-plane"],
  worker: ["common", "worker"],
};

/** Environment variables of the scripts; `bootstrap/` documents each. */
export type Variables = Readonly<Record<string, string>>;

/**
 * User data of a worker, in base64: the script that it runs at its first boot. It is not compressed, since another
 * version of zlib could give other bytes, and these would replace the machine.
 *
 * @throws Error when the result is too large for EC2 or contains text that looks like a secret: everybody
 *   who may describe an instance can read its user data.
 */
export function workerUserData(variables: Variables): string {
  const script = Buffer.from(bootstrapScript("worker", variables));
  refuseLarge("worker", script.length);
  return script.toString("base64");
}

/**
 * User data of the control plane, as gzip in base64, since it would be too large otherwise.
 *
 * @throws Error as `workerUserData`.
 */
export function controlPlaneUserData(variables: Variables): string {
  const packed = gzipSync(bootstrapScript("control-plane", variables), { level: 9 });
  refuseLarge("control-plane", packed.length);
  return packed.toString("base64");
}

function refuseLarge(role: NodeRole, bytes: number): void {
  if (bytes > USER_DATA_LIMIT) {
    throw new Error(
      `user data of the ${role} must be ${USER_DATA_LIMIT} bytes or less; got ${bytes}`,
    );
  }
}

/**
 * The script of a role, without comments: variables, common part, part of the role.
 *
 * @throws Error when it contains text that looks like a secret.
 */
export function bootstrapScript(role: NodeRole, variables: Variables): string {
  const exported = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${quote(value)}`,
  );
  const scripts = SCRIPTS[role].map((name) =>
    readFileSync(join(__dirname, "bootstrap", `${name}.sh`), "utf8"),
  );
  const text = ["#!/bin/bash", ...exported, ...scripts.map(withoutComments), ""].join("\n");
  if (looksSecret(text)) {
    throw new Error(
      `user data of the ${role} must contain no secret; it has a key or a join token`,
    );
  }
  return text;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Removes blank lines and comment lines, except the "#!" lines of embedded scripts. */
function withoutComments(script: string): string {
  return script
    .split("\n")
    .filter((line) => !/^\s*(#(?!!)|$)/.test(line))
    .join("\n");
}

/** Tells whether a text contains a private key in PEM or a bootstrap token of Kubernetes. */
function looksSecret(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b[a-z0-9]{6}\.[a-z0-9]{16}\b/.test(text);
}
