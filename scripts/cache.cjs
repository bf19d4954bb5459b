/** What the scripts here keep from one run to the next, in `node_modules/.cache`. */
const fs = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "..", "node_modules", ".cache", "ml-platform");

/** Whole or not at all: several stacks may start at once. Where it cannot be written, so be it. */
function keep(name, content) {
  const file = join(folder, name);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${file}.${process.pid}`, content);
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only installation makes it anew each time.
  }
}

/** What was kept, as a buffer. @throws when there is nothing */
function kept(name) {
  return fs.readFileSync(join(folder, name));
}

module.exports = { folder, keep, kept };
