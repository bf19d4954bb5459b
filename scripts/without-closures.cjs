/**
 * `node --require` this before a program that only records what is declared.
 *
 * Three quarters of the time in which Pulumi's SDK loads go into npm's dependency resolver and the
 * TypeScript compiler. It needs them to turn functions into text, for Lambda and for dynamic
 * providers, which is slow again. Nothing that is priced runs such a function, so here the text is
 * empty. The Pulumi engine and the tests run with the real thing.
 */
const { dirname, join } = require("node:path");

const sdk = dirname(dirname(require.resolve("@pulumi/pulumi/runtime")));

function replace(name, exports) {
  const filename = join(sdk, `${name}.js`);
  // A file that has moved in a new version of the SDK has to be noticed, not silently loaded.
  require.cache[require.resolve(filename)] = { id: filename, filename, loaded: true, exports };
}

const nothing = { text: "", exportName: "handler", containsSecrets: false };
replace("runtime/closure/serializeClosure", {
  serializeFunction: () => Promise.resolve(nothing),
  serializeFunctionAsync: () => Promise.resolve(nothing.text),
});
replace("runtime/closure/codePaths", { computeCodePaths: () => Promise.resolve(new Map()) });
// The Automation API drives the CLI, which nothing here does either.
replace("automation/index", {});
