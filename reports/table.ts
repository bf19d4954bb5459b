/** Marks text for a terminal; `plain` returns the text unchanged. */
export type Paint = (style: "bold" | "dim", text: string) => string;

/** A `Paint` for files and pipes. */
export const plain: Paint = (_style, text) => text;

/**
 * One column of a table, as wide as its widest cell. If the table is too wide, cells wrap, first in columns
 * aligned to the left, the widest first; a number is never broken. In a column aligned to the right a `+` at the
 * end of amounts stands beyond the digits, so that these are below each other.
 */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /**
   * One of many similar columns, whose titles wrap. Columns that do not fit side by side are drawn as
   * several tables, each with all columns that do not have this. @default false
   */
  readonly spill?: boolean;
}

/** A column of texts. */
export const left = (title: string): Column => ({ title, align: "left" });
/** A column of amounts. */
export const right = (title: string): Column => ({ title, align: "right" });

/** One row: a line of data, a sum of those above, a heading over those below, or an empty line. */
export type Row =
  | { readonly kind: "line" | "sum"; readonly cells: readonly string[] }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "gap" };

/** Width of a report where nothing else is asked for, in characters: a terminal of 100 columns. */
export const REPORT_WIDTH = 100;

/** Appearance of a table. */
export interface TableStyle {
  /** Characters a line. */
  readonly width: number;
  readonly paint: Paint;
}

const GAP = "  ";
/** A space at which no cell wraps. */
const FIXED_SPACE = "\u00a0";

/** Longest title, in characters, that does not wrap in a column that spills. */
const SPILL_TITLE = 16;

/** Draws a table, or several with an empty line between them, as lines of text without trailing spaces. */
export function table(
  columns: readonly Column[],
  rows: readonly Row[],
  style: TableStyle,
): string[] {
  return groupsOf(columns, rows, style.width).flatMap((group, index) => {
    const pick = <T>(all: readonly T[]): T[] => all.filter((_, column) => group.has(column));
    const picked = rows.map((row) => ("cells" in row ? { ...row, cells: pick(row.cells) } : row));
    return [...(index === 0 ? [] : [""]), ...oneTable(pick(columns), picked, style)];
  });
}

function oneTable(
  columns: readonly Column[],
  given: readonly Row[],
  { width, paint }: TableStyle,
): string[] {
  const rows = hanging(columns, given);
  const widths = widthsOf(columns, rows, width);
  const draw = (cells: readonly string[]): string[] => drawRow(columns, widths, cells);
  const rule = paint("dim", "─".repeat(Math.min(width, spread(widths))));
  const body = rows.flatMap((row) => {
    switch (row.kind) {
      case "heading":
        return [paint("bold", row.text)];
      case "gap":
        return [""];
      case "sum":
        return draw(row.cells).map((text) => paint("bold", text));
      case "line":
        return draw(row.cells);
    }
  });
  return [
    ...draw(columns.map(({ title }) => title)).map((text) => paint("bold", text)),
    rule,
    ...body,
  ];
}

/** Rows with a space in place of the `+` that other amounts of a column end with. */
function hanging(columns: readonly Column[], rows: readonly Row[]): Row[] {
  const hangs = columns.map(
    ({ align }, index) =>
      align === "right" && rows.some((row) => "cells" in row && row.cells[index]?.endsWith("+")),
  );
  const hung = (cell: string, index: number): string =>
    hangs[index] === true && /^[^A-Za-z+]+$/.test(cell) ? `${cell}${FIXED_SPACE}` : cell;
  return rows.map((row) => ("cells" in row ? { ...row, cells: row.cells.map(hung) } : row));
}

/**
 * Breaks text into lines of at most `width` characters: at spaces, and a word that is longer than a line
 * after a hyphen or an underscore, or else anywhere. A width below 1 counts as 1.
 */
export function wrap(text: string, width: number): string[] {
  const most = Math.max(1, width);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
    // One word can be longer than the column.
    while (line.length > most) {
      const cut = /^.*[-_]/.exec(line.slice(0, most))?.[0].length ?? most;
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  return [...lines, line];
}

/** Indices of the columns of each table: as few tables as possible, with about as many columns each. */
function groupsOf(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
): ReadonlySet<number>[] {
  // Texts wrap, down to their title: no word is broken to fit one more column.
  const natural = naturalWidths(columns, rows);
  const words = longestWords(columns, rows);
  const least = columns.map(({ align, title }, index) =>
    align === "left" ? Math.max(title.length, words[index] ?? 0) : (natural[index] ?? 0),
  );
  const spills = columns.flatMap(({ spill }, index) => (spill === true ? [index] : []));
  const stays = columns.flatMap(({ spill }, index) => (spill === true ? [] : [index]));
  for (let tables = 1; ; tables++) {
    const size = Math.ceil(spills.length / tables);
    const groups = Array.from({ length: tables }, (_, table) => [
      ...stays,
      ...spills.slice(table * size, (table + 1) * size),
    ]).filter((group, index) => index === 0 || group.length > stays.length);
    const fit = groups.every((group) => spread(group.map((index) => least[index] ?? 0)) <= width);
    if (fit || size <= 1) {
      return groups.map((group) => new Set(group));
    }
  }
}

/** Width in characters of columns side by side, with the gaps between them. */
function spread(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
}

function naturalWidths(columns: readonly Column[], rows: readonly Row[]): number[] {
  const cells = rows.flatMap((row) => ("cells" in row ? [row.cells] : []));
  return columns.map(({ title, spill }, index) =>
    Math.max(
      spill === true ? Math.min(title.length, SPILL_TITLE) : title.length,
      ...cells.map((row) => row[index]?.length ?? 0),
    ),
  );
}

/** Width of each column in which no word of it is broken, but after a hyphen or an underscore. */
function longestWords(columns: readonly Column[], rows: readonly Row[]): number[] {
  return columns.map(({ title }, index) =>
    Math.max(
      ...[title, ...rows.map((row) => ("cells" in row ? (row.cells[index] ?? "") : ""))]
        .flatMap((cell) => cell.split(/ |(?<=[-_])/))
        .map(({ length }) => length),
    ),
  );
}

function widthsOf(columns: readonly Column[], rows: readonly Row[], width: number): number[] {
  const widths = naturalWidths(columns, rows);
  const words = longestWords(columns, rows);
  const left = columns.map(({ align }) => align === "left");
  // Texts wrap at spaces first, then amounts such as "at least 12.00". Only then a word of a text is broken.
  const steps = [
    left.map((isText, index) => (isText ? (words[index] ?? 1) : Infinity)),
    left.map((isText, index) => (isText ? Infinity : (words[index] ?? 1))),
    left.map((isText) => (isText ? 1 : Infinity)),
  ];
  for (const least of steps) {
    for (let over = spread(widths) - width; over > 0; over--) {
      const free = widths.map((one, index) => (one > (least[index] ?? 1) ? one : 0));
      const widest = Math.max(...free);
      if (widest > 1) {
        widths[free.indexOf(widest)] = widest - 1;
      }
    }
  }
  return widths;
}

function drawRow(
  columns: readonly Column[],
  widths: readonly number[],
  cells: readonly string[],
): string[] {
  const wrapped = columns.map((_, index) => wrap(cells[index] ?? "", widths[index] ?? 1));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ align }, index) => {
        const text = wrapped[index]?.[line] ?? "";
        const width = widths[index] ?? 0;
        return align === "left" ? text.padEnd(width) : text.padStart(width);
      })
      .join(GAP)
      .replaceAll(FIXED_SPACE, " ")
      .trimEnd(),
  );
}
