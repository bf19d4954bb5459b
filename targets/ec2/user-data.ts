import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeRole } from "./parameters";

/** Most that EC2 takes, in bytes, before base64.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
export const USER_DATA_LIMIT = 16_384;

/** Values that the scripts read, by environment variable; `bootstrap/` says what each means. */
export type Variables = Readonly<Record<string, string>>;

/**
 * The script that a machine runs at its first boot: the variables, what both roles share, and what
 * its role does. Comments stay here; EC2 gets the commands only, since it takes 16 KB.
 *
 * @throws Error when the result is too large for EC2, or holds something that looks like a secret:
 *   everybody who may describe an instance can read its user data.
 */
export function userData(role: NodeRole, variables: Variables): string {
  const exported = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${quote(value)}`,
  );
  const scripts = ["common", role].map((name) =>
    readFileSync(join(__dirname, "bootstrap", `${name}.sh`), "utf8"),
  );
  const text = ["#!/usr/bin/env bash", ...exported, ...scripts.map(withoutComments), ""].join("\n");
  const bytes = Buffer.byteLength(text);
  if (bytes > USER_DATA_LIMIT) {
    throw new Error(
      `user data of the ${role} must be ${USER_DATA_LIMIT} bytes or less; got ${bytes}`,
    );
  }
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
