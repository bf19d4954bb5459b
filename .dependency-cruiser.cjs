/**
 * The arrows of docs/architecture.md: which folder may import which, and no circles, also inside a folder.
 * `npm run lint` checks them.
 */

/** Folders that each folder may import, beside itself and packages. */
const MAY_IMPORT = {
  settings: [],
  aws: ["settings"],
  actions: ["aws", "settings"],
  components: ["settings"],
  targets: ["components", "settings"],
  cost: ["settings"],
  leftovers: ["cost", "aws", "settings"],
  reports: ["leftovers", "cost", "settings"],
  examples: ["reports", "cost", "settings"],
  commands: ["examples", "reports", "leftovers", "cost", "aws", "settings"],
};

/** Files that may import more than their folder, and what: the reason stands in the file. */
const EXTRA = {
  "cost/live": ["aws"],
  "commands/price-stack.ts": ["platform.ts"],
};

/** Types name the inputs of an action; the code of an action is only ever loaded by the engine. */
const TYPES_ONLY = { components: ["actions", "aws"], targets: ["actions", "aws"] };

const folders = Object.keys(MAY_IMPORT);

/** A pattern for any of these folders or files. */
const anyOf = (names) => `^(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})(/|$)`;

const arrows = folders.map((folder) => {
  const extra = Object.entries(EXTRA).filter(([file]) => file.startsWith(`${folder}/`));
  return {
    name: `arrows-of-${folder}`,
    severity: "error",
    from: { path: anyOf([folder]), pathNot: extra.map(([file]) => anyOf([file])) },
    to: {
      path: ["^[^/]+\\.ts$", anyOf([...folders, "scripts", "tests"])],
      pathNot: anyOf([folder, ...MAY_IMPORT[folder], ...(TYPES_ONLY[folder] ?? [])]),
    },
  };
});

const extras = Object.entries(EXTRA).map(([file, more]) => {
  const [folder] = file.split("/");
  return {
    name: `arrows-of-${file.replace(/\W+/g, "-")}`,
    severity: "error",
    from: { path: anyOf([file]) },
    to: {
      path: ["^[^/]+\\.ts$", anyOf([...folders, "scripts", "tests"])],
      pathNot: anyOf([folder, ...MAY_IMPORT[folder], ...more]),
    },
  };
});

const typesOnly = Object.entries(TYPES_ONLY).map(([folder, names]) => ({
  name: `types-only-of-${folder}`,
  severity: "error",
  from: { path: anyOf([folder]) },
  to: { path: anyOf(names), dependencyTypesNot: ["type-only"] },
}));

module.exports = {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    ...arrows,
    ...extras,
    ...typesOnly,
    {
      name: "platform-knows-no-prices",
      severity: "error",
      from: { path: "^(platform|index)\\.ts$" },
      to: { path: anyOf(["cost", "leftovers", "reports", "examples", "commands", "tests"]) },
    },
    {
      name: "nothing-imports-the-entry",
      comment: "Importing index.ts deploys.",
      severity: "error",
      from: {},
      to: { path: "^index\\.ts$" },
    },
    {
      name: "a-target-imports-no-other",
      severity: "error",
      from: { path: "^targets/([^/]+)/" },
      to: { path: "^targets/([^/]+)/", pathNot: "^targets/$1/" },
    },
    {
      name: "a-program-in-a-target-stands-alone",
      comment: "The code of a Lambda function does not import the program that deploys it.",
      severity: "error",
      from: { path: "^targets/([^/]+)/([^/]+)/" },
      to: { path: "^(targets|components|platform)", pathNot: "^targets/$1/$2/" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules" },
  },
};
