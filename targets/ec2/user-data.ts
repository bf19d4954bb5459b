import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { NodeRole } from "./parameters";

/** Most that EC2 takes, in bytes, before base64.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
export const USER_DATA_LIMIT = 16_384;

/** Scripts of `bootstrap/` that make up the program of each role, in this order. */
const SCRIPTS: Readonly<Record<NodeRole, readonly string[]>> = {
  "control-plane": ["common", "etcd", "control-plane"],
  worker: ["common", "worker"],
};

/** Values that the scripts read, by environment variable; `bootstrap/` says what each means. */
export type Variables = Readonly<Record<string, string>>;

/**
 * What a worker runs at its first boot, as EC2 takes it. Not compressed: another zlib would compress
 * to other bytes, and other bytes replace the machine.
 *
 * @throws Error when the result is too large for EC2, or holds something that looks like a secret:
 *   everybody who may describe an instance can read its user data.
 */
export function workerUserData(variables: Variables): string {
  const text = bootstrapScript("worker", variables);
  refuseLarge("worker", Buffer.byteLength(text));
  return text;
}

/**
 * What the control plane runs at its first boot: gzip in base64, since it is too large otherwise.
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
 * The script itself: the variables, what both roles share, what the role does; no comments.
 *
 * @throws Error when something in it looks like a secret.
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
    throw new Error(`user data of the ${role} must hold no secret; it has a key or a join token`);
  }
  return text;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Drops lines that are blank or only a comment; "#!" lines of embedded scripts stay. */
function withoutComments(script: string): string {
  return script
    .split("\n")
    .filter((line) => !/^\s*(#(?!!)|$)/.test(line))
    .join("\n");
}

/** A private key in PEM, or a bootstrap token of Kubernetes. */
function looksSecret(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b[a-z0-9]{6}\.[a-z0-9]{16}\b/.test(text);
}
