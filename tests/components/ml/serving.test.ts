import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeclaredResource } from "../../../cost/rule";
import { DEPLOYMENTS } from "../../../settings/versions/serving";
import { declaredPlatform, inputsOf, ofType, recordedPlatform } from "../../support/declared";
import { lets, type Place, type Plugin, type Rule } from "../../support/network-policy";
import {
  at,
  deploymentPod as podOf,
  inTheClear,
  valuesOf,
  type Values,
} from "../../support/notebooks";
import { fault, settings } from "../../support/settings";

const ON = { "serving.triton": "true" };
const OBJECT = "s3/bucketObjectv2:BucketObjectv2";
const MODEL = join(__dirname, "..", "..", "..", "workload", "models", "digits");

/** Variables of a container. */
function variables(container: unknown): Values {
  const env = at(container, "env") as { name: string; value: unknown }[];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

for (const target of ["ec2", "eks"] as const) {
  describe(`the model server of ${target}`, () => {
    let resources: readonly DeclaredResource[] = [];
    before(async () => {
      resources = await declaredPlatform({ target, ...ON });
    });
    const own = (): DeclaredResource[] =>
      resources.filter(({ name }) => name.startsWith(`${target}-serving`));

    it("is declared when its setting is true, in a preview too, and otherwise nothing of it", async () => {
      for (const preview of [true, false]) {
        const names = async (overrides: object): Promise<string[]> =>
          (await declaredPlatform({ target, ...overrides }, preview)).map(({ urn }) => urn).sort();
        const [off, on] = [await names({}), await names(ON)];
        assert.equal(off.filter((urn) => /serving|digits\/|models/.test(urn)).length, 0);
        const parts =
          "account admin-key digits digits-1-model.onnx digits-config.pbtxt digits-program model namespace";
        assert.deepEqual(
          on
            .filter((urn) => !off.includes(urn) && !urn.includes("CronJob"))
            .map((urn) => urn.split("::")[3]!)
            .sort(),
          [...`${parts} network role secret service`.split(" ").map((part) => `-${part}`), "", ""]
            .map((part) => `${target}-serving${part}`)
            .sort(),
        );
      }
    });

    it("changes nothing of the platform but what people's pods may reach and read", async () => {
      const contentOf = (all: readonly DeclaredResource[]) =>
        new Map(all.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
      const off = contentOf(await declaredPlatform({ target }));
      const changed = resources
        .filter(({ urn, inputs }) => off.has(urn) && off.get(urn) !== JSON.stringify(inputs))
        .map(({ name }) => name);
      assert.deepEqual(
        new Set(changed),
        new Set(
          [
            "",
            ...["ada", "grace"].flatMap((name) =>
              ["network", "workload", "workload-code", "workload-tuning"].map(
                (part) => `-${name}-${part}`,
              ),
            ),
          ].map((part) => `${target}-notebooks${part}`),
        ),
      );
    });

    it("gets the files of the model's folder, under the prefix that nobody can write", async () => {
      const files = ofType(own(), OBJECT).filter(({ inputs }) => inputs["source"] !== undefined);
      const objects = files.map(async ({ inputs }) => {
        const { path } = inputs["source"] as { path: Promise<string> };
        return [inputs["key"], await path];
      });
      assert.deepEqual(
        await Promise.all(objects),
        ["1/model.onnx", "config.pbtxt"].map((file) => [
          `public/models/digits/${file}`,
          join(MODEL, file),
        ]),
      );
    });

    it("is asked by a program beside the others, in a Job of each person", () => {
      const program = ofType(own(), OBJECT).find(({ inputs }) => inputs["content"] !== undefined);
      const text = readFileSync(join(MODEL, "..", "..", "predict.py"), "utf8");
      assert.deepEqual(
        [program?.inputs["key"], program?.inputs["content"]],
        ["public/workload/code/predict.py", text],
      );
      for (const person of ["ada", "grace"]) {
        const named = (name: string) =>
          resources.find((one) => one.name === `${target}-notebooks-${person}-workload${name}`)!;
        assert.equal((named("-code").inputs["data"] as Values)["predict.py"], text);
        const { schedule, ...asked } = at(named("-prediction").inputs, "spec") as Values;
        const { schedule: never, ...trained } = at(named("").inputs, "spec") as Values;
        assert.equal(schedule, never);
        const same = (spec: unknown, name: string, program_: string): unknown =>
          JSON.parse(
            JSON.stringify(spec)
              .replaceAll(`"app":"${name}"`, '"app":"it"')
              .replaceAll(program_, "it"),
          ) as unknown;
        assert.deepEqual(
          same(asked, "prediction", "predict.py"),
          same(trained, "workload", "train.py"),
        );
      }
    });

    it("may read that folder in the bucket, and nothing else, by its service account", () => {
      const policy = inputsOf(resources, "iam/rolePolicy:RolePolicy", `${target}-serving-model`);
      const bucket = "arn:aws:s3:::data-bucket-0000000";
      assert.deepEqual(at(JSON.parse(policy["policy"] as string), "Statement"), [
        {
          Effect: "Allow",
          Action: "s3:ListBucket",
          Resource: bucket,
          Condition: { StringLike: { "s3:prefix": "public/models/digits/*" } },
        },
        {
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: `${bucket}/public/models/digits/*`,
        },
      ]);
      const role = inputsOf(resources, "iam/role:Role", `${target}-serving-role`);
      assert.match(role["assumeRolePolicy"] as string, /"system:serviceaccount:serving:triton"/);
    });

    it("copies with a token for AWS that the server does not have, and neither has one of the cluster", () => {
      const pod = podOf(resources);
      const [copy] = pod["initContainers"] as Values[];
      const [server] = pod["containers"] as Values[];
      const { AWS_ROLE_ARN, ...values } = variables(copy);
      assert.match(String(AWS_ROLE_ARN), /:role\/.*serving-role/);
      assert.equal(values["AWS_WEB_IDENTITY_TOKEN_FILE"], "/var/run/secrets/ml-platform/token");
      assert.match(JSON.stringify(copy!["volumeMounts"]), /aws-token/);
      assert.doesNotMatch(JSON.stringify(server), /aws|AWS/);
      assert.equal(pod["automountServiceAccountToken"], false);
      assert.equal(pod["enableServiceLinks"], false);
    });

    it("passes Pod Security `restricted`, which its namespace enforces", () => {
      const namespace = inputsOf(resources, "core/v1:Namespace", `${target}-serving-namespace`);
      assert.equal(
        at(namespace, "metadata.labels")!["pod-security.kubernetes.io/enforce" as never],
        "restricted",
      );
      const pod = podOf(resources);
      for (const container of [pod["initContainers"], pod["containers"]].flat() as Values[]) {
        assert.deepEqual(container["securityContext"], {
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          seccompProfile: { type: "RuntimeDefault" },
        });
      }
      assert.deepEqual(pod["securityContext"], {
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: 1000,
      });
    });

    it("closes all of its API that loads models or reaches memory, with a key in no manifest", () => {
      const [server] = podOf(resources)["containers"] as Values[];
      const args = server!["args"] as string[];
      assert.ok(
        args.includes(
          "--http-restricted-api=model-repository,shared-memory,logging,trace:admin-key=$(ADMIN_KEY)",
        ),
      );
      assert.ok(args.includes("--allow-grpc=false"));
      assert.doesNotMatch(args.join(" "), /sagemaker/);
      const env = server!["env"] as Values[];
      assert.deepEqual(at(env[0], "valueFrom.secretKeyRef"), {
        name: "triton-admin",
        key: "ADMIN_KEY",
      });
      const secret = inputsOf(resources, "core/v1:Secret", `${target}-serving-secret`);
      assert.notDeepEqual(secret, inTheClear(secret), "the key is a secret of the state");
    });

    it("requests what the capacity model counts, and no copy of it serves until it is ready", () => {
      const { millicores, mib } = DEPLOYMENTS.triton.onceACluster;
      const [server] = podOf(resources)["containers"] as Values[];
      assert.deepEqual(server!["resources"], {
        requests: { cpu: `${millicores}m`, memory: `${mib}Mi` },
        limits: { memory: "2Gi" },
      });
      for (const [probe, path] of [
        ["startupProbe", "ready"],
        ["readinessProbe", "ready"],
        ["livenessProbe", "live"],
      ] as const) {
        assert.deepEqual(at(server, `${probe}.httpGet`), {
          path: `/v2/health/${path}`,
          port: 8000,
        });
      }
      const { spec } = inputsOf(resources, "apps/v1:Deployment");
      assert.equal(at(spec, "replicas"), 1);
      assert.deepEqual(at(spec, "strategy.rollingUpdate"), { maxSurge: 1, maxUnavailable: 0 });
      const service = inputsOf(resources, "core/v1:Service", `${target}-serving-service`);
      assert.deepEqual(at(service, "spec.selector"), at(spec, "template.metadata.labels"));
      assert.equal(at(service, "spec.type"), undefined, "inside the cluster only");
    });

    it("ends with the cluster, and waits for model, right and network policy", async () => {
      const { registrations } = await recordedPlatform({ target, ...ON });
      const mine = registrations.filter(({ name }) => name.startsWith(`${target}-serving`));
      const notebooks = registrations.find(({ name }) => name === `${target}-notebooks-namespace`)!;
      const inside = mine.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.equal(inside.length, 6);
      for (const one of inside) assert.equal(one.deletedWith, notebooks.deletedWith, one.name);
      const { dependencies } = mine.find(({ type }) => type === "kubernetes:apps/v1:Deployment")!;
      for (const part of ["digits-1-model.onnx", "model", "account", "network", "secret"]) {
        assert.ok(dependencies.includes(`${target}-serving-${part}`), part);
      }
    });

    for (const plugin of ["vpc-cni", "cilium"] as const satisfies readonly Plugin[]) {
      it(`is reached by people's pods alone, with ${plugin}`, () => {
        const spec = inputsOf(
          resources,
          "networking.k8s.io/v1:NetworkPolicy",
          `${target}-serving-network`,
        )["spec"] as { ingress: Rule[]; egress: Rule[] } & Values;
        assert.deepEqual(spec["podSelector"], {});
        assert.deepEqual(spec["policyTypes"], ["Ingress", "Egress"]);
        const pod = (namespace: string, address: string): Place => ({ namespace, address });
        const [ada, eve] = [pod("user-ada", "10.0.130.1"), pod("user-eve", "10.0.130.8")];
        const triton = pod("serving", "10.0.130.6");
        const [hub, dns] = [pod("jupyterhub", "10.0.130.3"), pod("kube-system", "10.0.130.5")];
        const node = { address: "10.0.128.10" };
        const internet = { address: "52.95.155.1" };
        const from = (place: Place, port = 8000) =>
          lets(spec.ingress, place, port, { plugin, home: "serving" });
        assert.ok(from(ada) && from(pod("user-grace", "10.0.130.2")));
        for (const place of [eve, hub, dns, triton, node, internet]) {
          assert.ok(!from(place), JSON.stringify(place));
        }
        assert.ok(!from(ada, 8001) && !from(ada, 8002), "gRPC and metrics");
        const to = (place: Place, port: number, protocol = "TCP") =>
          lets(spec.egress, place, port, { plugin, home: "serving", protocol });
        assert.ok(to(dns, 53, "UDP") && to(internet, 443));
        assert.ok(!to(internet, 80) && !to(node, 443) && !to(node, 5432) && !to(ada, 8888));
        assert.ok(!to({ address: "169.254.169.254" }, 80), "metadata");

        const person = (all: readonly DeclaredResource[]): Rule[] =>
          at(
            inputsOf(all, "networking.k8s.io/v1:NetworkPolicy", `${target}-notebooks-ada-network`)[
              "spec"
            ],
            "egress",
          ) as Rule[];
        const mine = { plugin, home: "user-ada" };
        assert.ok(lets(person(resources), triton, 8000, mine));
        assert.ok(!lets(person(resources), triton, 8002, mine));
      });
    }

    it("is known to notebooks and jobs by its address", async () => {
      const hub = resources.filter(({ inputs }) => inputs["chart"] === "jupyterhub");
      const url = "http://triton.serving:8000";
      assert.equal(at(valuesOf(hub), "singleuser.extraEnv.SERVING_URL"), url);
      const jobs = ofType(resources, "batch/v1:CronJob").map(({ inputs }) =>
        JSON.stringify(inputs),
      );
      assert.equal(jobs.length, 6, "training, tuning and predictions of two people");
      for (const job of jobs) assert.match(job, /"name":"SERVING_URL","value":"http:/);
      const off = await declaredPlatform({ target });
      assert.doesNotMatch(JSON.stringify(off.map(({ inputs }) => inputs)), /SERVING_URL":/);
    });

    it("is refused where it leaves no room for a notebook, or its image none on the disk", () => {
      const full = {
        target,
        "nodes.count": target === "ec2" ? "2" : "1",
        "notebooks.sizes": target === "ec2" ? "2x4" : "1x4",
      };
      settings(full);
      assert.match(fault({ ...full, ...ON }), /notebooks\.sizes must fit a node.* got [12]x4/);
      const message = fault({ target, ...ON, "nodes.diskGib": "49" });
      assert.match(message, /nodes\.diskGib must be 50 GiB or more where serving\.triton is true/);
      settings({ target, ...ON, "nodes.diskGib": "50" });
      settings({ target, "nodes.diskGib": "30" });
    });
  });
}

describe("the model server", () => {
  it("is no setting of sagemaker", () => {
    assert.match(fault({ target: "sagemaker", ...ON }), /serving\.triton/);
  });

  it("restarts with another model", async () => {
    const resources = await declaredPlatform({ target: "eks", ...ON });
    const template = at(inputsOf(resources, "apps/v1:Deployment")["spec"], "template.metadata");
    const { createHash } = await import("node:crypto");
    const digest = createHash("sha256");
    for (const file of ["1/model.onnx", "config.pbtxt"]) {
      digest.update(`${file}\0`).update(readFileSync(join(MODEL, file)));
    }
    assert.deepEqual(at(template, "annotations"), { "checksum/model": digest.digest("hex") });
  });
});
