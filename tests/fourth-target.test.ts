import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "..");
/** Files that the program of a target needs, and those that a test here reads. */
const COPIED =
  /^(index|platform)\.ts$|^(settings|components|targets|aws|actions|cost|leftovers|reports|examples|commands|scripts|docs|workload)$|^Pulumi\.|^(tsconfig|package)\.json$|^package-lock\.json$|^README\.md$|^CONTRIBUTING\.md$|^\.prettierrc$/;

/** A copy of the project that gets a fourth target. */
class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), "fourth-target-"));

  constructor() {
    cpSync(ROOT, this.folder, {
      recursive: true,
      filter: (file) => {
        const [top = ""] = file.slice(ROOT.length + 1).split("/");
        return top === "" || COPIED.test(top);
      },
    });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Replaces a text that a file has exactly once. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    assert.equal(text.split(from).length, 2, `${file} has not one "${from}"`);
    this.write(file, text.replace(from, to));
  }

  run(script: string, ...args: readonly string[]): string {
    // Less collection of garbage: a fifth of the time.
    const memory = ["--min-semi-space-size=32", "--max-semi-space-size=32"];
    const command = [...memory, "--require", "./scripts/typescript.cjs", script, ...args];
    return execFileSync(process.execPath, command, { cwd: this.folder, encoding: "utf8" });
  }
}

/** Type faults of some files of a copy, which may change between two calls. */
class TypeCheck {
  private version = 0;
  private readonly service: ts.LanguageService;
  private readonly files: readonly string[];

  constructor(folder: string, files: readonly string[]) {
    const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), (file) =>
      ts.sys.readFile(file),
    ) as { config: unknown };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    this.service = ts.createLanguageService({
      fileExists: (file) => ts.sys.fileExists(file),
      readFile: (file) => ts.sys.readFile(file),
      directoryExists: (name) => ts.sys.directoryExists(name),
      getDirectories: (name) => ts.sys.getDirectories(name),
      getScriptFileNames: () => files.map((file) => join(folder, file)),
      getScriptVersion: (file) => (file.includes("node_modules") ? "0" : String(this.version)),
      getScriptSnapshot: (file) => {
        const text = ts.sys.readFile(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => folder,
      getCompilationSettings: () => options,
      // Pulumi's types are comments for the most part.
      jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
      getDefaultLibFileName: (compilerOptions) => ts.getDefaultLibFilePath(compilerOptions),
    });
    this.files = files.map((file) => join(folder, file));
  }

  faults(): string {
    this.version += 1;
    return this.files
      .flatMap((file) => this.service.getSemanticDiagnostics(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
      .join("\n");
  }
}

/** The outcomes of changes with those of `ec2` once more for `k3s`. */
function withK3s(text: string): string {
  const source = ts.createSourceFile("changes.ts", text, ts.ScriptTarget.Latest, true);
  const added: { readonly at: number; readonly entry: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === "ec2") {
      added.unshift({ at: node.getStart(), entry: `k3s: ${node.initializer.getText()}, ` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return added.reduce((all, { at, entry }) => all.slice(0, at) + entry + all.slice(at), text);
}

/** Adds to a copy the parts that CONTRIBUTING.md lists for a target, all copied from `ec2`. */
function addK3s(copy: Copy): void {
  copy.edit(
    "settings/targets/index.ts",
    "  ec2: EC2_PROFILE,\n",
    "  ec2: EC2_PROFILE,\n  k3s: EC2_PROFILE,\n",
  );
  copy.edit(
    "settings/targets/index.ts",
    "  readonly ec2: { raw: Ec2Settings; ready: Ec2Settings };\n",
    "  readonly ec2: { raw: Ec2Settings; ready: Ec2Settings };\n  readonly k3s: { raw: Ec2Settings; ready: Ec2Settings };\n",
  );
  cpSync(join(copy.folder, "targets", "ec2"), join(copy.folder, "targets", "k3s"), {
    recursive: true,
  });
  const entry = copy.read("targets/k3s/index.ts").replaceAll('"ec2"', '"k3s"');
  copy.write("targets/k3s/index.ts", entry.replace("export const ec2:", "export const k3s:"));
  copy.edit("targets/index.ts", "{ ec2, eks, sagemaker }", "{ ec2, eks, k3s, sagemaker }");
  copy.edit(
    "targets/index.ts",
    'import { eks } from "./eks";\n',
    'import { eks } from "./eks";\nimport { k3s } from "./k3s";\n',
  );
  copy.write("settings/changes.ts", withK3s(copy.read("settings/changes.ts")));
  const stack = copy.read("Pulumi.ec2.yaml");
  assert.match(stack, /target: ec2/);
  copy.write("Pulumi.k3s.yaml", stack.replace("target: ec2", "target: k3s"));
}

describe("a fourth target", () => {
  let copy: Copy;

  before(() => {
    copy = new Copy();
    copy.edit(
      "settings/shared.ts",
      '["ec2", "eks", "sagemaker"]',
      '["ec2", "eks", "k3s", "sagemaker"]',
    );
  });

  after(() => {
    copy.remove();
  });

  it("does not compile without profile, program and outcomes of changes, nor with half a profile", function () {
    this.timeout(180_000);
    const types = new TypeCheck(copy.folder, [
      "settings/targets/index.ts",
      "settings/changes.ts",
      "targets/index.ts",
    ]);
    const nothing = types.faults();
    assert.match(nothing, /Property 'k3s' is missing in type .*TargetProfile/s);
    assert.match(nothing, /Property 'k3s' is missing in type .*Target<"k3s">/s);
    assert.match(nothing, /Property 'k3s' is missing in type .*Change \| undefined/s);
    addK3s(copy);
    const whole = copy.read("settings/targets/index.ts");
    for (const field of ["capacity", "bestFor"] as const) {
      const half = whole.replace(
        "  k3s: EC2_PROFILE,\n",
        `  k3s: (({ ${field}: _, ...rest }) => rest)(EC2_PROFILE),\n`,
      );
      copy.write("settings/targets/index.ts", half);
      assert.match(types.faults(), new RegExp(`Property '${field}' is missing`), field);
    }
    copy.write("settings/targets/index.ts", whole);
    assert.equal(types.faults(), "");
  });

  it("is in the table and in the comparison, as the target that it is a copy of", () => {
    const out = copy.run("commands/compare.ts", "--stacks", "ec2,k3s", "--equal", "--json");
    const { stacks, equal } = JSON.parse(out) as {
      stacks: { target: string; totals: object; notebooksHeld: number }[];
      equal: { services: { target: string; mode: string; totals: object }[]; refused: object[] };
    };
    const [ec2, k3s] = stacks;
    assert.deepEqual([ec2!.target, k3s!.target], ["ec2", "k3s"]);
    // Commands on live stacks read the target from this type.
    assert.match(copy.read("targets/k3s/index.ts"), /super\(targetType\("k3s"\), name,/);
    assert.deepEqual(k3s!.totals, ec2!.totals);
    assert.equal(k3s!.notebooksHeld, ec2!.notebooksHeld);
    assert.ok(k3s!.notebooksHeld > 0);
    const rows = (target: string): object[] =>
      equal.services
        .filter((one) => one.target === target)
        .map(({ mode, totals }) => ({ mode, totals }));
    assert.equal(rows("k3s").length, 5);
    assert.deepEqual(rows("k3s"), rows("ec2"));
    assert.deepEqual(equal.refused, []);
  });

  it("is in the generated parts of the documentation", () => {
    // The loader of TypeScript compiles scripts/ and tests/ together.
    mkdirSync(join(copy.folder, "tests"));
    copy.run("scripts/docs.ts");
    assert.match(copy.read("README.md"), /^\| `k3s` .*\d of 10 \|$/m);
    assert.match(copy.read("docs/settings.md"), /^## Target `k3s`$/m);
    assert.match(copy.read("docs/comparison.md"), /^USD a month .* eks +prod +k3s +sagemaker$/m);
    assert.match(copy.read("docs/comparison.md"), /`ec2`, `eks`, `k3s` and `sagemaker` live/);
  });
});
