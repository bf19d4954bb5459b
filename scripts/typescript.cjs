/**
 * Lets Node load the project's TypeScript: `node --require ./scripts/typescript.cjs FILE.ts`.
 *
 * esbuild strips the types of all files in one run. Loaders that hook into every `require` also read
 * the files of the Pulumi SDKs, which doubles the time that anything takes to start. What comes out
 * is kept in `node_modules/.cache` until a file changes. Types are checked by `npm run check`, not here.
 */
const fs = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

const cache = require("./cache.cjs");

const root = join(__dirname, "..");
/** Folders of the program, and of what only developers run; `.` is the files beside them. */
const PROGRAM = [
  ".",
  "settings",
  "aws",
  "actions",
  "components",
  "targets",
  "cost",
  "leftovers",
  "reports",
  "examples",
  "commands",
];
const REST = ["scripts", "tests"];

// Node.js 22 and newer keep compiled code, a quarter of the time that the Pulumi SDKs take to load.
enableCompileCache?.(join(cache.folder, "compiled"));

/** JavaScript by file; each half is made when something in it is first required. */
const scripts = new Map();

function load(folders) {
  const files = folders.flatMap(sources);
  const stamps = [__filename, ...files].map(stamp).join("\n");
  const name = `${folders.at(-1)}.json`;
  const kept = read(name, stamps);
  const made = kept ?? translate(files);
  if (kept === undefined) {
    cache.keep(name, () => JSON.stringify({ stamps, made }));
  }
  for (const [source, script] of Object.entries(made)) {
    scripts.set(source, script);
  }
}

function sources(folder) {
  const names = fs.readdirSync(join(root, folder), { recursive: folder !== "." });
  return names.filter((name) => name.endsWith(".ts")).map((name) => join(root, folder, name));
}

function stamp(file) {
  const { mtimeMs, size } = fs.statSync(file);
  return `${file} ${mtimeMs} ${size}`;
}

function read(name, stamps) {
  try {
    const kept = JSON.parse(cache.kept(name).toString());
    return kept.stamps === stamps ? kept.made : undefined;
  } catch {
    return undefined;
  }
}

function translate(entryPoints) {
  const { outputFiles } = require("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints,
    outdir: root,
    outbase: root,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "error",
  });
  return Object.fromEntries(
    outputFiles.map(({ path, text }) => [path.replace(/\.js$/, ".ts"), text]),
  );
}

require.extensions[".ts"] = (module, file) => {
  for (const folders of [PROGRAM, REST]) {
    if (!scripts.has(file)) {
      load(folders);
    }
  }
  const script = scripts.get(file);
  if (script === undefined) {
    throw new Error(`${file} lies in no folder that scripts/typescript.cjs translates`);
  }
  module._compile(script, file);
};
