/** Files that the scripts here keep between runs, in `node_modules/.cache`. */
const fs = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "..", "node_modules", ".cache", "ml-platform");

/** Whole or not at all: several stacks may start at once. Where it cannot be written, `make` is not called. */
function keep(name, make) {
  const file = join(folder, name);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    fs.writeFileSync(`${file}.${process.pid}`, make());
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only installation does without. On a full disk, half a file must not take what is left.
    fs.rmSync(`${file}.${process.pid}`, { force: true });
  }
}

/** A file that was kept, as a buffer. @throws when there is none */
function kept(name) {
  return fs.readFileSync(join(folder, name));
}

module.exports = { folder, keep, kept };
