import assert from "node:assert/strict";
import { inputsOf } from "../../support/declared";
import { lets, type Place, type Plugin, type Rule } from "../../support/network-policy";
import { at, declaredNotebooks, valuesOf, type Values } from "../../support/notebooks";

describe("network policies of notebooks", () => {
  const pod = (namespace: string, component: string, address: string): Place => ({
    address,
    namespace,
    labels: { app: "jupyterhub", release: "jupyterhub", component },
  });
  // As pods of the VPC CNI have them; Cilium does not compare pods with address blocks.
  const ada = pod("user-ada", "singleuser-server", "10.0.130.1");
  const grace = pod("user-grace", "singleuser-server", "10.0.130.2");
  const hub = pod("jupyterhub", "hub", "10.0.130.3");
  const proxy = pod("jupyterhub", "proxy", "10.0.130.4");
  const dns = pod("kube-system", "kube-dns", "10.0.130.5");
  const database = { address: "10.0.140.9" };
  const metadata = { address: "169.254.169.254" };
  const internet = { address: "52.95.155.1" };
  const node = { address: "10.0.128.10" };

  let person: { ingress: Rule[]; egress: Rule[] } = { ingress: [], egress: [] };
  let values: Values = {};
  before(async () => {
    const resources = await declaredNotebooks();
    const policy = inputsOf(
      resources,
      "networking.k8s.io/v1:NetworkPolicy",
      "notebooks-ada-network",
    );
    const spec = policy["spec"] as typeof person & Values;
    assert.deepEqual(spec["podSelector"], {});
    assert.deepEqual(spec["policyTypes"], ["Ingress", "Egress"]);
    person = spec;
    values = valuesOf(resources);
  });

  for (const plugin of ["vpc-cni", "cilium"] as const satisfies readonly Plugin[]) {
    const home = "user-ada";
    it(`let a server reach what it needs, with ${plugin}`, () => {
      const to = (place: Place, port: number, protocol = "TCP") =>
        lets(person.egress, place, port, { plugin, home, protocol });
      assert.ok(to(hub, 8081), "hub");
      assert.ok(to(database, 5432), "database");
      assert.ok(to(internet, 443), "internet, S3, STS");
      assert.ok(to(dns, 53, "UDP") && to(dns, 53), "name servers");
      assert.ok(!to(grace, 8888), "another's server");
      assert.ok(!to(grace, 443), "another's pod");
      assert.ok(!to(proxy, 8001), "the proxy's API");
      for (const port of [80, 443, 6443, 10250, 22, 2379]) {
        assert.ok(!to(node, port), `a node's ${port}`);
        assert.ok(!to(metadata, port), `metadata at ${port}`);
        assert.ok(!to(database, port), `the VPC at ${port}`);
      }
      assert.ok(!to(internet, 25), "mail");
    });

    it(`let nobody but hub and proxy reach a server, with ${plugin}`, () => {
      const from = (place: Place, port = 8888) =>
        lets(person.ingress, place, port, { plugin, home });
      assert.ok(from(hub) && from(proxy));
      assert.ok(!from(hub, 22));
      for (const place of [grace, ada, node, internet, dns]) {
        assert.ok(!from(place), JSON.stringify(place));
      }
    });

    it(`let hub and proxy reach servers in every namespace, with ${plugin}`, () => {
      const rules = (path: string) => at(values, path) as Rule[];
      const options = { plugin, home: "jupyterhub" };
      const fromHub = (place: Place, port: number) =>
        lets(rules("hub.networkPolicy.egress"), place, port, options);
      assert.ok(fromHub(ada, 8888) && fromHub(grace, 8888));
      assert.ok(fromHub(node, 6443) && fromHub({ address: "10.96.0.1" }, 443), "API server");
      assert.ok(fromHub(database, 5432) && fromHub(internet, 443));
      assert.ok(!fromHub(metadata, 80) && !fromHub(node, 10250));
      const fromProxy = (place: Place, port: number) =>
        lets(rules("proxy.chp.networkPolicy.egress"), place, port, options);
      assert.ok(fromProxy(ada, 8888));
      assert.ok(!fromProxy(internet, 443) && !fromProxy(database, 5432) && !fromProxy(node, 443));
      const atHub = (place: Place, port: number) =>
        lets(rules("hub.networkPolicy.ingress"), place, port, options);
      assert.ok(atHub(ada, 8081));
      assert.ok(!atHub(internet, 8081) && !atHub(ada, 8080));
    });
  }

  it("leave the proxy's door open to every address: security groups narrow it", () => {
    assert.deepEqual(at(values, "proxy.chp.networkPolicy.allowedIngressPorts"), ["http"]);
  });
});
