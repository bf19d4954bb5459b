import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { DeclaredResource } from "../../../cost/rule";
import { MOST_PARALLEL } from "../../../settings/versions/training";
import { declaredPlatform, ofType } from "../../support/declared";
import { at, declaredNotebooks, valuesOf } from "../../support/notebooks";

const WORKLOAD = join(__dirname, "..", "..", "..", "workload");

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources: unknown;
  readonly securityContext: unknown;
}

interface Pod {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
}

/** Kubernetes objects of grace on a cluster. */
async function ofPerson(target: string): Promise<Pick<DeclaredResource, "type" | "inputs">[]> {
  const all = await declaredPlatform({ target });
  return all
    .filter(({ inputs }) => isOf(inputs, "user-grace"))
    .map(({ type, inputs }) => ({ type, inputs }));
}

/** True for a namespace and for what is in it. */
function isOf(inputs: unknown, namespace: string): boolean {
  return [at(inputs, "metadata.namespace"), at(inputs, "metadata.name")].includes(namespace);
}

describe("the templates of the workload's Jobs", () => {
  let resources: readonly DeclaredResource[] = [];
  before(async () => {
    resources = await declaredNotebooks();
  });
  const template = (person: string, name = "workload"): unknown => {
    const metadata = { name, namespace: `user-${person}` };
    const found = ofType(resources, "batch/v1:CronJob").find(({ inputs }) =>
      isDeepStrictEqual(inputs["metadata"], metadata),
    );
    assert.ok(found !== undefined, name);
    return found.inputs["spec"];
  };
  const podOf = (person: string): Pod =>
    at(template(person), "jobTemplate.spec.template.spec") as Pod;

  it("is in each person's namespace, and never runs by itself", () => {
    for (const person of ["ada", "grace"]) {
      assert.equal(at(template(person), "suspend"), true);
      assert.equal(at(template(person, "tuning"), "suspend"), true);
    }
    assert.equal(ofType(resources, "batch/v1:CronJob").length, 4);
  });

  it("tries once, for an hour at most, and is gone a day later", () => {
    const spec = at(template("ada"), "jobTemplate.spec");
    assert.equal(at(spec, "backoffLimit"), 0);
    assert.equal(at(spec, "activeDeadlineSeconds"), 3600);
    assert.equal(at(spec, "ttlSecondsAfterFinished"), 86_400);
  });

  it("tune with three workers, each tried twice, for two hours at most", () => {
    const spec = at(template("ada", "tuning"), "jobTemplate.spec") as Record<string, unknown>;
    const { template: pod, ...job } = spec;
    assert.deepEqual(job, {
      completionMode: "Indexed",
      completions: 3,
      parallelism: 3,
      backoffLimitPerIndex: 1,
      activeDeadlineSeconds: 7200,
      ttlSecondsAfterFinished: 86_400,
    });
    const path = (name: string) => `/opt/ml-platform/${name}`;
    const { containers, initContainers, ...others } = at(pod, "spec") as Pod;
    assert.deepEqual(containers[0]?.command, ["python3", path("tune.py")]);
    assert.deepEqual(initContainers[1]?.command.slice(1), [
      ...["install.py", "tuning.in", "tuning.txt"].map(path),
    ]);
    const { containers: one, initContainers: two, ...same } = podOf("ada");
    assert.deepEqual(others, same);
    // A third of 1 vCPU and 4 GiB each; all of the CPUs while nobody else wants them.
    const resources = {
      requests: { cpu: "333m", memory: "1365Mi" },
      limits: { cpu: "2", memory: "1365Mi" },
    };
    const alike = { command: [], resources };
    assert.deepEqual(containers[0].resources, resources);
    assert.deepEqual({ ...containers[0], ...alike }, { ...one[0], ...alike });
    assert.deepEqual({ ...initContainers[1], ...alike }, { ...two[1], ...alike });
  });

  it("fit into the quota of a namespace, as many workers as the file says beside a notebook", async () => {
    const only = { sizes: [{ name: "2x4", vcpus: 2, memoryGib: 4 }] };
    const [quota] = ofType(await declaredNotebooks(only), "core/v1:ResourceQuota");
    const hard = at(quota?.inputs, "spec.hard") as Record<string, string>;
    const text = readFileSync(join(WORKLOAD, "search-space.json"), "utf8");
    const { parallel } = JSON.parse(text) as { parallel: number };
    // Two notebooks of 1 vCPU and 4 GiB.
    assert.deepEqual([hard["requests.cpu"], hard["limits.memory"]], ["2", "8Gi"]);
    assert.ok(1000 + parallel * 333 <= 2000 && 4096 + parallel * 1365 <= 8192);
    assert.ok(parallel + 1 <= Number(hard["pods"]));
    assert.equal(Number(hard["pods"]), MOST_PARALLEL);
  });

  it("leave a worker what it needs of the smallest size", async () => {
    const small = await declaredNotebooks({ sizes: [{ name: "1x1", vcpus: 1, memoryGib: 1 }] });
    const workers = ofType(small, "batch/v1:CronJob").filter(
      ({ inputs }) => at(inputs, "metadata.name") === "tuning",
    );
    const [container] = at(
      workers[0]?.inputs,
      "spec.jobTemplate.spec.template.spec.containers",
    ) as Container[];
    assert.deepEqual(container?.resources, {
      requests: { cpu: "166m", memory: "512Mi" },
      limits: { cpu: "1", memory: "512Mi" },
    });
  });

  it("runs as the person, with the environment of their notebook", () => {
    const { serviceAccountName, automountServiceAccountToken, containers } = podOf("grace");
    assert.deepEqual([serviceAccountName, automountServiceAccountToken], ["notebook", false]);
    const env = new Map(containers[0]?.env?.map(({ name, value }) => [name, value]));
    assert.equal(env.get("PERSON"), "grace");
    assert.match(env.get("AWS_ROLE_ARN") ?? "", /\/grace$/);
    const server = at(valuesOf(resources), "singleuser.extraEnv") as Record<string, string>;
    for (const [name, value] of Object.entries(server)) {
      assert.equal(env.get(name), value, name);
    }
  });

  it("has the image and the size of a notebook of the first size", () => {
    const { initContainers, containers } = podOf("ada");
    for (const { image } of [...initContainers, ...containers]) {
      assert.equal(image, "quay.io/jupyter/scipy-notebook:2026-07-20");
    }
    assert.deepEqual(containers[0]?.resources, {
      requests: { cpu: "1", memory: "4096Mi" },
      limits: { cpu: "2", memory: "4096Mi" },
    });
  });

  it("is the same on both clusters, as are namespace, quota and network of the person", async () => {
    // One after the other: two programs cannot be recorded at once.
    const [ec2, eks] = [await ofPerson("ec2"), await ofPerson("eks")];
    const kinds = new Set(ec2.map(({ type }) => type.split(":").at(-1)));
    assert.deepEqual([...kinds].sort(), [
      ...["ConfigMap", "CronJob", "LimitRange", "Namespace", "NetworkPolicy"],
      ...["ResourceQuota", "Role", "RoleBinding", "ServiceAccount"],
    ]);
    // So a run on one cluster tells about the other. Only the name of the person's role has the target in it.
    assert.equal(JSON.stringify(eks).replaceAll("role/eks-", "role/ec2-"), JSON.stringify(ec2));
  });

  it("needs no right in the pod", () => {
    const { initContainers, containers } = podOf("ada");
    for (const { name, securityContext } of [...initContainers, ...containers]) {
      assert.equal(at(securityContext, "runAsNonRoot"), true, name);
      assert.deepEqual(at(securityContext, "capabilities.drop"), ["ALL"], name);
    }
  });

  it("runs the files of workload/ with the packages that they are locked to", () => {
    const code = ofType(resources, "core/v1:ConfigMap").find(
      ({ inputs }) =>
        at(inputs, "metadata.name") === "workload" &&
        at(inputs, "metadata.namespace") === "user-ada",
    );
    const data = code?.inputs["data"] as Record<string, string>;
    for (const name of [
      ...["train.py", "install.py", "requirements.in", "requirements.txt"],
      ...["tune.py", "search-space.json", "tuning.in", "tuning.txt"],
    ]) {
      assert.equal(data[name], readFileSync(join(WORKLOAD, name), "utf8"));
    }
    assert.deepEqual(podOf("ada").containers[0]?.command, ["python3", "/opt/ml-platform/train.py"]);
    assert.deepEqual(
      podOf("ada").initContainers.map(({ command }) => command[1]),
      ["/opt/ml-platform/fetch_roots.py", "/opt/ml-platform/install.py"],
    );
    // Of 1 MiB that Kubernetes accepts. https://kubernetes.io/docs/concepts/configuration/configmap/
    assert.ok(JSON.stringify(data).length < 500_000);
  });

  it("has the versions of boto3 and psycopg that notebooks get", () => {
    const pins = readFileSync(join(WORKLOAD, "requirements.in"), "utf8");
    const [init] = at(valuesOf(resources), "singleuser.initContainers") as Container[];
    const packages = (init?.command ?? []).flatMap(
      (word) => /^\w+=(.+==.+)$/.exec(word)?.[1] ?? [],
    );
    assert.equal(packages.length, 2);
    for (const pin of packages) {
      assert.ok(pins.split("\n").includes(pin), pin);
    }
  });
});
