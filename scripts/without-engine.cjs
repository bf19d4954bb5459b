/**
 * `node --require` this before a program that only records what is declared: it leaves away what of the
 * Pulumi SDKs only a deployment needs. The Pulumi engine and the tests run with the real thing.
 */
const { dirname, join } = require("node:path");

const sdk = dirname(dirname(require.resolve("@pulumi/pulumi/runtime")));
const kubernetes = dirname(require.resolve("@pulumi/kubernetes"));
const grpc = dirname(require.resolve("@grpc/grpc-js", { paths: [sdk] }));

function replace(file, exports) {
  // A file that has moved in a new version of an SDK has to be noticed, not silently loaded.
  const filename = require.resolve(file);
  require.cache[filename] = { id: filename, filename, loaded: true, exports };
}

// Three quarters of the time in which Pulumi's SDK loads go into npm's dependency resolver and the
// TypeScript compiler. It needs them to turn functions into text, for Lambda and for dynamic
// providers, which is slow again. Nothing that is priced runs such a function, so the text is empty.
const nothing = { text: "", exportName: "handler", containsSecrets: false };
replace(join(sdk, "runtime/closure/serializeClosure.js"), {
  serializeFunction: () => Promise.resolve(nothing),
  serializeFunctionAsync: () => Promise.resolve(nothing.text),
});
replace(join(sdk, "runtime/closure/codePaths.js"), {
  computeCodePaths: () => Promise.resolve(new Map()),
});

// The Automation API drives the CLI, providers serve the engine, which is itself reached by gRPC.
replace(join(sdk, "automation/index.js"), {});
replace(join(sdk, "provider/index.js"), {});
replace(join(grpc, "index.js"), {
  status: require(join(grpc, "constants.js")).Status,
  makeGenericClientConstructor: () => undefined,
});
// Pulumi tells by these which promises never came to an end, which triples the number of promises.
replace(join(sdk, "runtime/debuggable.js"), {
  debuggablePromise: (promise) => promise,
  errorString: (error) => error.stack ?? String(error),
});

// Manifests and local charts are files; what is declared here are objects and releases.
replace(join(kubernetes, "yaml/index.js"), { CollectionComponentResource: class {} });
