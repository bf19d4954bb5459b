import type { Block } from "../document";
import type { Column, Row } from "../table";
import { html } from "./escape";

/** Blocks of a report as HTML. Wide tables scroll by themselves. */
export function blocksHtml(blocks: readonly Block[]): string {
  return blocks.map(blockHtml).join("\n");
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "title":
      return `<h3>${html(block.text)}</h3>`;
    case "table":
      return tableHtml(block.columns, block.rows);
    case "code":
      return `<h3>${html(block.title)}</h3>\n<pre tabindex="0">${block.lines.map(html).join("\n")}</pre>`;
    case "list":
      return [
        `<h3>${html(block.title)}</h3>`,
        ...(block.intro === undefined ? [] : [`<p>${html(block.intro)}</p>`]),
        `<ul>${block.entries.map((entry) => `<li>${html(entry)}</li>`).join("")}</ul>`,
      ].join("\n");
  }
}

function tableHtml(columns: readonly Column[], rows: readonly Row[]): string {
  const head = columns
    .map(({ title, align }) => `<th scope="col" class="${align}">${html(title)}</th>`)
    .join("");
  // A person who has no mouse scrolls what has the focus.
  return (
    `<div class="scroll" tabindex="0"><table>\n<thead><tr>${head}</tr></thead>\n` +
    `<tbody>${rows.map((row) => rowHtml(row, columns)).join("\n")}</tbody></table></div>`
  );
}

function rowHtml(row: Row, columns: readonly Column[]): string {
  switch (row.kind) {
    case "gap":
      return "";
    case "heading":
      return `<tr><th scope="colgroup" class="left" colspan="${columns.length}">${html(row.text)}</th></tr>`;
    case "sum":
    case "line": {
      const cells = row.cells.map((cell, index) =>
        index === 0
          ? `<th scope="row" class="left">${html(cell)}</th>`
          : `<td class="${columns[index]?.align ?? "left"}">${html(cell)}</td>`,
      );
      return `<tr class="${row.kind}">${cells.join("")}</tr>`;
    }
  }
}
