/**
 * `node --require` this before a program that starts often: it keeps what V8 has compiled for the next
 * run, which is a third of the time in which the Pulumi SDKs load.
 *
 * Node.js 20 keeps no compiled code by itself; newer versions leave out what was compiled when it was
 * first called. What is kept is taken for the same text alone, and by the V8 that made it.
 */
const { hash } = require("node:crypto");
const Module = require("node:module");
const { dirname } = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");
const cache = require("./cache.cjs");

const NAME = "compiled-code";
/** Text that only Node's own compilation understands: a first line for the shell, `import()`. */
const NODE_ALONE = /^#!|\bimport\s*\(/;

const SHA1_BYTES = 20;

// V8 11 (Node.js 20) optimises what a run of a second does not call often enough to pay for it.
// Its default is 67,584; newer ones wait longer by themselves, and do not know the option.
if (process.versions.v8.startsWith("11.")) {
  v8.setFlagsFromString("--interrupt-budget=300000");
}

/** Digest of the text and what V8 made of it, by file. */
const kept = read();
/** Code that this run has compiled or taken from the cache, by file. */
const scripts = new Map();
let isNew = false;

/** V8 runs what it is handed, so the file begins with a digest of the rest. */
function read() {
  try {
    const file = cache.kept(NAME);
    const [digest, rest] = [file.subarray(0, SHA1_BYTES), file.subarray(SHA1_BYTES)];
    return hash("sha1", rest, "buffer").equals(digest) ? v8.deserialize(rest) : new Map();
  } catch {
    return new Map();
  }
}

const compile = Module.prototype._compile;
Module.prototype._compile = function (content, filename, format) {
  if (format === "module" || NODE_ALONE.test(content)) {
    return compile.call(this, content, filename, format);
  }
  const digest = hash("sha1", content);
  const known = kept.get(filename);
  const script = new vm.Script(Module.wrap(content), {
    filename,
    // Stack traces count the columns of the file.
    columnOffset: -Module.wrapper[0].length,
    cachedData: known?.digest === digest ? known.data : undefined,
  });
  isNew ||= script.cachedDataRejected !== false;
  scripts.set(filename, { digest, script });
  const run = script.runInThisContext();
  return run.call(this.exports, this.exports, requireOf(this), this, filename, dirname(filename));
};

/** The `require` that Node gives to a module. */
function requireOf(module) {
  const resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  return Object.assign((id) => module.require(id), {
    resolve,
    main: process.mainModule,
    extensions: Module._extensions,
    cache: Module._cache,
  });
}

// At the end, so that functions which were compiled when they were first called are in it.
process.on("exit", () => {
  if (isNew) {
    cache.keep(NAME, () => {
      for (const [file, { digest, script }] of scripts) {
        kept.set(file, { digest, data: script.createCachedData() });
      }
      const rest = v8.serialize(kept);
      return Buffer.concat([hash("sha1", rest, "buffer"), rest]);
    });
  }
});
