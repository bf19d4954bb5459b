import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { dependencies, devDependencies, engines } from "../package.json";
import { docPages } from "../scripts/docs";
import { loadSettings } from "../settings";
import { exampleValues } from "../settings/example-values";
import { flatten } from "../settings/schema/setting";
import { readStackFile } from "../settings/schema/stack-file";
import { SHARED_SETTINGS } from "../settings/shared";
import { TARGET_PROFILES } from "../settings/targets";
import { TODAY } from "./support/resources";

const ROOT = join(__dirname, "..");

function page(name: string): string {
  return readFileSync(join(ROOT, name), "utf8");
}

describe("the documentation", () => {
  it("explains every dependency in docs/dependencies.md, and no other package", () => {
    // A bullet names its packages before the colon, possibly over several lines.
    const heads = page("docs/dependencies.md")
      .split(/^- (?=`)/m)
      .slice(1)
      .map((bullet) => /^(?:`[^`]+`[,\s]*)+:/.exec(bullet)?.[0] ?? "");
    const named = heads.flatMap((head) => [...head.matchAll(/`([^`]+)`/g)]);
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

  it("replaces every example value in the first steps of docs/deploy.md", () => {
    const deploy = page("docs/deploy.md");
    const source = readStackFile(ROOT, "ec2");
    const users = JSON.parse(source["ml-platform:users"] ?? "") as Record<string, string>[];
    const commands = /^ +pulumi config set --path 'users\[(\d)\]\.(\w+)' (\S+)$/gm;
    for (const [, index, field = "", value = ""] of deploy.matchAll(commands)) {
      assert.match(value, /^(NAME|ADDRESS)$/, "what nobody can know stands in capitals");
      users[Number(index)]![field] = value === "NAME" ? `p${index ?? ""}` : `p${index ?? ""}@a.de`;
    }
    assert.match(deploy, /^ +pulumi config set allowedCidrs "\$\(curl -s \S+\)\/32"$/m);
    const own = { allowedCidrs: "81.2.69.160/27", users: JSON.stringify(users) };
    const config = Object.fromEntries(
      Object.entries(own).map(([path, value]): [string, string] => [`ml-platform:${path}`, value]),
    );
    const { settings } = loadSettings("ec2", { ...source, ...config }, TODAY);
    assert.deepEqual(exampleValues(settings), []);
  });

  it("names the oldest supported Node.js version", () => {
    const readme = page("README.md");
    const oldest = engines.node.replace(">=", "");
    assert.match(readme, new RegExp(`Node\\.js ${oldest.replace(".", "\\.")} or newer`));
  });

  it("shows a pod with the role, token and region that an AWS SDK needs", () => {
    const [, text = ""] =
      /```yaml\n(apiVersion: v1\nkind: Pod\n.*?)```/s.exec(page("docs/targets/README.md")) ?? [];
    const { spec } = parse(text) as { spec: { containers: { env: { name: string }[] }[] } };
    assert.deepEqual(
      spec.containers[0]?.env.map(({ name }) => name),
      ["AWS_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"],
    );
  });

  it("links only to files and headings that exist", () => {
    for (const from of docPages()) {
      for (const [, target = "", anchor] of page(from).matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)) {
        const to = target === "" ? from : join(dirname(from), target);
        assert.ok(existsSync(join(ROOT, to)), `${from} → ${to}`);
        if (anchor !== undefined) {
          assert.ok(anchorsOf(page(to)).includes(anchor), `${from} → ${to}#${anchor}`);
        }
      }
    }
  });

  it("has a README of at most 130 lines, with a sample of ten at most", () => {
    const readme = page("README.md");
    assert.ok(readme.split("\n").length <= 131, "at most 130 lines");
    const [, text = ""] = /```text\n(.*?)\n```/s.exec(readme) ?? [];
    assert.ok(text.split("\n").length <= 10);
    assert.match(text, /^Total /m);
  });

  it("shows every setting of every target", () => {
    const headings = page("docs/settings.md").match(/^### `.*`$/gm) ?? [];
    const trees = [SHARED_SETTINGS, ...Object.values(TARGET_PROFILES).map((one) => one.settings)];
    assert.deepEqual(
      headings,
      trees
        .flatMap((tree) => flatten(tree))
        .map(({ path, setting }) => `### \`${setting.key ?? path}\``),
    );
  });
});

/** GitHub's anchors of the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
