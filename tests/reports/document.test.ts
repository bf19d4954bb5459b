import assert from "node:assert/strict";
import { asMarkdown, asText, list, type Block } from "../../reports/document";
import { plain } from "../../reports/table";

const blocks: Block[] = [
  { kind: "title", text: "Title" },
  {
    kind: "table",
    columns: [
      { title: "A|B", align: "left" },
      { title: "USD", align: "right" },
    ],
    rows: [
      { kind: "heading", text: "Part" },
      { kind: "line", cells: ["x|y", "1.00"] },
      { kind: "gap" },
      { kind: "sum", cells: ["", "1.00"] },
    ],
  },
  ...list("Why", ["because of this"], "First."),
];

describe("a report", () => {
  it("prints text with an empty line between blocks", () => {
    assert.equal(
      asText(blocks, { width: 14, paint: plain }),
      [
        "Title",
        "",
        "A|B   USD",
        "─────────",
        "Part",
        "x|y  1.00",
        "",
        "     1.00",
        "",
        "Why",
        "  First.",
        "  - because",
        "    of this",
      ].join("\n"),
    );
  });

  it("cuts the entries of a list that has a line for each, in text only", () => {
    const [block] = list("Why", ["because, of this", "yes"]);
    const cut = [{ ...block, oneLine: true } as Block];
    assert.equal(
      asText(cut, { width: 18, paint: plain }),
      ["Why", "  - because …", "  - yes"].join("\n"),
    );
    assert.match(asMarkdown(cut), /^- because, of this$/m);
  });

  it("escapes vertical bars in Markdown cells", () => {
    assert.equal(
      asMarkdown(blocks),
      [
        "## Title",
        "",
        "| A\\|B | USD |",
        "| --- | ---: |",
        "| **Part** |  |",
        "| x\\|y | 1.00 |",
        "|  | **1.00** |",
        "",
        "### Why",
        "",
        "First.",
        "",
        "- because of this",
      ].join("\n"),
    );
  });

  it("wraps titles and colours each line", () => {
    const titled: Block[] = [
      { kind: "title", text: "A stack-with-a-name" },
      ...list("So and so", ["x"]),
    ];
    const paint = (_: string, text: string): string => `<${text}>`;
    assert.equal(
      asText(titled, { width: 8, paint }),
      "<A>\n<stack->\n<with-a->\n<name>\n\n<So and>\n<so>\n  - x",
    );
  });

  it("never wraps commands", () => {
    const code: Block[] = [{ kind: "code", title: "Do", lines: ["aws ec2 delete-vpc --vpc-id v"] }];
    assert.equal(asText(code, { width: 14, paint: plain }), "Do\n  aws ec2 delete-vpc --vpc-id v");
    assert.equal(asMarkdown(code), "### Do\n\n```sh\naws ec2 delete-vpc --vpc-id v\n```");
  });

  it("omits empty lists", () => {
    assert.deepEqual(list("Why", []), []);
  });
});
