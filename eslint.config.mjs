import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Which folders each folder may not import: the arrows of docs/architecture.md, enforced. */
const ABOVE_COMPONENTS = ["targets", "cost", "leftovers", "commands", "tests", "platform", "index"];
const FORBIDDEN = {
  settings: ["actions", "components", ...ABOVE_COMPONENTS],
  actions: ["settings", "components", ...ABOVE_COMPONENTS],
  components: ABOVE_COMPONENTS,
  targets: ["cost", "leftovers", "commands", "tests", "platform"],
  cost: ["actions", "components", "targets", "leftovers", "commands", "tests", "platform", "index"],
  leftovers: ["components", "targets", "commands", "tests", "platform", "index"],
  commands: ["components", "targets", "tests", "index"],
};

const importRules = Object.entries(FORBIDDEN).map(([folder, banned]) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: banned.map((name) => ({
          regex: `^(\\.\\./)+${name}(/|$)`,
          message: `${folder}/ may not import ${name}`,
        })),
      },
    ],
  },
}));

/**
 * A target never imports another target; `targets/index.ts` alone knows them all. What lies in a folder
 * within a target is a program of its own, and does not import that target either.
 */
const targetRules = [
  ["*", "\\.\\./"],
  ["*/*", "(\\.\\./){1,2}"],
].map(([folder, up]) => ({
  files: [`targets/${folder}/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex: "^(\\.\\./)+(cost|leftovers|commands|tests|platform)(/|$)", message: "one-way" },
          { regex: `^${up}(?!target$)[a-z0-9-]+`, message: "a target may not import another" },
        ],
      },
    ],
  },
}));

/** What is deployed knows nothing of prices, commands and tests; and nothing imports the entry. */
const entryRules = {
  files: ["platform.ts", "index.ts"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex: "^\\./(cost|leftovers|commands|tests|index)(/|$)", message: "one-way" },
        ],
      },
    ],
  },
};

export default defineConfig(
  { ignores: ["node_modules/", ".lab/", "scripts/*.cjs", "tests/engine/*.cjs"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 4],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Pulumi resources act by being constructed.
      "no-new": "off",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["tests/**/*.ts"],
    // A `describe` is a list of tests, not one function; mocha's `it` takes promises.
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    // What runs in CloudFront is no module: it has no types, and CloudFront calls `handler`.
    files: ["components/front-door/*.js"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      sourceType: "script",
      ...tseslint.configs.disableTypeChecked.languageOptions,
    },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^handler$" }],
    },
  },
  ...importRules,
  ...targetRules,
  entryRules,
);
