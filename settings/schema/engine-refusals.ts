import {
  isMap,
  isNode,
  isScalar,
  Lexer,
  visit,
  type Document,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { printable } from "../foreign-text";

/**
 * Valid YAML that the engine refuses, or passes on as something else. It reads a file with Go's package yaml.v3, and
 * writes it once more before it hands on the settings.
 * https://github.com/go-yaml/yaml/blob/v3.0.1/scannerc.go
 */

/**
 * Characters that yaml.v3 refuses, and those that end a line in it and nowhere else.
 * https://github.com/go-yaml/yaml/blob/v3.0.1/readerc.go
 */
const UNPRINTABLE =
  /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/** Tags that say what a value is anyway. */
const PLAIN_TAGS = ["str", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`);

/** Most characters of a key without a question mark in yaml.v3. */
const MOST_OF_A_KEY = 1024;
/** Tokens in front of the anchor, the tag and the text of a key. */
const BEFORE_A_KEY = ["space", "comment", "newline", "comma", "flow-map-start", "flow-seq-start"];

/** Explains the first character that the engine does not take; the problem reads after the file's name. */
export function textProblem(text: string): string | undefined {
  if (UNPRINTABLE.test(text)) {
    return "is not valid YAML: it has control characters, or signs for the end of a line";
  }
  const alone = /\r(?!\n)/.exec(text);
  if (alone !== null) {
    const line = text.slice(0, alone.index).split("\n").length;
    return `has a carriage return in line ${line}; end lines with a line feed, and write "\\r" in double quotes`;
  }
  return undefined;
}

/**
 * The first line with a tab where a key could begin. There yaml.v3 takes only spaces; it takes tabs after the text of a
 * line, inside of brackets, and of course in text.
 */
function lineWithTab(text: string): number | undefined {
  let line = 1;
  let depth = 0;
  let isIndentation = true;
  for (const token of new Lexer().lex(text)) {
    if (/^[ \t]+$/.test(token)) {
      if (isIndentation && depth === 0 && token.includes("\t")) {
        return line;
      }
    } else {
      // Hyphen, question mark and colon in front of a line's text are indentation, too.
      isIndentation = token.endsWith("\n") || (isIndentation && /^[-?:]$/.test(token));
      depth += /^[[{]$/.test(token) ? 1 : /^[\]}]$/.test(token) ? -1 : 0;
      line += token.split("\n").length - 1;
    }
  }
  return undefined;
}

/** Explains what else in a document that can be parsed the engine does not take; the problem reads after the file's name. */
export function documentProblem(
  document: Document.Parsed,
  text: string,
  lines: LineCounter,
): string | undefined {
  const indented = lineWithTab(text);
  if (indented !== undefined) {
    return `has a tab in the indentation of line ${indented}; write spaces`;
  }
  let problem: string | undefined;
  const lineOf = (node: unknown): number =>
    lines.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0).line;
  const stopAt = (found: string | undefined): symbol | undefined => {
    problem = found;
    return found === undefined ? undefined : visit.BREAK;
  };
  visit(document, {
    Pair: (_, pair) => stopAt(keyProblem(pair, lineOf(pair.key), text)),
    Node: (_, node) => stopAt(nodeProblem(node, lineOf(node), text)),
  });
  return problem;
}

function keyProblem({ key, srcToken }: Pair, line: number, text: string): string | undefined {
  // The key of a merge, `<<`, is a symbol.
  if (!isScalar(key) || !["string", "symbol"].includes(typeof key.value)) {
    return `has a key that is not text in line ${line}; write it in quotes`;
  }
  const start = srcToken?.start.find(({ type }) => !BEFORE_A_KEY.includes(type));
  const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  if (colon === undefined || start?.type === "explicit-key-ind") {
    return undefined;
  }
  const spelt = text.slice(start?.offset ?? srcToken?.key?.offset, colon.offset);
  return spelt.includes("\n") || spelt.length > MOST_OF_A_KEY
    ? `has a key in line ${line} that is not on one line with its colon, or is longer than ${MOST_OF_A_KEY} characters`
    : undefined;
}

function nodeProblem(node: Node, line: number, text: string): string | undefined {
  const { tag, anchor } = node as { readonly tag?: string; readonly anchor?: string };
  if (tag !== undefined && !PLAIN_TAGS.includes(tag)) {
    return `has the tag ${printable(tag)} in line ${line}; write the value without it`;
  }
  if (anchor !== undefined && !/^[\w-]+$/.test(anchor)) {
    return `has the anchor &${printable(anchor)} in line ${line}; write it with A-Z, a-z, 0-9, "_" and "-" only`;
  }
  return isScalar(node)
    ? scalarProblem(node, line, text)
    : isMap(node) && merges(node) > 1
      ? `has several "<<" in the names from line ${line}; write one, with a list: "<<: [*a, *b]"`
      : undefined;
}

/** Names that merge, and one in quotes, which yaml.v3 takes for the same name. */
function merges({ items }: YAMLMap): number {
  return items.filter(
    ({ key }) => isScalar(key) && (key.value === "<<" || typeof key.value === "symbol"),
  ).length;
}

function scalarProblem(
  { value, type, range }: Scalar,
  line: number,
  text: string,
): string | undefined {
  if (type === "QUOTE_DOUBLE") {
    const escapes = text
      .slice(...(range ?? []))
      .match(/\\(u[Dd][89A-Fa-f]..|U0000[Dd][89A-Fa-f]..|[^])/g);
    const odd = escapes?.find((escape) => escape === "\\/" || escape.length > 2);
    if (odd !== undefined) {
      return `has ${printable(odd)} in line ${line}, which Pulumi does not read; write the character itself`;
    }
  }
  // The engine writes text of several lines as a block. It loses the empty first line of one, and reads no tab there.
  const isBlock = type?.startsWith("BLOCK") === true;
  return typeof value === "string" &&
    (isBlock || value.includes("\n")) &&
    /^[\n\t\u2028\u2029]/.test(value)
    ? `has text in line ${line} that begins with a line break or a tab, which Pulumi does not keep; begin it with a word`
    : undefined;
}
