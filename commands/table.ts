/** Marks text for a terminal; without colour it gives the text back. */
export type Paint = (style: "bold" | "dim", text: string) => string;

/** A `Paint` for files and pipes. */
export const plain: Paint = (_style, text) => text;

/** One column of a table. Each is as wide as its widest cell, but the growing one wraps. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Takes what the others leave of the width and wraps its text. One column of a table has it. */
  readonly grow?: boolean;
}

/** One row: a line of data, a sum of those above, a heading over those below, or an empty line. */
export type Row =
  | { readonly kind: "line" | "sum"; readonly cells: readonly string[] }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "gap" };

/** How a table is drawn. */
export interface TableStyle {
  /** Characters a line. */
  readonly width: number;
  readonly paint: Paint;
}

const GAP = "  ";

/** Draws a table as lines of text without trailing spaces. */
export function table(
  columns: readonly Column[],
  rows: readonly Row[],
  { width, paint }: TableStyle,
): string[] {
  const widths = widthsOf(columns, rows, width);
  const draw = (cells: readonly string[]): string[] => drawRow(columns, widths, cells);
  const rule = paint("dim", "─".repeat(width));
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

/** Breaks text into lines of at most `width` characters, at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
    // A word alone can be too long for the column.
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}

function widthsOf(columns: readonly Column[], rows: readonly Row[], width: number): number[] {
  const cells = rows.flatMap((row) => ("cells" in row ? [row.cells] : []));
  const natural = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const fixed = natural.filter((_, index) => columns[index]?.grow !== true);
  const taken = fixed.reduce((sum, one) => sum + one, 0) + GAP.length * (columns.length - 1);
  return natural.map((one, index) => (columns[index]?.grow === true ? width - taken : one));
}

function drawRow(
  columns: readonly Column[],
  widths: readonly number[],
  cells: readonly string[],
): string[] {
  const wrapped = columns.map((_, index) => wrap(cells[index] ?? "", widths[index] ?? 0));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ align }, index) => {
        const text = wrapped[index]?.[line] ?? "";
        const width = widths[index] ?? 0;
        return align === "left" ? text.padEnd(width) : text.padStart(width);
      })
      .join(GAP)
      .trimEnd(),
  );
}
