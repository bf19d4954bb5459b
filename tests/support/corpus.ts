import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A stack file, and what becomes of it. */
export interface StackFileCase {
  readonly yaml: string;
  /** Settings as the engine passes them on; null for an encrypted one. */
  readonly reads?: Readonly<Record<string, string | null>>;
  /** Refusal, after the file's name and up to the place in the file. */
  readonly refused?: string;
}

/** Settings of a stack, beside the least that it needs; null for one that is absent. */
export interface SettingsCase {
  readonly set: Readonly<Record<string, string | null>>;
  /** Faults; `…` stands for what is allowed. */
  readonly says?: readonly string[];
  /** Commands below the faults, without the stack's name. */
  readonly fix?: readonly string[];
  /** Warnings, where the settings are accepted. */
  readonly warns?: readonly string[];
}

/** A scenario file, and a part of the refusal. */
export interface ScenarioCase {
  readonly json: string;
  readonly says: string;
}

/** The cases of `tests/corpus/stack-files.jsonl`. */
export function stackFileCases(): readonly StackFileCase[] {
  return linesOf("stack-files") as StackFileCase[];
}

/** The cases of `tests/corpus/settings.jsonl`. */
export function settingsCases(): readonly SettingsCase[] {
  return linesOf("settings") as SettingsCase[];
}

/** The cases of `tests/corpus/scenarios.jsonl`. */
export function scenarioCases(): readonly ScenarioCase[] {
  return linesOf("scenarios") as ScenarioCase[];
}

function linesOf(name: string): unknown[] {
  return readFileSync(join(__dirname, "..", "corpus", `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

/** Settings by key, with the text of lists and groups made comparable: the engine sorts names and escapes `<`. */
export function comparable(
  settings: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === "string" && /^[[{]/.test(value) ? structured(value) : (value ?? null),
    ]),
  );
}

function structured(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
