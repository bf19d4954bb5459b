import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * Asks for a doc comment on every export, and for a noun or a verb at the beginning of each.
 *
 * @type {import("eslint").Rule.RuleModule}
 */
const docComments = {
  create(context) {
    const { sourceCode } = context;
    /** @param {{ type: string, value: string }} comment */
    const isDoc = ({ type, value }) => type === "Block" && value.startsWith("*");
    return {
      /** @param {import("eslint").Rule.Node} node */
      "ExportNamedDeclaration[declaration]"(node) {
        if (!sourceCode.getCommentsBefore(node).some(isDoc)) {
          context.report({ node, message: "An export has a doc comment." });
        }
      },
      Program() {
        const doc = /^\*[\s*]*(How|What|Whether|Which|Who|Whose|Why)\b/;
        for (const comment of sourceCode.getAllComments()) {
          if (isDoc(comment) && doc.test(comment.value)) {
            context.report({
              loc: comment.loc,
              message: "A doc comment begins with a noun or verb.",
            });
          }
        }
      },
    };
  },
};

export default defineConfig(
  {
    ignores: [
      "node_modules/",
      ".lab/",
      "scripts/*.cjs",
      "tests/engine/*.cjs",
      "tests/support/*.cjs",
      ".dependency-cruiser.cjs",
    ],
  },
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
      "no-restricted-syntax": [
        "error",
        {
          selector: "ObjectExpression > SpreadElement > ObjectExpression",
          message: "Fields need no spread: it only hides a line from the formatter.",
        },
      ],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["tests/**"],
    plugins: { project: { rules: { "doc-comments": docComments } } },
    rules: { "project/doc-comments": "error" },
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
    // A script that runs in CloudFront is no module and has no types, and CloudFront calls its `handler`.
    files: ["components/front-door/*.js"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { sourceType: "script" },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^handler$" }],
    },
  },
);
