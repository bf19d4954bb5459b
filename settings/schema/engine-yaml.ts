import { LineCounter, parseDocument, type Document, type ScalarTag } from "yaml";
import type { Result } from "../contract";
import { sentenceOf } from "../foreign-text";
import { documentProblem, textProblem } from "./engine-refusals";

/**
 * YAML as the engine reads it, with Go's package yaml.v3: binary, octal, hexadecimal and grouped numbers, dates.
 * Text that the two would read differently is refused, so that a file never has two meanings.
 * https://github.com/go-yaml/yaml/blob/v3.0.1/resolve.go
 */

/** Values that look like a number or a date. */
const NUMBERS: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+.\d]/,
  resolve: (text) => valueOf(text),
};

/** Most levels of lists and names in a file; a stack file has four. */
const MOST_LEVELS = 50;
const TOO_DEEP = `has more than ${MOST_LEVELS} levels, or an alias that refers to itself`;

/**
 * Reads one document, with whole numbers as `bigint`.
 *
 * @returns the content; or a problem that reads after the file's name.
 */
export function parseYaml(text: string): Result<unknown> {
  const body = text.replace(/^\ufeff/, "");
  const unfit = textProblem(body);
  if (unfit !== undefined) {
    return { problem: unfit };
  }
  try {
    const lineCounter = new LineCounter();
    const document = parseDocument(body, {
      lineCounter,
      keepSourceTokens: true,
      schema: "core",
      version: "1.2",
      merge: true,
      customTags: (tags) => [NUMBERS, ...tags],
      intAsBigInt: true,
    });
    const problem = syntaxProblem(document) ?? documentProblem(document, body, lineCounter);
    const content: unknown = problem === undefined ? document.toJS() : undefined;
    return problem !== undefined
      ? { problem }
      : isDeep(content, MOST_LEVELS)
        ? { problem: TOO_DEEP }
        : { ok: content };
  } catch (error) {
    return { problem: unreadable(error) };
  }
}

/** Explains what cannot be read. */
function syntaxProblem(document: Document.Parsed): string | undefined {
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    return error.code === "MULTIPLE_DOCS"
      ? 'must be one YAML document; it has several: delete the lines "---" between them'
      : unreadable(error);
  }
  return document.directives.yaml.explicit
    ? "is not valid YAML: Pulumi reads no file that names a version, %YAML"
    : undefined;
}

function isDeep(value: unknown, left: number): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1)))
  );
}

function unreadable(error: unknown): string {
  // The parser reports it as a fault of the file.
  if (String(error).includes("call stack")) {
    return TOO_DEEP;
  }
  return error instanceof ReferenceError
    ? `has an alias that cannot be followed: ${sentenceOf(error)}; write the values in its place`
    : `is not valid YAML: ${sentenceOf(error)}`;
}

/** Value that yaml.v3 gives plain text that begins like a number. */
function valueOf(text: string): bigint | number | string {
  const date = dateOf(text);
  if (date !== undefined) {
    return date;
  }
  // A sign may follow the base, too.
  const plain = text.replaceAll("_", "").replace(/^(0[bo])([-+])/, "$2$1");
  if (/^[-+]?(0x[\da-f]+|0b[01]+|0o[0-7]+|0[0-7]*|[1-9]\d*)$/i.test(plain)) {
    const whole = wholeOf(plain);
    if (whole >= -(2n ** 63n) && whole < (plain.startsWith("+") ? 2n ** 63n : 2n ** 64n)) {
      return whole;
    }
  }
  // A number that begins with a point has underscores between digits only, and is text with others.
  const decimal = text.startsWith(".") ? text.replace(/(?<=\d)_(?=\d)/g, "") : plain;
  const isNumber = /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i.test(decimal);
  if (isNumber && Number.isFinite(Number(decimal))) {
    return Number(decimal);
  }
  if (/^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(text)) {
    throw new Error(`${text} is a number that Pulumi cannot pass on`);
  }
  return text;
}

function wholeOf(text: string): bigint {
  const digits = text.replace(/^[-+]/, "").replace(/^0(?=\d)/, "0o");
  return text.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}

const DATE =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]| +)(\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?)?$/;

/** A date as Go prints it, `2026-01-02 00:00:00 +0000 UTC`, which is how the engine passes it on. */
function dateOf(text: string): string | undefined {
  const [
    ,
    year = "",
    month = "",
    day = "",
    hour = "0",
    minute = "0",
    second = "0",
    part = "",
    zone = "",
  ] = DATE.exec(text) ?? [];
  const hasT = /[Tt]/.test(text);
  // JavaScript takes the years until 99 for those of the 20th century. The calendar repeats itself after 400.
  const time = new Date(Date.UTC(Number(year) + 400, Number(month) - 1, Number(day)));
  const exists = time.getUTCMonth() + 1 === Number(month) && time.getUTCDate() === Number(day);
  if (
    !exists ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59 ||
    hasT !== (zone !== "")
  ) {
    return undefined;
  }
  if (zone !== "" && zone !== "Z") {
    throw new Error(
      `${text} is a moment that Pulumi passes on as the machine writes it; write it in quotes`,
    );
  }
  const two = (digits: string): string => digits.padStart(2, "0");
  const fraction = part.slice(0, 9).replace(/0+$/, "");
  return (
    `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}` +
    `${fraction && `.${fraction}`} +0000 UTC`
  );
}
