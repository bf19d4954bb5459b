import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docPages, filled, partsOf } from "../../scripts/docs";

const PAGE = [
  "Before",
  "<!-- generated: one -->",
  "old text",
  "<!-- /generated -->",
  "between",
  "<!-- generated: two words -->",
  "<!-- /generated -->",
  "after",
].join("\n");

describe("npm run docs", () => {
  it("replaces only what stands between the markers of a part", () => {
    assert.deepEqual(partsOf(PAGE), ["one", "two words"]);
    const text = filled(PAGE, { one: "1 costs $1", "two words": "2", unused: "3" });
    assert.equal(
      text,
      [
        "Before",
        "<!-- generated: one -->\n\n1 costs $1\n\n<!-- /generated -->",
        "between",
        "<!-- generated: two words -->\n\n2\n\n<!-- /generated -->",
        "after",
      ].join("\n"),
    );
    assert.equal(filled(text, { one: "1 costs $1", "two words": "2" }), text);
  });

  it("refuses a part that nothing generates", () => {
    assert.throws(
      () => filled(PAGE, { one: "1" }),
      /^Error: nothing generates the part "two words"; there are one$/,
    );
  });

  it("finds pages at the top, in docs and in examples, in any depth, and nowhere else", () => {
    const root = mkdtempSync(join(tmpdir(), "pages-"));
    try {
      for (const file of [
        "README.md",
        "docs/a/b.md",
        "docs/a.sql",
        "examples/c/README.md",
        "x/y.md",
      ]) {
        mkdirSync(join(root, file, ".."), { recursive: true });
        writeFileSync(join(root, file), "");
      }
      assert.deepEqual(docPages(root), ["README.md", "docs/a/b.md", "examples/c/README.md"]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
