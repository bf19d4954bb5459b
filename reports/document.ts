import { escaped } from "../settings/foreign-text";
import { table, wrap, type Column, type Row, type TableStyle } from "./table";

/** One part of a report, independent of the output format. */
export type Block =
  | { readonly kind: "title"; readonly text: string }
  | { readonly kind: "table"; readonly columns: readonly Column[]; readonly rows: readonly Row[] }
  | {
      readonly kind: "list";
      readonly title: string;
      /** A paragraph before the entries. @default none */
      readonly intro?: string;
      readonly entries: readonly string[];
      /** True if text has a line for each entry, cut where it is longer. @default false: entries wrap */
      readonly oneLine?: boolean;
    }
  /** Commands to copy; their lines are never wrapped. */
  | { readonly kind: "code"; readonly title: string; readonly lines: readonly string[] };

/** A list block, or none where it would be empty. */
export function list(title: string, entries: readonly string[], intro?: string): Block[] {
  return entries.length === 0 && intro === undefined
    ? []
    : [{ kind: "list", title, entries, ...(intro !== undefined && { intro }) }];
}

/** A report as text of the given width, without a newline at its end. */
export function asText(blocks: readonly Block[], style: TableStyle): string {
  return blocks
    .map((block) => textOf(printed(block), style).join("\n"))
    .join("\n\n")
    .trimEnd();
}

/** A report as Markdown with tables as GitHub draws them; amounts are aligned to the right. */
export function asMarkdown(blocks: readonly Block[]): string {
  return blocks.map((block) => markdownOf(printed(block)).join("\n")).join("\n\n");
}

/** A block without control characters: texts of files and of AWS are in it. */
function printed(block: Block): Block {
  switch (block.kind) {
    case "title":
      return { ...block, text: escaped(block.text) };
    case "table":
      return { ...block, rows: block.rows.map(printedRow) };
    case "list":
      return {
        ...block,
        entries: block.entries.map(escaped),
        ...(block.intro !== undefined && { intro: escaped(block.intro) }),
      };
    case "code":
      // Words of commands are quoted where they are made.
      return block;
  }
}

function printedRow(row: Row): Row {
  switch (row.kind) {
    case "gap":
      return row;
    case "heading":
      return { ...row, text: escaped(row.text) };
    case "sum":
    case "line":
      return { ...row, cells: row.cells.map(escaped) };
  }
}

function textOf(block: Block, style: TableStyle): string[] {
  switch (block.kind) {
    case "title":
      return titleOf(block.text, style);
    case "table":
      return table(block.columns, block.rows, style);
    case "code":
      return [...titleOf(block.title, style), ...block.lines.map((line) => `  ${line}`)];
    case "list":
      return [
        ...titleOf(block.title, style),
        ...[
          ...(block.intro === undefined ? [] : [block.intro]),
          ...block.entries.map(dashed),
        ].flatMap((entry) =>
          linesOf(entry, style.width - 4, block.oneLine === true).map(
            (text, index) => (index === 0 ? "  " : "    ") + text,
          ),
        ),
      ];
  }
}

/** An entry as lines: as many as it needs, or one that ends with … where there is more. */
function linesOf(entry: string, width: number, oneLine: boolean): string[] {
  const lines = wrap(entry, width);
  return oneLine && lines.length > 1
    ? [`${(wrap(entry, width - 2)[0] ?? "").replace(/[,;:]$/, "")} …`]
    : lines;
}

function titleOf(text: string, { width, paint }: TableStyle): string[] {
  return wrap(text, width).map((line) => paint("bold", line));
}

function markdownOf(block: Block): string[] {
  switch (block.kind) {
    case "title":
      return [`## ${block.text}`];
    case "table":
      return [
        cells(block.columns.map(({ title }) => title)),
        cells(block.columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
        ...block.rows.flatMap((row) => markdownRow(row, block.columns.length)),
      ];
    case "code":
      return [`### ${block.title}`, "", "```sh", ...block.lines, "```"];
    case "list":
      return [
        `### ${block.title}`,
        "",
        ...(block.intro === undefined ? [] : [block.intro, ""]),
        ...block.entries.map(dashed),
      ];
  }
}

function markdownRow(row: Row, columns: number): string[] {
  switch (row.kind) {
    case "gap":
      return [];
    case "heading":
      return [cells([bold(row.text), ...Array.from({ length: columns - 1 }, () => "")])];
    case "sum":
      return [cells(row.cells.map(bold))];
    case "line":
      return [cells(row.cells)];
  }
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
}

function bold(text: string): string {
  return text === "" ? "" : `**${text}**`;
}

function dashed(entry: string): string {
  return `- ${entry}`;
}
