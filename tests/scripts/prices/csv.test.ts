import assert from "node:assert/strict";
import { csvRows } from "../../../scripts/prices/csv";

async function rows(text: string, size: number): Promise<string[][]> {
  async function* pieces(): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += size) {
      yield await Promise.resolve(text.slice(at, at + size));
    }
  }
  const all: string[][] = [];
  for await (const row of csvRows(pieces())) {
    all.push(row);
  }
  return all;
}

describe("rows of comma-separated values", () => {
  const text = '"SKU","Unit",plain\r\n"a, b","with ""quotes""",""\n\n"line\nend",x,\n"last",1,2';
  const expected = [
    ["SKU", "Unit", "plain"],
    ["a, b", 'with "quotes"', ""],
    [""],
    ["line\nend", "x", ""],
    ["last", "1", "2"],
  ];

  it("are the same however the text is cut into pieces", async () => {
    for (const size of [1, 2, 3, 7, 1000]) {
      assert.deepEqual(await rows(text, size), expected, String(size));
    }
  });

  it("are refused when the text ends inside a field", async () => {
    await assert.rejects(rows('"a","b\n', 3), /ends in the middle of a field/);
  });
});
