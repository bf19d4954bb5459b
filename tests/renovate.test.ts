import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { customManagers } from "../renovate.json";
import { CHARTS } from "../settings/versions/charts";
import { EKS_VERSIONS } from "../settings/versions/eks";
import { ETCD_PROGRAMS_IMAGE, KUBERNETES_VERSIONS } from "../settings/versions/kubernetes";

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

/** Files that a manager names. Its patterns are regular expressions between slashes. */
function filesOf({ managerFilePatterns }: Manager): string[] {
  const patterns = managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  return FILES.filter((file) => patterns.some((pattern) => pattern.test(file)));
}

/** Versions that the managers of a file read from it. */
function versionsIn(file: string): Found[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return customManagers
    .filter((manager) => filesOf(manager).includes(file))
    .flatMap(({ matchStrings }) => matchStrings)
    .flatMap((pattern) => [...text.matchAll(new RegExp(pattern, "g"))])
    .map(({ groups }) => groups as unknown as Found);
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
    ]);
    for (const file of named) {
      assert.notDeepEqual(versionsIn(file), [], file);
    }
  });

  it("reads every comment that is meant for it", () => {
    for (const file of FILES) {
      const comments = readFileSync(join(ROOT, file), "utf8").match(/renovate:/g) ?? [];
      assert.equal(versionsIn(file).length, comments.length, file);
    }
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
