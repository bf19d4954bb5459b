/**
 * `npm run docs` writes the generated parts and files of the documentation. With `--check` it writes nothing, and
 * ends with 1 when a part is out of date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { readArguments } from "../commands/arguments";
import { standardError } from "../commands/standard-output";
import { generated, type Generated } from "./docs-parts";

const ROOT = join(__dirname, "..");

/** A generated part with its markers; the first group is its name. */
const MARKED = /<!-- generated: (.+?) -->\n[^]*?<!-- \/generated -->/g;

/** Pages of the documentation, relative to the root folder. */
export function docPages(root: string = ROOT): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      join(folder, file),
    );
  return [...readdirSync(root), ...below("docs"), ...below("examples")]
    .filter((file) => file.endsWith(".md"))
    .sort();
}

/** Names of the generated parts of a page. */
export function partsOf(page: string): string[] {
  return [...page.matchAll(MARKED)].map(([, name = ""]) => name);
}

/**
 * Puts texts between the markers of a page.
 *
 * @param texts text of each part, by name.
 * @throws Error when the page has a part without a text.
 */
export function filled(page: string, texts: Readonly<Record<string, string>>): string {
  return page.replace(MARKED, (_, name: string) => {
    const text = texts[name];
    if (text === undefined) {
      throw new Error(`nothing generates the part "${name}"; there are ${list(texts)}`);
    }
    return `<!-- generated: ${name} -->\n\n${text}\n\n<!-- /generated -->`;
  });
}

function list(texts: Readonly<Record<string, unknown>>): string {
  return Object.keys(texts).join(", ");
}

/** Texts by name. One after the other: the recorder behind the prices works for one stack at a time. */
async function textsOf(made: Generated["parts"]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(made)) {
    texts[name] = await text();
  }
  return texts;
}

/** The pages and files that are out of date, with their new text. */
async function changedPages(): Promise<Map<string, string>> {
  const { parts, files } = generated(ROOT);
  const texts = await textsOf(parts);
  const pages = docPages().map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));
  const used = pages.flatMap(({ text }) => partsOf(text));
  const unused = Object.keys(texts).filter((name) => !used.includes(name));
  if (unused.length > 0) {
    throw new Error(`no page has markers for these generated parts: ${unused.join(", ")}`);
  }
  const changed = new Map<string, string>();
  for (const { file, text } of pages.filter((page) => partsOf(page.text).length > 0)) {
    const options = { ...(await resolveConfig(join(ROOT, file))), parser: "markdown" };
    const after = await format(filled(text, texts), options);
    if (after !== text) {
      changed.set(file, after);
    }
  }
  for (const [file, after] of Object.entries(await textsOf(files))) {
    const path = join(ROOT, file);
    if (!existsSync(path) || readFileSync(path, "utf8") !== after) {
      changed.set(file, after);
    }
  }
  return changed;
}

const COMMAND = {
  script: "docs",
  options: { check: { type: "boolean", default: false } },
} as const;

async function main(): Promise<void> {
  const read = readArguments(COMMAND, process.argv.slice(2), process.env);
  if ("problem" in read) {
    standardError(`${read.problem}\n`);
    process.exitCode = 2;
    return;
  }
  const changed = await changedPages();
  if (read.ok.values.check) {
    for (const file of changed.keys()) {
      standardError(`${file} is out of date where it is generated: run npm run docs\n`);
    }
    process.exitCode = changed.size === 0 ? 0 : 1;
    return;
  }
  for (const [file, text] of changed) {
    writeFileSync(join(ROOT, file), text);
  }
}

if (require.main === module) {
  void main();
}
