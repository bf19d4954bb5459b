import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, type ScalarTag } from "yaml";
import { PROJECT, SettingsError, type ConfigSource } from "../contract";
import { isRecord } from "./setting";

const FILE = /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/;

/** Reads `010` as eight, as the engine does: its YAML has Go's numbers. https://pkg.go.dev/strconv#ParseInt */
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => parseInt(text, 8),
};

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
 * @throws SettingsError when there is no such file, with the names of those that exist, or when it is not
 *   a valid YAML file.
 */
export function readStackFile(folder: string, stack: string): ConfigSource {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    const known = stackNames(folder).join(", ");
    throw new SettingsError(`there is no Pulumi.${stack}.yaml; stacks with a file: ${known}`);
  }
  // Old versions of Pulumi wrote `ml-platform:config:owner`, which means the same.
  const entries = Object.entries(configOf(file, stack)).map(([key, value]): [string, unknown] => [
    key.replace(/^([^:]+):config:/, "$1:"),
    value,
  ]);
  const full = ([key]: [string, unknown]): boolean => key.includes(":");
  // If a key is written in both forms, the engine uses the full one.
  return Object.fromEntries([
    ...entries
      .filter((entry) => !full(entry))
      .map(([key, value]) => [`${PROJECT}:${key}`, asEngine(value)]),
    ...entries.filter(full).map(([key, value]) => [key, asEngine(value)]),
  ]) as ConfigSource;
}

function configOf(file: string, stack: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"), { customTags: (tags) => [OCTAL, ...tags] });
  } catch (error) {
    throw new SettingsError(`Pulumi.${stack}.yaml ${unreadable(error)}`);
  }
  try {
    JSON.stringify(content);
  } catch {
    const problem = "an alias that refers to itself";
    throw new SettingsError(`Pulumi.${stack}.yaml has ${problem}; write the values in its place`);
  }
  const config = isRecord(content) ? content["config"] : undefined;
  if (!isRecord(config)) {
    throw new SettingsError(`Pulumi.${stack}.yaml has no "config:" with settings below it`);
  }
  return config;
}

/** Explains why a stack file could not be read or parsed. */
function unreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EISDIR":
      return "must be a file; it is a folder";
    case "EACCES":
      return "cannot be read: permission denied";
    case "MULTIPLE_DOCS":
      return 'must be one YAML document; it has several: delete the lines "---" between them';
  }
  const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return `is not valid YAML: ${reason}`;
}

function asEngine(value: unknown): string | undefined {
  if (typeof value === "string" || value === null) {
    return value ?? "";
  }
  return isEncrypted(value) ? undefined : JSON.stringify(value);
}

/** Tells whether a value, or a part of it, is encrypted. */
function isEncrypted(value: unknown): boolean {
  return (
    (isRecord(value) && "secure" in value) ||
    (typeof value === "object" && value !== null && Object.values(value).some(isEncrypted))
  );
}
