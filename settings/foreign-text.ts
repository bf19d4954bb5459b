/**
 * The way out for text that the program did not write: settings, scenario files, arguments, messages of parsers,
 * tags and errors of AWS. Whatever prints such text, or puts it into a command, takes it from here.
 */

/** Most characters of a foreign text that are printed. */
const MOST_CHARACTERS = 100;

/** Most characters of a foreign sentence, such as the error message of a parser. */
const MOST_OF_A_SENTENCE = 160;

/** Characters without a shape of their own, which move the cursor, turn the direction of the text or hide. */
const SHAPELESS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text with its control characters escaped, so that it stays on its line and cannot affect the terminal. */
export function escaped(text: string): string {
  return text.replace(SHAPELESS, (sign) => {
    const spelt = JSON.stringify(sign).slice(1, -1);
    return spelt === sign ? `\\u{${sign.codePointAt(0)?.toString(16) ?? ""}}` : spelt;
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text with what is markup in HTML and SVG as entities, for an element or a quoted attribute. */
export function markup(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/**
 * Foreign text as it may be printed: escaped, and cut where it is longer than `most` characters.
 *
 * @param most @default 100
 */
export function printable(text: string, most: number = MOST_CHARACTERS): string {
  // A character has two units at most, so that a huge text is not walked through.
  const start = Array.from(text.slice(0, 2 * most + 2));
  return start.length <= most
    ? escaped(text)
    : `${escaped(start.slice(0, most).join(""))}… (${text.length} characters)`;
}

/**
 * The first line of a foreign error message, printable, without a stack trace.
 *
 * @param most characters. @default 160
 */
export function sentenceOf(error: unknown, most: number = MOST_OF_A_SENTENCE): string {
  const said = error instanceof Error ? error.message : String(error);
  // Parsers end a line with a colon where they show the place below it.
  return printable((said.split("\n")[0] ?? "").replace(/:$/, ""), most);
}

/** A foreign value as it stands after "got": text in quotes, anything else as JSON. */
export function quoted(value: unknown): string {
  if (typeof value === "string") {
    return `"${printable(value)}"`;
  }
  try {
    // Undefined for what JSON does not have.
    const json = JSON.stringify(value) as string | undefined;
    return printable(json ?? String(value));
  } catch {
    return "a value with too many levels";
  }
}

/** A list for a sentence, cut after some entries: `a, b and 97 more`. */
export function listed(entries: readonly string[], most = 10): string {
  const rest = entries.length - most;
  return rest > 0 ? `${entries.slice(0, most).join(", ")} and ${rest} more` : entries.join(", ");
}

/** A word for bash that stands for exactly this text. */
export function shellWord(text: string): string {
  // Not with `=` in front, which zsh replaces.
  if (/^[\w./:@,+-][\w./:@,+=-]*$/.test(text)) {
    return text;
  }
  if (text.search(SHAPELESS) < 0) {
    return `'${text.replaceAll("'", "'\\''")}'`;
  }
  const spelt = text
    .replace(/['\\]/g, (sign) => `\\x${hex(sign, 2)}`)
    .replace(SHAPELESS, (sign) =>
      hex(sign, 4).length > 4 ? `\\U${hex(sign, 8)}` : `\\u${hex(sign, 4)}`,
    );
  return `$'${spelt}'`;
}

function hex(sign: string, digits: number): string {
  return (sign.codePointAt(0) ?? 0).toString(16).padStart(digits, "0");
}

/** True for text that can stand in a printed command as it is: short, and without anything to escape. */
export function isTypeable(text: string): boolean {
  return text.length <= MOST_CHARACTERS && text.search(SHAPELESS) < 0;
}

/** True for text that a printed command can have as an argument: after a hyphen the command would expect an option. */
export function isArgument(text: string): boolean {
  return isTypeable(text) && !text.startsWith("-");
}
