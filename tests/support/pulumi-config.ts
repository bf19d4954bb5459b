import type { ConfigSource } from "../../settings/contract";

/** Words of a command line as bash reads them: plain ones, and quoted ones of what the fixes print. */
function wordsOf(line: string): string[] {
  const words = line.replace(/\s+#.*$/, "").match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /'([^']*)'|"([^"]*)"|\\(.)/g,
      (_, single?: string, double?: string, one?: string) => [single, double, one].join(""),
    ),
  );
}

/**
 * The configuration after a `pulumi config` command, as the CLI leaves it; tried with 3.x.
 *
 * @throws Error where the CLI refuses the command.
 */
export function afterCommand(source: ConfigSource, line: string): ConfigSource {
  const words = wordsOf(line.replace(/ --stack test\b/, ""));
  const [, , verb, ...rest] = words;
  const byPath = rest[0] === "--path";
  const [key = "", value, ...more] = byPath ? rest.slice(1) : rest;
  if (key.startsWith("-") || value?.startsWith("-")) {
    throw new Error(`unknown shorthand flag: ${line}`);
  }
  if (key.split(":").length > 2 || more.length > 0 || (verb === "set") !== (value !== undefined)) {
    throw new Error(`could not parse: ${line}`);
  }
  const [first = "", ...steps] = byPath ? stepsOf(key) : [key];
  const full = String(first).includes(":") ? String(first) : `ml-platform:${first}`;
  if (verb === "rm" && steps.length === 0) {
    return Object.fromEntries(Object.entries(source).filter(([name]) => name !== full));
  }
  const plain = byPath ? typed(value) : value;
  const after = steps.length === 0 ? plain : changed(structured(source[full]), steps, plain);
  return { ...source, [full]: typeof after === "string" ? after : JSON.stringify(after) };
}

type Step = string | number;

function stepsOf(path: string): Step[] {
  const steps = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([^.[]+)/g);
  return [...steps].map(([, index, quoted, name]) =>
    index === undefined ? (quoted ?? name ?? "").replace(/\\"/g, '"') : Number(index),
  );
}

/** Numbers and booleans, which `--path` does not leave as text. */
function typed(value: string | undefined): unknown {
  return value !== undefined && /^(true|false|0|[1-9]\d*)$/.test(value) ? JSON.parse(value) : value;
}

function structured(raw: string | undefined): unknown {
  return raw !== undefined && /^[[{]/.test(raw) ? JSON.parse(raw) : undefined;
}

/** A value with another part; undefined removes the part. */
function changed(value: unknown, [step, ...below]: readonly Step[], part: unknown): unknown {
  if (step === undefined) {
    return part;
  }
  if (typeof step === "string") {
    const record = value as Record<string, unknown> | undefined;
    return { ...record, [step]: changed(record?.[step], below, part) };
  }
  const list = Array.isArray(value) ? [...(value as unknown[])] : [];
  if (step > list.length) {
    throw new Error("array index out of range");
  }
  const after = changed(list[step], below, part);
  list.splice(step, 1, ...(after === undefined ? [] : [after]));
  return list;
}
