import assert from "node:assert/strict";
import { plain, table, wrap, type Column, type Row } from "../../reports/table";

const columns: Column[] = [
  { title: "Name", align: "left" },
  { title: "Text", align: "left" },
  { title: "Sum", align: "right" },
];

describe("a table", () => {
  it("wraps the flexible column, aligns the others and stays within its width", () => {
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

  it("wraps amounts at their spaces before it breaks a word, and breaks no number", () => {
    const rows: Row[] = [{ kind: "line", cells: ["a", "working hours", "at least 1,234.00"] }];
    assert.deepEqual(table(columns, rows, { width: 23, paint: plain }).slice(2), [
      "a     working  at least",
      "      hours    1,234.00",
    ]);
  });

  it("has the digits of amounts below each other, beside a + and without", () => {
    const rows: Row[] = [
      { kind: "line", cells: ["a", "b", "1.00+"] },
      { kind: "line", cells: ["c", "none", "10.00"] },
      { kind: "line", cells: ["d", "a word", "eu-west-3"] },
    ];
    assert.deepEqual(table(columns, rows, { width: 80, paint: plain }).slice(2), [
      "a     b           1.00+",
      "c     none       10.00",
      "d     a word  eu-west-3",
    ]);
    assert.match(table(columns, rows.slice(1), { width: 80, paint: plain })[2] ?? "", / 10\.00$/);
  });

  it("colours title, rule, headings and sums, but no data", () => {
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
    // Name, Text and Sum side by side, not the whole width.
    assert.deepEqual(painted.sort(), ["bold Name", "bold Total", `dim ${"─".repeat(16)}`]);
  });

  it("breaks a word longer than the column, after a hyphen if possible", () => {
    assert.deepEqual(wrap("ab abcdefgh c", 4), ["ab", "abcd", "efgh", "c"]);
    assert.deepEqual(wrap("of my-long_name", 8), ["of", "my-long_", "name"]);
    assert.deepEqual(wrap("-abcd", 3), ["-", "abc", "d"]);
    assert.deepEqual(wrap("", 4), [""]);
  });

  it("terminates for any column width", () => {
    for (const width of [1, 0, -30]) {
      assert.deepEqual(wrap("ab c", width), ["a", "b", "c"]);
    }
    const rows: Row[] = [{ kind: "line", cells: ["ab", "cd", "1,000.00"] }];
    assert.deepEqual(table(columns, rows, { width: 3, paint: plain }).slice(-2), [
      "a  c  1,000.00",
      "b  d",
    ]);
  });

  it("shrinks the widest text column, never a number", () => {
    const rows: Row[] = [{ kind: "line", cells: ["a-long-name", "some text", "1,000.00"] }];
    const lines = table(columns, rows, { width: 26, paint: plain });
    assert.deepEqual(lines.slice(2), ["a-long-  some     1,000.00", "name     text"]);
  });

  it("splits columns that do not fit into several tables of similar width", () => {
    const spill = (title: string): Column => ({ title, align: "right", spill: true });
    const many: Column[] = [
      { title: "What", align: "left" },
      ...["one", "two", "three", "four"].map(spill),
    ];
    const rows: Row[] = [
      { kind: "heading", text: "Part" },
      { kind: "line", cells: ["a", "1.00", "2.00", "3.00", "4.00"] },
    ];
    const draw = (width: number): string[] => table(many, rows, { width, paint: plain });
    // 4 + 4 × (2 + 4), and one more for "three"
    assert.deepEqual(draw(29).slice(2), ["Part", "a     1.00  2.00   3.00  4.00"]);
    assert.deepEqual(draw(28), [
      "What   one   two",
      "────────────────",
      "Part",
      "a     1.00  2.00",
      "",
      "What  three  four",
      "─────────────────",
      "Part",
      "a      3.00  4.00",
    ]);
    // Not even two fit.
    assert.equal(draw(15).filter((line) => line === "Part").length, 4);
  });
});
