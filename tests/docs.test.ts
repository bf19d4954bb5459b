import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { dependencies, devDependencies, engines } from "../package.json";
import { loadSettings } from "../settings";
import { exampleValues } from "../settings/example-values";
import { readStackFile } from "../settings/schema/stack-file";
import { TODAY } from "./support/resources";

const ROOT = join(__dirname, "..");
const PAGES = ["README.md", ...readdirSync(join(ROOT, "docs")).map((file) => `docs/${file}`)];

describe("the documentation", () => {
  it("explains every dependency in docs/dependencies.md, and no other package", () => {
    const page = readFileSync(join(ROOT, "docs", "dependencies.md"), "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([^`]+)`/g)]);
    assert.deepEqual(
      named.map(([, name]) => name).sort(),
      Object.keys({ ...dependencies, ...devDependencies }).sort(),
    );
  });

  it("pins every dependency to an exact version", () => {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
    }
  });

  it("replaces every example value in the README's first steps", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const source = readStackFile(ROOT, "ec2");
    const users = JSON.parse(source["ml-platform:users"] ?? "") as Record<string, string>[];
    const commands = /^ +pulumi config set --path 'users\[(\d)\]\.(\w+)' (\S+)$/gm;
    for (const [, index, field = "", value = ""] of readme.matchAll(commands)) {
      assert.match(value, /^(NAME|ADDRESS)$/, "what nobody can know stands in capitals");
      users[Number(index)]![field] = value === "NAME" ? `p${index ?? ""}` : `p${index ?? ""}@a.de`;
    }
    assert.match(readme, /^ +pulumi config set allowedCidrs "\$\(curl -s \S+\)\/32"$/m);
    const own = { allowedCidrs: "81.2.69.160/27", users: JSON.stringify(users) };
    const config = Object.fromEntries(
      Object.entries(own).map(([path, value]): [string, string] => [`ml-platform:${path}`, value]),
    );
    const { settings } = loadSettings("ec2", { ...source, ...config }, TODAY);
    assert.deepEqual(exampleValues(settings), []);
  });

  it("names the oldest supported Node.js version", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const oldest = engines.node.replace(">=", "");
    assert.match(readme, new RegExp(`Node\\.js ${oldest.replace(".", "\\.")} or newer`));
  });

  it("shows a pod with the role, token and region that an AWS SDK needs", () => {
    const page = readFileSync(join(ROOT, "docs", "targets.md"), "utf8");
    const [, text = ""] = /```yaml\n(apiVersion: v1\nkind: Pod\n.*?)```/s.exec(page) ?? [];
    const { spec } = parse(text) as { spec: { containers: { env: { name: string }[] }[] } };
    assert.deepEqual(
      spec.containers[0]?.env.map(({ name }) => name),
      ["AWS_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"],
    );
  });

  it("links only to files that exist", () => {
    for (const page of PAGES) {
      const text = readFileSync(join(ROOT, page), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(ROOT, dirname(page), target)), `${page} → ${target}`);
      }
    }
  });
});
