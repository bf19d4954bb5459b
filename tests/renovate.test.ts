import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  customManagers,
  description,
  ignorePaths,
  pip_requirements as requirements,
} from "../renovate.json";
import { CHARTS } from "../settings/versions/charts";
import { EKS_VERSIONS } from "../settings/versions/eks";
import { ETCD_PROGRAMS_IMAGE, KUBERNETES_VERSIONS } from "../settings/versions/kubernetes";
import { AWS_CLI_IMAGE } from "../settings/versions/serving";
import { KATIB_VERSION } from "../settings/versions/tuning";

const ROOT = join(__dirname, "..");

/** Every file in which a custom manager may find a version, by Renovate's name of it. */
const FILES = ["settings/versions", ".github/workflows"].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).map((file) => `${folder}/${file}`),
);

/** Version that a custom manager reads from a file. */
interface Found {
  readonly datasource: string;
  readonly depName: string;
  readonly registryUrl?: string;
  readonly currentValue: string;
  readonly currentDigest?: string;
}

type Manager = (typeof customManagers)[number];

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Patterns of files, which are regular expressions between slashes. */
const asRegExps = (patterns: readonly string[]): RegExp[] =>
  patterns.map((pattern) => new RegExp(pattern.slice(1, -1)));

/** Files that a manager names. */
function filesOf({ managerFilePatterns }: Manager): string[] {
  const patterns = asRegExps(managerFilePatterns);
  return FILES.filter((file) => patterns.some((pattern) => pattern.test(file)));
}

/** Expressions by which the managers of a file read a version. */
function expressionsFor(file: string): RegExp[] {
  return customManagers
    .filter((manager) => filesOf(manager).includes(file))
    .flatMap(({ matchStrings }) => matchStrings)
    .map((pattern) => new RegExp(pattern, "g"));
}

/** Versions that the managers of a file read from it. */
function versionsIn(file: string): Found[] {
  return expressionsFor(file)
    .flatMap((expression) => [...read(file).matchAll(expression)])
    .map(({ groups }) => groups as unknown as Found);
}

/** Text that looks like a version: two numbers beside each other, but no date and no key. */
const VERSION = /(["`])(?!\d{4}-\d\d-\d\d\1)[^"`\n]*\d[.-]\d[^"`\n]*\1(?!:)/g;

/** Constants of a file with a version that no manager reads, as `NAME in FILE`. */
function withoutManager(file: string): string[] {
  const code = expressionsFor(file)
    .reduce((text, expression) => text.replace(expression, ""), read(file))
    .replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
  return [...code.matchAll(VERSION)].map(({ index }) => {
    const before = [...code.slice(0, index).matchAll(/^(?:export )?const (\w+)/gm)];
    return `${before.at(-1)?.[1] ?? "?"} in ${file}`;
  });
}

const values = (found: readonly Found[]): string[] =>
  found.map(({ datasource, currentValue }) => `${datasource} ${currentValue}`).sort();

describe("Renovate", () => {
  it("finds a version in every file that a custom manager names", () => {
    const named = customManagers.flatMap(filesOf);
    assert.deepEqual(named.sort(), [
      ".github/workflows/engine.yml",
      "settings/versions/charts.ts",
      "settings/versions/eks.ts",
      "settings/versions/kubernetes.ts",
      "settings/versions/serving.ts",
      "settings/versions/tuning.ts",
    ]);
    for (const file of named) {
      assert.notDeepEqual(versionsIn(file), [], file);
    }
  });

  it("reads every comment that is meant for it", () => {
    for (const file of FILES) {
      const comments = read(file).match(/renovate:/g) ?? [];
      assert.equal(versionsIn(file).length, comments.length, file);
    }
  });

  it("reads every version in settings/versions, apart from those that renovate.json names", () => {
    const named = description
      .filter((line) => line.startsWith("Not covered: "))
      .flatMap((line) => line.match(/\w+ in settings\/versions\/[\w-]+\.ts/g) ?? []);
    const found = FILES.filter((file) => file.startsWith("settings/")).flatMap(withoutManager);
    assert.deepEqual([...new Set(found)].sort(), named.sort());
  });

  it("reads every list of Python packages, and its lock", () => {
    const lists = ["workload", "tests"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".in"))
        .map((name) => `${folder}/${name}`),
    );
    assert.ok(lists.includes("workload/tuning.in"));
    // In place of those of `config:recommended`, among which is every folder of tests.
    assert.deepEqual(ignorePaths, ["**/node_modules/**"]);
    // Renovate's default, to which it adds. https://docs.renovatebot.com/modules/manager/pip_requirements
    const byDefault = /(^|\/)[\w-]*requirements([-.]\w+)?\.(txt|pip)$/;
    const patterns = [byDefault, ...asRegExps(requirements.managerFilePatterns)];
    for (const file of lists.flatMap((list) => [list, list.replace(/in$/, "txt")])) {
      assert.match(read(file), /^\S+==/m, file);
      assert.ok(
        patterns.some((pattern) => pattern.test(file)),
        file,
      );
    }
  });

  it("looks up Katib, the AWS CLI's image, and what the engine tests install", () => {
    assert.deepEqual(values(versionsIn("settings/versions/tuning.ts")), [
      `github-releases ${KATIB_VERSION}`,
    ]);
    assert.deepEqual(
      versionsIn("settings/versions/serving.ts").map(
        ({ datasource, depName, currentValue }) => `${datasource} ${depName}:${currentValue}`,
      ),
      [`docker ${AWS_CLI_IMAGE}`],
    );
    const installed = versionsIn(".github/workflows/engine.yml").map((one) => one.depName);
    assert.deepEqual(installed, ["moto", "pulumi/pulumi"]);
  });

  it("looks up every chart by its name in its own repository", () => {
    const found = versionsIn("settings/versions/charts.ts").map((one) => [
      one.depName,
      { datasource: one.datasource, repository: one.registryUrl, version: one.currentValue },
    ]);
    const charts = Object.entries(CHARTS).map(([name, { repository, version }]) => [
      name,
      { datasource: "helm", repository, version },
    ]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(charts));
  });

  it("looks up the patch and the cloud controller of every Kubernetes version, and etcd's programs by digest", () => {
    const expected = Object.values(KUBERNETES_VERSIONS).flatMap(({ patch, cloudController }) => [
      `github-releases ${patch}`,
      `docker ${cloudController}`,
    ]);
    const etcd = `docker ${/:(v.+)@/.exec(ETCD_PROGRAMS_IMAGE)?.[1] ?? ""}`;
    const found = versionsIn("settings/versions/kubernetes.ts");
    assert.deepEqual(values(found), [...expected, etcd].sort());
    const pinned = found.filter(({ currentDigest }) => currentDigest !== undefined);
    assert.deepEqual(
      pinned.map(({ currentDigest }) => currentDigest),
      [ETCD_PROGRAMS_IMAGE.split("@")[1]],
    );
  });

  it("looks up the cluster autoscaler of every EKS version", () => {
    const expected = Object.values(EKS_VERSIONS).map(({ autoscaler }) => `docker ${autoscaler}`);
    assert.deepEqual(values(versionsIn("settings/versions/eks.ts")), expected.sort());
  });
});
