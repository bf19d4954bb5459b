import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "..", "golden");

/**
 * Compares text with `tests/golden/<name>`; with `UPDATE_GOLDEN=1` in the environment it writes the
 * file instead. A difference fails with the lines that changed and the command that accepts them.
 */
export function assertGolden(name: string, actual: string): void {
  const file = join(FOLDER, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    writeFileSync(file, actual);
    return;
  }
  const expected = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (actual !== expected) {
    assert.fail(
      [
        `tests/golden/${name} is different (- expected, + actual):`,
        ...difference(expected.split("\n"), actual.split("\n")),
        "If the new text is right: UPDATE_GOLDEN=1 npm test, then read git diff",
      ].join("\n"),
    );
  }
}

/** Lines that only one of two texts has, in order, by their longest common subsequence. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const common = lengths(before, after);
  const changes: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      i += 1;
      j += 1;
    } else if (j >= after.length || (common[i + 1]?.[j] ?? -1) >= (common[i]?.[j + 1] ?? -1)) {
      changes.push(`- ${before[i] ?? ""}`);
      i += 1;
    } else {
      changes.push(`+ ${after[j] ?? ""}`);
      j += 1;
    }
  }
  return changes;
}

/** `[i][j]`: length of the longest common subsequence of the lines from i and from j on. */
function lengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      table[i]![j] =
        before[i] === after[j]
          ? table[i + 1]![j + 1]! + 1
          : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}
