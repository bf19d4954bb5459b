import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "..", "golden");

/**
 * Compares text with `tests/golden/<name>`. With `UPDATE_GOLDEN=1` in the environment it writes the file
 * instead. A difference fails with both texts, which mocha shows as a diff. The message has the command that
 * accepts the new text.
 */
export function assertGolden(name: string, actual: string): void {
  const file = join(FOLDER, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    writeFileSync(file, actual);
    return;
  }
  assert.equal(
    actual,
    existsSync(file) ? goldenText(name) : "",
    `tests/golden/${name} is different. If the new text is right: UPDATE_GOLDEN=1 npm test, then read git diff`,
  );
}

/** The text of `tests/golden/<name>`. */
export function goldenText(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}
