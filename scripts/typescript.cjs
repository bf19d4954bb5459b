/**
 * Lets Node load the project's TypeScript: `node --require ./scripts/typescript.cjs FILE.ts`.
 *
 * esbuild strips the types of all files in one run, some 50 ms. Loaders that hook into every
 * `require` also read the files of the Pulumi SDKs, which doubles the time that anything takes to
 * start. Types are checked by `npm run check`, not here.
 */
const { buildSync } = require("esbuild");
const { join } = require("node:path");

const root = join(__dirname, "..");
const PROGRAM = ["*.ts", ...globs("settings", "components", "targets", "cost", "commands")];
const REST = globs("scripts", "tests");

function globs(...folders) {
  return folders.map((folder) => `${folder}/**/*.ts`);
}

/** JavaScript by file; each half is made when something in it is first required. */
const scripts = new Map();

function translate(entryPoints) {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints,
    outdir: root,
    outbase: root,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    logLevel: "error",
  });
  for (const { path, text } of outputFiles) {
    scripts.set(path.replace(/\.js$/, ".ts"), text);
  }
}

require.extensions[".ts"] = (module, file) => {
  for (const half of [PROGRAM, REST]) {
    if (!scripts.has(file)) {
      translate(half);
    }
  }
  const script = scripts.get(file);
  if (script === undefined) {
    throw new Error(`${file} lies in no folder that scripts/typescript.cjs translates`);
  }
  module._compile(script, file);
};
