import assert from "node:assert/strict";
import { asMarkdown, asText, list, type Block } from "../../reports/document";
import { plain } from "../../reports/table";

const blocks: Block[] = [
  { kind: "title", text: "Title" },
  {
    kind: "table",
    columns: [
      { title: "A|B", align: "left", grow: true },
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
  it("is text with an empty line between its parts", () => {
    assert.equal(
      asText(blocks, { width: 14, paint: plain }),
      [
        "Title",
        "",
        "A|B        USD",
        "──────────────",
        "Part",
        "x|y       1.00",
        "",
        "          1.00",
        "",
        "Why",
        "  First.",
        "  - because",
        "    of this",
      ].join("\n"),
    );
  });

  it("is Markdown whose cells hold no bar of their own", () => {
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

  it("breaks titles, and paints each line of them", () => {
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

  it("leaves commands whole, however long they are", () => {
    const code: Block[] = [{ kind: "code", title: "Do", lines: ["aws ec2 delete-vpc --vpc-id v"] }];
    assert.equal(asText(code, { width: 14, paint: plain }), "Do\n  aws ec2 delete-vpc --vpc-id v");
    assert.equal(asMarkdown(code), "### Do\n\n```sh\naws ec2 delete-vpc --vpc-id v\n```");
  });

  it("has no list without entries", () => {
    assert.deepEqual(list("Why", []), []);
  });
});
