import assert from "node:assert/strict";
import type { DeclaredResource } from "../../../cost/rule";
import { MOST_PARALLEL } from "../../../settings/versions/training";
import { KATIB_DEPLOYMENTS } from "../../../settings/versions/tuning";
import { declaredPlatform, inputsOf, ofType, recordedPlatform } from "../../support/declared";
import { at, inTheClear, type Values } from "../../support/notebooks";
import { fault, settings } from "../../support/settings";

const ON = { "tuning.katib": "true" };

/** Rules of a role. */
type RbacRules = readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[];

/** All containers of the Deployments and of the template of trials. */
function podsOf(resources: readonly DeclaredResource[]): Values[] {
  const deployments = ofType(resources, "apps/v1:Deployment").map(
    ({ inputs }) => at(inputs, "spec.template.spec") as Values,
  );
  const trials = resources.find(({ name }) => name.endsWith("-katib-trials-template"));
  return [...deployments, at(trials?.inputs, "spec.jobTemplate.spec.template.spec") as Values];
}

function containersOf(pod: Values): Values[] {
  return [...((pod["initContainers"] ?? []) as Values[]), ...(pod["containers"] as Values[])];
}

/** Thousandths of a vCPU, or MiB, of a quantity of Kubernetes. */
function amountOf(text: unknown): number {
  const [, count, unit = "none"] = /^([\d.]+)(m|Mi|Gi|)$/.exec(String(text)) ?? [];
  const factor = { m: 1, Mi: 1, Gi: 1024, "": 1000 }[unit];
  assert.ok(factor !== undefined, `${String(text)} is no quantity`);
  return Number(count) * factor;
}

for (const target of ["ec2", "eks"] as const) {
  describe(`Katib on ${target}`, () => {
    const own = async (preview = false): Promise<DeclaredResource[]> =>
      (await declaredPlatform({ target, ...ON }, preview)).filter(({ name }) =>
        name.startsWith(`${target}-katib`),
      );

    it("is declared when its setting is true, in a preview too, and otherwise nothing of it", async () => {
      for (const preview of [true, false]) {
        const of = (all: readonly DeclaredResource[]) =>
          all.filter(({ urn }) => /katib/i.test(urn));
        assert.deepEqual(of(await declaredPlatform({ target }, preview)), []);
        const names = of(await declaredPlatform({ target, ...ON }, preview)).map(
          ({ type, inputs }) =>
            `${type.split(":").at(-1)!} ${JSON.stringify(at(inputs, "metadata.name") ?? "").replaceAll('"', "")}`,
        );
        for (const name of [
          ...["Namespace kubeflow", "Namespace tuning", "CronJob trial", "ResourceQuota trial"],
          ...["Deployment katib-controller", "Deployment katib-db-manager"],
          ...["Service katib-controller", "Service katib-db-manager", "ConfigMap katib-config"],
          ...["experiments", "suggestions", "trials"].map(
            (kind) => `CustomResourceDefinition ${kind}.kubeflow.org`,
          ),
          ...["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].map(
            (kind) => `${kind} katib.kubeflow.org`,
          ),
        ]) {
          assert.ok(names.includes(name), name);
        }
        assert.ok(!names.some((name) => /ui|mysql/.test(name)));
      }
    });

    it("changes nothing else of the platform", async () => {
      const contentOf = (all: readonly DeclaredResource[]) =>
        new Map(
          all
            .filter(({ name }) => !name.startsWith(`${target}-katib`))
            .map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]),
        );
      const off = contentOf(await declaredPlatform({ target }));
      const on = contentOf(await declaredPlatform({ target, ...ON }));
      // Keys and tokens of machines differ in each recording.
      const changed = [...on].filter(([urn, content]) => off.get(urn) !== content);
      assert.deepEqual(
        changed
          .map(([urn]) => urn)
          .filter((urn) => !urn.includes(`${target}-nodes`) && !/identity/.test(urn)),
        [],
      );
      assert.deepEqual([...on.keys()].sort(), [...off.keys()].sort());
    });

    it("reads no Secret, and changes nothing outside its namespaces but Katib's own kinds", async () => {
      const rules = (name: string) => {
        const role = resourcesNamed(name)!;
        return at(role.inputs, "rules") as RbacRules;
      };
      const all = await own();
      const resourcesNamed = (name: string) =>
        all.find((one) => one.name === `${target}-katib-${name}`);
      const writes = rules("role").filter(({ verbs }) =>
        verbs.some((verb) => !["get", "list", "watch"].includes(verb)),
      );
      assert.deepEqual(
        writes.flatMap(({ apiGroups }) => apiGroups),
        ["kubeflow.org"],
      );
      for (const name of ["role", "trials-role"]) {
        assert.doesNotMatch(JSON.stringify(rules(name)), /secrets|\*|rbac|webhook|pods/);
      }
      assert.equal(at(resourcesNamed("trials-role")!.inputs, "metadata.namespace"), "tuning");
    });

    it("passes Pod Security `restricted`, which its namespaces enforce, and requests what is counted", async () => {
      const all = await own();
      for (const { inputs } of ofType(all, "core/v1:Namespace")) {
        const labels = at(inputs, "metadata.labels") as Values;
        assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
      }
      const pods = podsOf(all);
      assert.equal(pods.length, 3);
      for (const container of pods.flatMap(containersOf)) {
        const context = container["securityContext"] as Values;
        assert.equal(context["runAsNonRoot"], true);
        assert.equal(context["runAsUser"], 1000);
        assert.equal(context["allowPrivilegeEscalation"], false);
        assert.deepEqual(context["capabilities"], { drop: ["ALL"] });
        assert.match(JSON.stringify(at(container, "resources.requests")), /cpu.*memory/);
        assert.notEqual(at(container, "resources.limits.memory"), undefined);
      }
      const deployments = ofType(all, "apps/v1:Deployment").map(({ inputs }) => inputs);
      const names = deployments.map((inputs) => at(inputs, "metadata.name"));
      assert.deepEqual(names.toSorted(), Object.keys(KATIB_DEPLOYMENTS).sort());
      for (const inputs of deployments) {
        const [container] = at(inputs, "spec.template.spec.containers") as Values[];
        assert.deepEqual(at(container, "resources.requests"), { cpu: "100m", memory: "128Mi" });
      }
    });

    it("connects to a database of its own, verified, with letters and digits as the password", async () => {
      const all = await own();
      const manager = inputsOf(all, "apps/v1:Deployment", `${target}-katib-db-manager`);
      const [init] = at(manager, "spec.template.spec.initContainers") as Values[];
      const [container] = at(manager, "spec.template.spec.containers") as Values[];
      const env = Object.fromEntries(
        (container!["env"] as { name: string; value: unknown }[]).map(({ name, value }) => [
          name,
          value,
        ]),
      );
      assert.equal(env["DB_NAME"], "postgres");
      assert.equal(env["KATIB_POSTGRESQL_SSL_MODE"], "verify-full");
      assert.equal(env["KATIB_POSTGRESQL_DB_DATABASE"], "katib");
      assert.equal(env["DB_USER"], "katib");
      assert.equal(env["PGSSLROOTCERT"], "/etc/rds/roots.pem");
      assert.match(JSON.stringify(init), /truststore\.pki\.rds\.amazonaws\.com.*roots\.pem/);
      const password = inputsOf(all, "index/randomPassword:RandomPassword");
      assert.deepEqual([password["length"], password["special"]], [40, false]);
      const job = inputsOf(all, "batch/v1:Job");
      assert.equal(at(job, "metadata.namespace"), "kubeflow");
      assert.match(JSON.stringify(job), /"python3","setup_katib\.py"/);
      const [code] = all.filter(({ name }) => name === `${target}-katib-database-code`);
      assert.match(JSON.stringify(inTheClear(code!.inputs)), /CREATE DATABASE/);
      const secret = inputsOf(all, "core/v1:Secret", `${target}-katib-database-password`);
      const name = String(at(secret, "metadata.name"));
      for (const user of [manager, job]) assert.ok(JSON.stringify(user).includes(name));
    });

    it("has webhooks that only the namespace of trials depends on, with the controller's certificate", async () => {
      const all = await own();
      const hooks = ["Validating", "Mutating"].flatMap(
        (kind) =>
          inputsOf(all, `admissionregistration.k8s.io/v1:${kind}WebhookConfiguration`)[
            "webhooks"
          ] as Values[],
      );
      assert.equal(hooks.length, 3);
      for (const hook of hooks) {
        assert.equal(hook["failurePolicy"], "Fail");
        assert.equal(at(hook, "clientConfig.service.namespace"), "kubeflow");
      }
      const onPods = hooks.filter((hook) => JSON.stringify(hook["rules"]).includes('"pods"'));
      assert.deepEqual(
        onPods.map((hook) => at(hook, "namespaceSelector.matchLabels")),
        [
          {
            "kubernetes.io/metadata.name": "tuning",
            "katib.kubeflow.org/metrics-collector-injection": "enabled",
          },
        ],
      );
      const certificate = inputsOf(all, "index/selfSignedCert:SelfSignedCert");
      assert.deepEqual(certificate["dnsNames"], ["katib-controller.kubeflow.svc"]);
      assert.equal(certificate["validityPeriodHours"], 87600);
      assert.equal(certificate["earlyRenewalHours"], 8760);
    });

    it("ends with the cluster; turned off, trials go first and the database manager's set-up last", async () => {
      const { registrations } = await recordedPlatform({ target, ...ON });
      const mine = registrations.filter(({ name }) => name.startsWith(`${target}-katib`));
      const inside = mine.filter(({ type }) => type.startsWith("kubernetes:"));
      const hub = registrations.find(({ name }) => name === `${target}-notebooks-namespace`)!;
      for (const one of inside) assert.equal(one.deletedWith, hub.deletedWith, one.name);
      const needs = (name: string, seen = new Set<string>()): Set<string> => {
        const { dependencies = [] } = mine.find((one) => one.name === name) ?? {};
        for (const one of dependencies.filter((other) => !seen.has(other))) {
          seen.add(one);
          needs(one, seen);
        }
        return seen;
      };
      const held = needs(`${target}-katib-trials`);
      const parts =
        "controller controller-service db-manager db-manager-service database kind-experiment kind-trial " +
        "validation mutation account role binding network-controller network-db-manager webhook-certificate";
      for (const part of parts.split(" ")) assert.ok(held.has(`${target}-katib-${part}`), part);
      for (const part of ["trials-role", "trials-template", "trials-quota"]) {
        assert.ok(needs(`${target}-katib-${part}`).has(`${target}-katib-trials`), part);
      }
    });

    it("lets a trial read the data set in the bucket, and nothing else", async () => {
      const all = await own();
      const policy = inputsOf(all, "iam/rolePolicy:RolePolicy", `${target}-katib-trials-data`);
      assert.deepEqual(at(JSON.parse(policy["policy"] as string), "Statement"), [
        {
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::data-bucket-0000000/public/workload/*",
        },
      ]);
      const role = inputsOf(all, "iam/role:Role", `${target}-katib-trials-aws`);
      assert.match(role["assumeRolePolicy"] as string, /"system:serviceaccount:tuning:trial"/);
      const template = inputsOf(all, "batch/v1:CronJob");
      assert.equal(at(template, "spec.suspend"), true);
      assert.equal(at(template, "spec.jobTemplate.spec.backoffLimit"), 0);
      assert.doesNotMatch(JSON.stringify(template), /DATABASE|PERSON/);
    });

    it("admits two tunings with any number of trials at the same time, and no third one", async () => {
      for (const [size, instanceType] of [
        ["1x1", "t3.large"],
        ["2x4", "t3.large"],
        ["4x8", "t3.2xlarge"],
      ]) {
        const all = await declaredPlatform({
          target,
          ...ON,
          "notebooks.sizes": size,
          "nodes.instanceType": instanceType,
        });
        const quota = inputsOf(all, "core/v1:ResourceQuota", `${target}-katib-trials-quota`);
        const template = inputsOf(all, "batch/v1:CronJob", `${target}-katib-trials-template`);
        const pod = at(template, "spec.jobTemplate.spec.template.spec") as Values;
        const config = inputsOf(all, "core/v1:ConfigMap", `${target}-katib-configuration`);
        const { runtime } = JSON.parse(
          (config["data"] as Record<string, string>)["katib-config.yaml"]!,
        ) as { runtime: Record<"metricsCollectors" | "suggestions", Values[]> };
        for (const kind of ["cpu", "memory"]) {
          const of = (one: unknown) => amountOf(at(one, `resources.requests.${kind}`));
          const [init, program] = containersOf(pod);
          const collector = of(runtime.metricsCollectors[0]);
          const trial = Math.max(of(init), of(program) + collector);
          const hard = amountOf((at(quota, "spec.hard") as Values)[`requests.${kind}`]);
          const taken = (tunings: number, parallel: number) =>
            tunings * (parallel * trial + of(runtime.suggestions[0]));
          for (const parallel of [1, 3, MOST_PARALLEL]) {
            assert.ok(taken(2, parallel) <= hard, `${size} ${kind} ${parallel}`);
          }
          assert.ok(taken(3, MOST_PARALLEL) > hard, `${size} ${kind}`);
        }
        assert.equal(at(quota, "spec.hard.pods"), String(2 * (MOST_PARALLEL + 1)));
      }
    });

    it("is refused where it leaves no room for a notebook", () => {
      const full =
        target === "ec2"
          ? { target, "nodes.count": "2", "notebooks.sizes": "2x4" }
          : {
              target,
              "nodes.count": "1",
              "nodes.instanceType": "t3.xlarge",
              "notebooks.sizes": "1x12",
            };
      settings(full);
      settings({ target, ...ON });
      assert.match(fault({ ...full, ...ON }), /notebooks\.sizes must fit a node/);
    });
  });
}

describe("Katib", () => {
  it("is no setting of sagemaker", () => {
    assert.match(fault({ target: "sagemaker", ...ON }), /tuning\.katib/);
  });
});
