import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeclaredResource } from "../../../cost/rule";
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

describe("the template of the workload's Jobs", () => {
  let resources: readonly DeclaredResource[] = [];
  before(async () => {
    resources = await declaredNotebooks();
  });
  const template = (person: string): unknown => {
    const all = ofType(resources, "batch/v1:CronJob");
    const found = all.find(({ inputs }) => at(inputs, "metadata.namespace") === `user-${person}`);
    assert.equal(at(found?.inputs, "metadata.name"), "workload");
    return found?.inputs["spec"];
  };
  const podOf = (person: string): Pod =>
    at(template(person), "jobTemplate.spec.template.spec") as Pod;

  it("is in each person's namespace, and never runs by itself", () => {
    for (const person of ["ada", "grace"]) {
      assert.equal(at(template(person), "suspend"), true);
    }
    assert.equal(ofType(resources, "batch/v1:CronJob").length, 2);
  });

  it("tries once, for an hour at most, and is gone a day later", () => {
    const spec = at(template("ada"), "jobTemplate.spec");
    assert.equal(at(spec, "backoffLimit"), 0);
    assert.equal(at(spec, "activeDeadlineSeconds"), 3600);
    assert.equal(at(spec, "ttlSecondsAfterFinished"), 86_400);
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
    for (const name of ["train.py", "install.py", "requirements.in", "requirements.txt"]) {
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
