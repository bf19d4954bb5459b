import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { SettingsError, type ConfigSource } from "./load";

const FILE = /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/;

/** Names of the stacks whose files lie in a folder, in alphabetical order. */
export function stackNames(folder: string): string[] {
  return readdirSync(folder)
    .map((file) => FILE.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/**
 * Reads `Pulumi.<stack>.yaml` without the Pulumi CLI. Values take the form in which the engine
 * would hand them to a program: text as it is, everything else as JSON.
 *
 * @throws SettingsError when there is no such file, naming those there are, or it is no YAML.
 */
export function readStackFile(folder: string, stack: string): ConfigSource {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    const known = stackNames(folder).join(", ");
    throw new SettingsError(`there is no Pulumi.${stack}.yaml; stacks with a file: ${known}`);
  }
  return Object.fromEntries(
    Object.entries(configOf(file, stack)).map(([key, value]) => [key, asEngine(value)]),
  );
}

function configOf(file: string, stack: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new SettingsError(`Pulumi.${stack}.yaml is not valid YAML: ${reason}`);
  }
  const config = isObject(content) ? content["config"] : undefined;
  if (!isObject(config)) {
    throw new SettingsError(`Pulumi.${stack}.yaml has no "config:" with settings below it`);
  }
  return config;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asEngine(value: unknown): string | undefined {
  if (typeof value === "string") {
    return value;
  }
  return isObject(value) && "secure" in value ? undefined : JSON.stringify(value);
}
