/**
 * Rows of comma-separated values, from text that arrives in pieces. AWS quotes each field and doubles a
 * quote in it. A field may contain commas and line ends.
 *
 * A field shares memory with its piece: a caller that keeps one copies it.
 *
 * @throws Error when the text ends inside a quoted field: the file is cut off.
 */
export async function* csvRows(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    let from = 0;
    for (let row = rowAt(text, from); row !== undefined; row = rowAt(text, from)) {
      from = row.end;
      yield row.fields;
    }
    text = text.slice(from);
  }
  if (text.trim() !== "") {
    const row = rowAt(`${text}\n`, 0);
    if (row === undefined) {
      throw new Error("the file ends in the middle of a field");
    }
    yield row.fields;
  }
}

interface Row {
  readonly fields: string[];
  /** Start of the next row. */
  readonly end: number;
}

/** The row that begins at `start`. Undefined when the text ends before the row does. */
function rowAt(text: string, start: number): Row | undefined {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    let value: string;
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at + 1);
      if (close === undefined) {
        return undefined;
      }
      value = text.slice(at + 1, close);
      if (value.includes('"')) {
        value = value.replaceAll('""', '"');
      }
      at = close + 1;
    } else {
      const end = plainEnd(text, at);
      if (end === undefined) {
        return undefined;
      }
      value = text.slice(at, end);
      at = end;
    }
    fields.push(value);
    if (text.charCodeAt(at) === CARRIAGE_RETURN) {
      at += 1;
    }
    const next = text.charCodeAt(at);
    at += 1;
    if (next === LINE_FEED) {
      return { fields, end: at };
    }
    if (next !== COMMA) {
      // The text ends here, possibly between the two quotes of a doubled one.
      return undefined;
    }
  }
}

const QUOTE = 34;
const COMMA = 44;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

function closingQuote(text: string, from: number): number | undefined {
  let at = text.indexOf('"', from);
  while (at !== -1 && text.charCodeAt(at + 1) === QUOTE) {
    at = text.indexOf('"', at + 2);
  }
  return at === -1 ? undefined : at;
}

function plainEnd(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === LINE_FEED || code === CARRIAGE_RETURN) {
      return at;
    }
  }
  return undefined;
}
