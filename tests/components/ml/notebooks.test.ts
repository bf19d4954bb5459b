import assert from "node:assert/strict";
import { LOCAL_URL } from "../../../components/ml/notebooks/notebooks";
import type { DeclaredResource } from "../../../cost/rule";
import { inputsOf, ofType } from "../../support/declared";
import {
  at,
  declaredNotebooks,
  inTheClear,
  PEOPLE,
  valuesOf,
  type Values,
} from "../../support/notebooks";
import { allows, policyOf } from "../../support/policy";
import { rendered } from "../../notebooks/chart/manifests";
import CHART_KEYS from "./chart-keys.json";

const nameOf = (resources: readonly DeclaredResource[], type: string): string =>
  at(inputsOf(resources, type), "metadata.name") as string;
/** All values of the mocks for secrets. */
const SECRETS = /the-clients-secret|0123456789abcdef|0{64}/;

describe("notebooks on a cluster", () => {
  let resources: DeclaredResource[] = [];
  before(async () => {
    resources = await declaredNotebooks();
  });

  it("give the hub one small role in each person's namespace and nothing in the cluster", () => {
    for (const type of ["ClusterRole", "ClusterRoleBinding"]) {
      assert.deepEqual(ofType(resources, `rbac.authorization.k8s.io/v1:${type}`), []);
    }
    const roles = ofType(resources, "rbac.authorization.k8s.io/v1:Role");
    assert.deepEqual(
      roles.map(({ inputs }) => at(inputs, "metadata.namespace")),
      ["user-ada", "user-grace"],
    );
    for (const { inputs } of roles) {
      const rules = inputs["rules"] as { resources: string[]; verbs: string[] }[];
      const granted = rules.map((rule) => `${rule.resources.join()}: ${rule.verbs.join()}`);
      assert.deepEqual(granted, [
        "pods: get,list,watch,create,delete",
        "persistentvolumeclaims: get,create",
        "events: get,list,watch",
      ]);
    }
    for (const { inputs } of ofType(resources, "rbac.authorization.k8s.io/v1:RoleBinding")) {
      const hub = { kind: "ServiceAccount", name: "hub", namespace: "jupyterhub" };
      assert.deepEqual(inputs["subjects"], [hub]);
      assert.equal(at(inputs, "roleRef.kind"), "Role");
    }
  });

  it("keep every secret in one Secret, which the release and the Job only name", () => {
    const secret = inputsOf(resources, "core/v1:Secret");
    assert.match(JSON.stringify(inTheClear(secret["stringData"])), SECRETS);
    const marked = secret["stringData"] as Values;
    assert.equal("value" in marked, true, "is secret in Pulumi's state");
    for (const { type, name, inputs } of resources) {
      if (!type.endsWith(":Secret")) {
        assert.doesNotMatch(JSON.stringify(inTheClear(inputs)), SECRETS, `${type} ${name}`);
      }
    }
    const { name } = secret["metadata"] as { name: string };
    assert.equal(at(valuesOf(resources), "hub.existingSecret"), name);
    assert.match(JSON.stringify(inputsOf(resources, "batch/v1:Job")), new RegExp(`"${name}"`));
  });

  it("set no value that the chart's schema does not know", () => {
    const known: Readonly<Record<string, string>> = CHART_KEYS;
    const unknownIn = (value: unknown, path: string): string[] => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
      const keys = known[path]?.split(" ");
      return Object.entries(value).flatMap(([key, one]) => {
        const here = path === "" ? key : `${path}.${key}`;
        return [...(keys?.includes(key) === false ? [here] : []), ...unknownIn(one, here)];
      });
    };
    assert.deepEqual(unknownIn(valuesOf(resources), ""), []);
    assert.deepEqual(unknownIn({ hub: { dbase: {} } }, ""), ["hub.dbase"]);
  });

  it("are what the chart renders hub and proxy from, and nothing else", function () {
    const chart = process.env["JUPYTERHUB_CHART"];
    if (chart === undefined) {
      this.skip(); // the chart is not on this machine
    }
    const kinds = rendered(chart, valuesOf(resources)).map(
      (object) =>
        `${(object as Values)["kind"] as string} ${at(object, "metadata.name") as string}`,
    );
    assert.deepEqual(kinds.sort(), [
      "ConfigMap hub",
      "Deployment hub",
      "Deployment proxy",
      "NetworkPolicy hub",
      "NetworkPolicy proxy",
      "Secret hub",
      "Service hub",
      "Service proxy-api",
      "Service proxy-public",
    ]);
  });

  it("bring no scheduler, image puller, culler or privileged container", () => {
    const values = valuesOf(resources);
    for (const path of [
      "scheduling.userScheduler.enabled",
      "scheduling.userPlaceholder.enabled",
      "scheduling.podPriority.enabled",
      "prePuller.hook.enabled",
      "prePuller.continuous.enabled",
      "ingress.enabled",
      "cull.enabled",
      "rbac.create",
      "hub.serviceAccount.create",
      "singleuser.cloudMetadata.blockWithIptables",
      "singleuser.networkPolicy.enabled",
      "hub.config.GenericOAuthenticator.enable_auth_state",
      "hub.config.KubeSpawner.automount_service_account_token",
    ]) {
      assert.equal(at(values, path), false, path);
    }
    assert.equal(at(values, "singleuser.extraFiles"), undefined);
    assert.equal(at(values, "singleuser.extraPodConfig"), undefined);
    assert.equal(at(values, "hub.consecutiveFailureLimit"), 0);
  });

  it("log people in by a confidential client of the stack's pool, by exact addresses", () => {
    const client = inputsOf(resources, "cognito/userPoolClient:UserPoolClient");
    assert.equal(client["generateSecret"], true);
    assert.deepEqual(client["allowedOauthFlows"], ["code"]);
    assert.deepEqual(client["callbackUrls"], ["https://d111.cloudfront.net/hub/oauth_callback"]);
    assert.deepEqual(client["logoutUrls"], ["https://d111.cloudfront.net/"]);
    inputsOf(resources, "cognito/managedLoginBranding:ManagedLoginBranding");
    const login = at(valuesOf(resources), "hub.config.GenericOAuthenticator") as Values;
    assert.equal(login["client_id"], "notebooks-client-id");
    assert.equal(login["client_secret"], undefined);
    assert.equal(login["oauth_callback_url"], "https://d111.cloudfront.net/hub/oauth_callback");
    assert.match(login["logout_redirect_url"] as string, /logout_uri=https%3A%2F%2Fd111/);
    assert.equal(at(valuesOf(resources), "hub.config.JupyterHub.cookie_max_age_days"), 8 / 24);
  });

  it("are reached through a node port, or through a Service alone at localhost", async () => {
    const service = at(valuesOf(resources), "proxy.service");
    assert.deepEqual(service, { type: "NodePort", nodePorts: { http: 30080 } });
    const local = await declaredNotebooks({ url: LOCAL_URL, nodePort: undefined } as never);
    assert.deepEqual(at(valuesOf(local), "proxy.service"), { type: "ClusterIP" });
    const client = inputsOf(local, "cognito/userPoolClient:UserPoolClient");
    assert.deepEqual(client["callbackUrls"], ["http://localhost:8000/hub/oauth_callback"]);
    assert.equal(at(valuesOf(local), "hub.config.JupyterHub.public_url"), "http://localhost:8000/");
  });

  it("offer the sizes of the settings, with room for two of the largest in a namespace", () => {
    const profiles = at(valuesOf(resources), "singleuser.profileList") as Values[];
    assert.deepEqual(
      profiles.map(({ slug }) => slug),
      ["small", "large"],
    );
    assert.deepEqual(profiles[0]?.["kubespawner_override"], {
      cpu_guarantee: 1,
      cpu_limit: 2,
      mem_guarantee: "4G",
      mem_limit: "4G",
    });
    const quota = inputsOf(resources, "core/v1:ResourceQuota", "notebooks-ada-quota");
    assert.deepEqual(at(quota, "spec.hard"), {
      pods: "4",
      "requests.cpu": "4",
      "requests.memory": "32Gi",
      "limits.memory": "32Gi",
      persistentvolumeclaims: "2",
      "requests.storage": "40Gi",
    });
    // With a quota on limits Kubernetes refuses a pod that has none.
    const limits = inputsOf(resources, "core/v1:LimitRange", "notebooks-ada-limits");
    assert.match(JSON.stringify(limits), /"default":\{"memory":"1Gi"\}/);
  });

  it("end servers by their own service, which has the setting and the people", () => {
    const idle = at(valuesOf(resources), "hub.services.idle") as {
      command: string[];
      environment: Values;
    };
    assert.equal(idle.command[idle.command.indexOf("--idle") + 1], "3600");
    assert.equal(idle.environment["PEOPLE"], '["ada","grace"]');
    const role = at(valuesOf(resources), "hub.loadRoles.ml-admins") as { scopes: string[] };
    for (const scope of ["access:servers", "tokens", "admin:users", "admin:servers", "servers"]) {
      assert.ok(!role.scopes.includes(scope), scope);
    }
    assert.equal(
      at(valuesOf(resources), "hub.config.GenericOAuthenticator.admin_groups"),
      undefined,
    );
  });

  it("are known in a preview as far as can be", async () => {
    const preview = await declaredNotebooks({}, true);
    assert.equal(preview.length, resources.length);
  });

  it("hold for 200 people", async () => {
    const users = Array.from({ length: 200 }, (_, n) => ({
      name: `person-${"x".repeat(20)}-${n}`,
      email: `p${n}@your-company.com`,
      group: "ml-users" as const,
    }));
    const many = await declaredNotebooks({ users });
    assert.equal(ofType(many, "networking.k8s.io/v1:NetworkPolicy").length, 202);
    // A Secret, which holds all values of the release, has a MiB at most.
    assert.ok(JSON.stringify(valuesOf(many)).length < 100_000);
  });
});

describe("set-up of the database", () => {
  const job = async (given: Parameters<typeof declaredNotebooks>[0] = {}) =>
    nameOf(await declaredNotebooks(given), "batch/v1:Job");

  it("runs again when people or the database change, and not otherwise", async () => {
    const first = await job();
    assert.match(first, /^database-setup-[0-9a-f]{10}$/);
    assert.equal(await job({ idleMinutes: 90, url: "https://d222.cloudfront.net" }), first);
    assert.notEqual(await job({ users: PEOPLE.slice(0, 1) }), first);
    const database = { host: "other", port: 5432, name: "mlplatform", rootsUrl: "https://roots" };
    assert.notEqual(await job({ database }), first);
  });

  it("stays when it is done, so that nothing misses it", async () => {
    const spec = inputsOf(await declaredNotebooks(), "batch/v1:Job")["spec"];
    assert.equal(at(spec, "ttlSecondsAfterFinished"), undefined);
    assert.equal(at(spec, "template.spec.restartPolicy"), "Never");
  });

  it("reads the master user by a role of its own, and nobody else's pod does", async () => {
    const resources = await declaredNotebooks();
    const role = inputsOf(resources, "iam/role:Role", "notebooks-database-role");
    const [statement] = policyOf(role["assumeRolePolicy"]);
    assert.match(
      JSON.stringify(statement?.Condition),
      /"system:serviceaccount:jupyterhub:database-setup"/,
    );
    const policy = policyOf(
      inputsOf(resources, "iam/rolePolicy:RolePolicy", "notebooks-database-secret")["policy"],
    );
    const secret = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:db";
    assert.ok(allows(policy, "secretsmanager:GetSecretValue", secret));
    assert.ok(!allows(policy, "secretsmanager:GetSecretValue", `${secret}2`));
    assert.ok(!allows(policy, "secretsmanager:PutSecretValue", secret));
    const spec = at(inputsOf(resources, "batch/v1:Job"), "spec.template.spec") as Values;
    assert.equal(spec["serviceAccountName"], "database-setup");
    assert.equal(spec["automountServiceAccountToken"], false);
  });
});
