import assert from "node:assert/strict";
import { declaredPlatform, inputsOf } from "../../support/declared";
import { lets, type Place, type Plugin, type Rule } from "../../support/network-policy";

const POLICY = "networking.k8s.io/v1:NetworkPolicy";

/** The Service of the API server: the first address of `kubernetes.serviceCidr`. */
const API_SERVER = { address: "10.96.0.1" };

for (const target of ["ec2", "eks"] as const) {
  describe(`the network of Katib on ${target}`, () => {
    for (const plugin of ["vpc-cni", "cilium"] as const satisfies readonly Plugin[]) {
      it(`opens to its parts what each needs and nothing else, with ${plugin}`, async () => {
        const all = await declaredPlatform({ target, "tuning.katib": "true" });
        const spec = (name: string) =>
          inputsOf(all, POLICY, `${target}-katib-${name}`)["spec"] as {
            ingress?: Rule[];
            egress?: Rule[];
            podSelector: object;
            policyTypes: string[];
          };
        const pod = (namespace: string, labels: Record<string, string>): Place => ({
          namespace,
          labels,
          address: "10.0.130.1",
        });
        const part = (component: string) =>
          pod("kubeflow", { "katib.kubeflow.org/component": component });
        const experiment = { "katib.kubeflow.org/experiment": "e" };
        const suggestion = pod("tuning", { ...experiment, "katib.kubeflow.org/suggestion": "e" });
        const trial = pod("tuning", { ...experiment, "katib.kubeflow.org/trial": "t" });
        const strangers = [
          ...[pod("user-ada", {}), pod("user-ada", experiment), pod("jupyterhub", {})],
          ...[pod("tuning", {}), pod("kubeflow", {}), { address: "10.0.128.10" }],
          { address: "52.95.155.1" },
        ];
        const manager = spec("network-db-manager");
        const toManager = (place: Place, port = 6789) =>
          lets(manager.ingress ?? [], place, port, { plugin, home: "kubeflow" });
        assert.ok(toManager(part("controller")) && toManager(suggestion) && toManager(trial));
        for (const place of strangers) assert.ok(!toManager(place), JSON.stringify(place));
        assert.ok(!toManager(trial, 6788));
        const out =
          (name: string) =>
          (place: Place, port: number, protocol = "TCP") =>
            lets(spec(name).egress ?? [], place, port, { plugin, home: "kubeflow", protocol });
        const [database, truststore] = [{ address: "10.0.200.5" }, { address: "52.95.155.1" }];
        const dns = pod("kube-system", { "k8s-app": "kube-dns" });
        const managerReaches = out("network-db-manager");
        assert.ok(managerReaches(database, 5432) && managerReaches(truststore, 443));
        assert.ok(managerReaches(dns, 53) && managerReaches(dns, 53, "UDP"));
        assert.ok(!managerReaches(truststore, 5432) && !managerReaches(database, 443));
        assert.ok(!managerReaches({ address: "169.254.169.254" }, 80));

        const webhook = (place: Place, port: number) =>
          lets(spec("network-controller").ingress ?? [], place, port, { plugin, home: "kubeflow" });
        // The API server: an address of the VPC, or in Cilium one inside the cluster.
        assert.ok(webhook({ address: "10.0.128.10" }, 8443) && webhook(API_SERVER, 8443));
        assert.ok(!webhook(API_SERVER, 8080) && !webhook(API_SERVER, 18080));
        const controls = out("network-controller");
        assert.ok(controls(suggestion, 6789) && controls(part("db-manager"), 6789));
        // A Service's address in the VPC CNI, a node's or an interface's otherwise.
        assert.ok(controls(API_SERVER, 443) && controls({ address: "10.0.128.10" }, 6443));
        assert.ok(controls(dns, 53) && controls(dns, 53, "UDP"));
        for (const place of [trial, ...strangers]) assert.ok(!controls(place, 6789));
        assert.ok(!controls(database, 5432) && !controls(truststore, 443));
        assert.ok(!controls({ address: "169.254.169.254" }, 80));
        for (const name of ["network-controller", "network-db-manager"]) {
          assert.deepEqual(spec(name).policyTypes, ["Ingress", "Egress"]);
        }
        const closed = spec("network-closed");
        assert.deepEqual(closed, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });

        const suggests = spec("trials-network-suggestions").ingress ?? [];
        const home = "tuning";
        assert.ok(lets(suggests, part("controller"), 6789, { plugin, home }));
        for (const place of [...strangers, trial, part("db-manager")]) {
          assert.ok(!lets(suggests, place, 6789, { plugin, home }), JSON.stringify(place));
        }
        const everyTrial = [spec("trials-network-closed"), spec("trials-network-trials")].flatMap(
          ({ egress = [] }) => egress,
        );
        const leaves = (place: Place, port: number) =>
          lets(everyTrial, place, port, { plugin, home });
        assert.ok(leaves(part("db-manager"), 6789) && leaves({ address: "52.95.155.1" }, 443));
        assert.ok(!leaves({ address: "10.0.200.5" }, 5432), "the database");
        assert.ok(
          !leaves(pod("user-ada", {}), 8888) && !leaves({ address: "169.254.169.254" }, 80),
        );
        const unlabelled = spec("trials-network-closed");
        assert.deepEqual(unlabelled.podSelector, {});
        assert.ok(
          !lets(unlabelled.egress ?? [], { address: "52.95.155.1" }, 443, { plugin, home }),
        );
      });
    }
  });
}
