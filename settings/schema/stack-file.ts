import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  fault,
  PROJECT,
  SettingsError,
  type ConfigSource,
  type Fault,
  type Result,
} from "../contract";
import { listed, printable, quoted } from "../foreign-text";
import { parseYaml } from "./engine-yaml";
import { isRecord } from "./setting";
import { readTextFile } from "./text-file";

/** Names beside `config:` whose values are text to the engine. */
const TEXTS = ["secretsprovider", "encryptedkey", "encryptionsalt"];

const FILE = /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/;

/** Names of the stacks that have a file in a folder, in alphabetical order. */
export function stackNames(folder: string): string[] {
  return readdirSync(folder)
    .map((file) => FILE.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/**
 * Reads `Pulumi.<stack>.yaml` without the Pulumi CLI. Keys and values have the form in which the engine
 * passes them to a program: a key without a namespace belongs to the project, text stays as it is, a
 * missing value is empty text, and everything else is JSON.
 *
 * @throws SettingsError when there is no such file, with the names of those that exist, when it is not
 *   a valid YAML file, and when it sets a key twice.
 */
export function readStackFile(folder: string, stack: string): ConfigSource {
  const name = `Pulumi.${printable(stack)}.yaml`;
  if (!stackNames(folder).includes(stack)) {
    const known = listed(stackNames(folder)) || "none";
    throw new SettingsError(`there is no ${name}; stacks with a file: ${known}`);
  }
  const config = contentOf(folder, stack);
  if ("problem" in config) {
    throw new SettingsError(`${name} ${config.problem}`);
  }
  const problem = keyProblem(config.ok);
  if (problem !== undefined) {
    throw new SettingsError(`${name} ${problem}`);
  }
  return Object.fromEntries(
    Object.entries(config.ok).map(([key, value]) => [fullKey(key) ?? key, asEngine(value)]),
  );
}

/**
 * Refuses a stack file that sets a key twice, before a deployment: of two forms, `nodes.count` and
 * `ml-platform:nodes.count`, the engine passes on either, at random, and a program cannot see that there were two.
 *
 * @throws SettingsError with both forms. A file that is absent or cannot be read is the engine's affair.
 */
export function refuseRepeatedKeys(folder: string, stack: string): void {
  const config = contentOf(folder, stack);
  const problem = "ok" in config ? keyProblem(config.ok) : undefined;
  if (problem !== undefined) {
    throw new SettingsError(`Pulumi.${stack}.yaml ${problem}`);
  }
}

/**
 * Warns of `environment:`, with which Pulumi Cloud adds settings that the file does not have. With another backend the
 * engine refuses the file.
 */
export function environmentWarnings(folder: string, stack: string): readonly Fault[] {
  const file = fileOf(folder, stack);
  const environment = "ok" in file ? (file.ok["environment"] ?? []) : [];
  const isNone = Array.isArray(environment) && environment.length === 0;
  return fault.when(
    !isNone,
    `Pulumi.${stack}.yaml has an "environment": settings that it adds are not known here, and only Pulumi Cloud reads it`,
    `delete it, and write its settings below "config:"`,
  );
}

/** Everything below `config:`, or a problem that reads after the name of the file. */
function contentOf(folder: string, stack: string): Result<Readonly<Record<string, unknown>>> {
  const file = fileOf(folder, stack);
  if ("problem" in file) {
    return file;
  }
  const odd = TEXTS.find((name) => typeof file.ok[name] === "object" && file.ok[name] !== null);
  if (odd !== undefined) {
    return { problem: `has no text in "${odd}"; pulumi stack change-secrets-provider writes it` };
  }
  const config = file.ok["config"];
  return isRecord(config) ? { ok: config } : { problem: 'has no "config:" with settings below it' };
}

/** The file as a whole: nothing where it has no names. */
function fileOf(folder: string, stack: string): Result<Readonly<Record<string, unknown>>> {
  const read = readTextFile(join(folder, `Pulumi.${stack}.yaml`));
  const parsed = "ok" in read ? parseYaml(read.ok) : read;
  return "problem" in parsed ? parsed : { ok: isRecord(parsed.ok) ? parsed.ok : {} };
}

/** Explains a key that the engine cannot read, and one that is set twice. */
function keyProblem(config: Readonly<Record<string, unknown>>): string | undefined {
  const written = new Map<string, string>();
  for (const key of Object.keys(config)) {
    const full = fullKey(key);
    if (full === undefined) {
      return `has the key ${quoted(key)}, which Pulumi cannot read; write NAMESPACE:NAME`;
    }
    const other = written.get(full);
    if (other !== undefined) {
      return `sets the same key twice, as ${quoted(other)} and as ${quoted(key)}; delete one of them`;
    }
    written.set(full, key);
  }
  return undefined;
}

/** The key as the engine passes it on; undefined for one that it cannot read. Old versions wrote `a:config:b`. */
function fullKey(key: string): string | undefined {
  const parts = key.split(":");
  switch (parts.length) {
    case 1:
      return `${PROJECT}:${key}`;
    case 2:
      return key;
    default:
      return parts.length === 3 && parts[1] === "config"
        ? `${parts[0] ?? ""}:${parts[2] ?? ""}`
        : undefined;
  }
}

function asEngine(value: unknown): string | undefined {
  if (typeof value === "string" || value === null) {
    return value ?? "";
  }
  // Beyond what a number holds, where only the text is exact. Inside of lists every program reads a number.
  return isEncrypted(value)
    ? undefined
    : typeof value === "bigint"
      ? String(value)
      : JSON.stringify(value, (_, inner: unknown) =>
          typeof inner === "bigint" ? Number(inner) : inner,
        );
}

/** Tells whether a value, or a part of it, is encrypted. */
function isEncrypted(value: unknown): boolean {
  return (
    (isRecord(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string") ||
    (typeof value === "object" && value !== null && Object.values(value).some(isEncrypted))
  );
}
