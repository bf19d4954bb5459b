import assert from "node:assert/strict";
import { plain, table, wrap, type Column, type Row } from "../../commands/table";

const columns: Column[] = [
  { title: "Name", align: "left" },
  { title: "Text", align: "left", grow: true },
  { title: "Sum", align: "right" },
];

describe("a table", () => {
  it("wraps the growing column, aligns the others and stays in its width", () => {
    const rows: Row[] = [
      { kind: "heading", text: "Part" },
      { kind: "line", cells: ["a", "one two three four", "1.00"] },
      { kind: "gap" },
      { kind: "sum", cells: ["", "Total", "10.00"] },
    ];
    assert.deepEqual(table(columns, rows, { width: 26, paint: plain }), [
      "Name  Text             Sum",
      "──────────────────────────",
      "Part",
      "a     one two three   1.00",
      "      four",
      "",
      "      Total          10.00",
    ]);
  });

  it("paints title, rule, headings and sums, and no data", () => {
    const rows: Row[] = [
      { kind: "line", cells: ["a", "b", "1"] },
      { kind: "sum", cells: ["", "Total", "1"] },
    ];
    const painted: string[] = [];
    table(columns, rows, {
      width: 20,
      paint: (style, text) => {
        painted.push(`${style} ${text.trim().split(/\s+/)[0] ?? ""}`);
        return text;
      },
    });
    assert.deepEqual(painted.sort(), ["bold Name", "bold Total", `dim ${"─".repeat(20)}`]);
  });

  it("breaks a word that is longer than the column", () => {
    assert.deepEqual(wrap("ab abcdefgh c", 4), ["ab", "abcd", "efgh", "c"]);
    assert.deepEqual(wrap("", 4), [""]);
  });
});
