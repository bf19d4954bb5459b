import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { listed, printable, quoted, sentenceOf, shellWord } from "../../settings/foreign-text";

describe("foreign text", () => {
  it("is printed on one line, without signs that move the cursor or turn the text", () => {
    assert.equal(
      printable("a\u001b[2Jb\u202ec\u0085\n\u200bd"),
      "a\\u001b[2Jb\\u{202e}c\\u{85}\\n\\u{200b}d",
    );
    assert.equal(printable("Grüße 日本 😀"), "Grüße 日本 😀");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(printable(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("is cut after 100 characters, and says how many there were", () => {
    assert.equal(printable("x".repeat(100)), "x".repeat(100));
    assert.equal(printable("x".repeat(101)), `${"x".repeat(100)}… (101 characters)`);
    assert.equal(printable("😀".repeat(100)), "😀".repeat(100));
    assert.equal(printable("😀".repeat(101)), `${"😀".repeat(100)}… (202 characters)`);
  });

  it("stands in quotes as text, and as JSON otherwise", () => {
    assert.equal(quoted("a\n"), '"a\\n"');
    assert.equal(quoted(["a", 1]), '["a",1]');
    assert.equal(quoted(undefined), "undefined");
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level += 1) {
      deep = [deep];
    }
    assert.equal(quoted(deep), "a value with too many levels");
  });

  it("of an error is its first line", () => {
    assert.equal(sentenceOf(new Error("one:\n at two")), "one");
    assert.match(sentenceOf("x".repeat(200)), /^x{160}… \(200 characters\)$/);
  });

  it("in lists is counted after the tenth", () => {
    const names = Array.from({ length: 12 }, (_, index) => String(index));
    assert.equal(listed(names.slice(0, 10)), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
    assert.equal(listed(names), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more");
  });
});

describe("a word for the shell", () => {
  const echoed = (words: readonly string[]): string[] => {
    const script = words.map((word) => `printf '%s\\0' ${shellWord(word)}`).join("\n");
    const { stdout, stderr } = spawnSync("bash", ["-c", script], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    assert.equal(stderr, "");
    return stdout.split("\0").slice(0, -1);
  };

  it("stands for exactly this text in bash, whatever is in it", () => {
    const words = [
      ...["$(touch x)", "my team; echo pwned", "it's", "`id`", "a\nb", "\u202e", "~", "*", ""],
      ...["\\", "\\x41", "a'\n'b", "\u001b[2J", "#", "=x", "😀\u200b", "!", '"', "--stack"],
    ];
    assert.deepEqual(echoed(words), words);
    const many = fc
      .sample(fc.string({ unit: "grapheme" }), 300)
      .map((text) => text.replaceAll("\0", ""));
    assert.deepEqual(echoed(many), many);
  });

  it("needs no quotes where nothing is special", () => {
    for (const word of ["eu-west-3", "10.0.0.0/16", "aws:region", "--stacks=ec2", "a@b.de"]) {
      assert.equal(shellWord(word), word);
    }
  });
});
