import assert from "node:assert/strict";
import { declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { registrations, type Registration } from "../../support/registrations";

const WITHOUT_WAIT = { "kubernetes.readyMinutes": "0" };

async function registration(
  name: string,
  overrides: Readonly<Record<string, string>> = {},
): Promise<Registration> {
  const found = (await registrations(overrides)).find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

describe("ec2 cluster", () => {
  it("is awaited with client credentials and every machine's name", async () => {
    const inputs = inputsOf(await declaredPlatform(), "AwaitCluster", "ec2-cluster-registered");
    assert.equal(inputs["host"], "198.51.100.10");
    assert.equal(inputs["port"], 6443);
    assert.equal(inputs["minutes"], 15);
    assert.match(inputs["ca"] as string, /BEGIN CERTIFICATE/);
    assert.deepEqual(inputs["machines"], [
      { instanceId: "ec2-nodes-control-plane-id", node: "ip-10-0-128-10.internal" },
      { instanceId: "ec2-nodes-worker-1-id", node: "ip-10-0-128-10.internal" },
      { instanceId: "ec2-nodes-worker-2-id", node: "ip-10-0-128-10.internal" },
    ]);
    assert.deepEqual(inputs["aws"], { region: "eu-west-3" });
    assert.equal(inputs["until"], "registered");
  });

  it("is awaited until Ready before anything that needs pods", async () => {
    const resources = await declaredPlatform();
    const [first, second] = ["registered", "ready"].map((until) =>
      inputsOf(resources, "AwaitCluster", `ec2-cluster-${until}`),
    );
    assert.deepEqual({ ...second, until: "registered" }, first);
    const network = inputsOf(resources, "helm.sh/v3:Release", "ec2-add-ons-cilium");
    assert.equal(network["skipAwait"], true); // else Helm would give up first, and name no machine
    assert.ok(
      (await registration("ec2-cluster-ready")).dependencies.includes("ec2-add-ons-cilium"),
    );
    for (const chart of [
      "kubelet-csr-approver",
      "aws-cloud-controller-manager",
      "aws-ebs-csi-driver",
    ]) {
      const { dependencies } = await registration(`ec2-add-ons-${chart}`);
      assert.ok(dependencies.includes("ec2-cluster-ready"), chart);
      const { atomic } = inputsOf(resources, "helm.sh/v3:Release", `ec2-add-ons-${chart}`);
      assert.equal(atomic, true, chart);
    }
  });

  it("is not awaited when readyMinutes is 0", async () => {
    assert.deepEqual(ofType(await declaredPlatform(WITHOUT_WAIT), "AwaitCluster"), []);
  });

  it("is used by the Kubernetes provider only after it is ready", async () => {
    const { dependencies } = await registration("ec2-cluster-kubernetes");
    for (const name of [
      "ec2-cluster-registered",
      "ec2-nodes-control-plane",
      "ec2-nodes-worker-2",
    ]) {
      assert.ok(dependencies.includes(name), name);
    }
  });

  it("is not replaced when its certificate or address changes", async () => {
    const provider = inputsOf(await declaredPlatform(), "kubernetes", "ec2-cluster-kubernetes");
    assert.equal(provider["clusterIdentifier"], "test-0a1b2c3d");
  });

  it("keeps image and script of every machine, unless nodes.renew names its role", async () => {
    const pinned = {
      controlPlane: ["ami", "userDataBase64"],
      workers: ["ami", "userData", "userDataBase64"],
    };
    for (const [renew, expected] of [
      ["none", pinned],
      ["workers", { ...pinned, workers: [] }],
      ["controlPlane", { ...pinned, controlPlane: [] }],
      ["all", { controlPlane: [], workers: [] }],
    ] as const) {
      const kept = async (name: string) =>
        (await registration(`ec2-nodes-${name}`, { "nodes.renew": renew })).ignoreChanges;
      assert.deepEqual(await kept("control-plane"), expected.controlPlane, renew);
      assert.deepEqual(await kept("worker-1"), expected.workers, renew);
      assert.deepEqual(await kept("worker-2"), expected.workers, renew);
    }
  });

  it("deletes a machine before its replacement; workers overlap unless they are renewed", async () => {
    const first = async (name: string, renew = "none") =>
      (await registration(name, { "nodes.renew": renew })).deleteBeforeReplace;
    assert.equal(await first("ec2-nodes-control-plane"), true);
    assert.equal(await first("ec2-nodes-worker-1"), false);
    assert.equal(await first("ec2-nodes-worker-1", "workers"), true);
  });

  it("creates workers side by side, and renews one after the other has joined", async () => {
    const before = async (worker: number, overrides: Readonly<Record<string, string>>) =>
      (await registration(`ec2-nodes-worker-${worker}`, overrides)).dependencies.filter((name) =>
        name.startsWith("ec2-nodes-worker-"),
      );
    for (const renew of ["none", "controlPlane"]) {
      assert.deepEqual(await before(3, { "nodes.count": "4", "nodes.renew": renew }), []);
    }
    const workers = { "nodes.count": "4", "nodes.renew": "workers" };
    assert.deepEqual(await before(1, workers), []);
    assert.deepEqual(await before(3, workers), ["ec2-nodes-worker-2", "ec2-nodes-worker-2-joined"]);
    assert.deepEqual(await before(3, { ...workers, ...WITHOUT_WAIT }), ["ec2-nodes-worker-2"]);
    const wait = inputsOf(
      await declaredPlatform(workers),
      "AwaitCluster",
      "ec2-nodes-worker-2-joined",
    );
    assert.deepEqual(wait["machines"], [
      { instanceId: "ec2-nodes-worker-2-id", node: "ip-10-0-128-10.internal" },
    ]);
    assert.deepEqual([wait["until"], wait["repeat"]], ["joined", "t3.large"]);
  });

  it("creates workers after the API server's DNS record", async () => {
    const { dependencies } = await registration("ec2-nodes-worker-1");
    assert.ok(dependencies.includes("ec2-nodes-api"));
  });

  it("deletes Kubernetes objects with the cluster, not one by one", async () => {
    const objects = (await registrations()).filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(objects.length >= 4);
    for (const { name, deletedWith, provider } of objects) {
      assert.equal(deletedWith, "ec2-nodes-control-plane", name);
      assert.equal(provider, "ec2-cluster-kubernetes", name);
    }
  });
});

describe("ec2 token issuer", () => {
  it("serves its documents with a short cache time, so that a new key takes effect", async () => {
    const declared = await declaredPlatform();
    for (const name of ["ec2-issuer-discovery", "ec2-issuer-keys"]) {
      assert.equal(inputsOf(declared, "BucketObjectv2", name)["cacheControl"], "max-age=300");
    }
  });

  it("is registered in IAM after its documents are readable through CloudFront", async () => {
    const { dependencies } = await registration("ec2-issuer-provider");
    for (const name of ["ec2-issuer-discovery", "ec2-issuer-keys", "ec2-issuer-policy"]) {
      assert.ok(dependencies.includes(name), name);
    }
  });
});

describe("ec2 janitor", () => {
  it("sweeps by the cluster's name and spares the stack's security groups", async () => {
    const { file, ...inputs } = inputsOf(await declaredPlatform(), "SweepCluster");
    assert.equal(file, "sweep-cluster");
    delete (inputs as Record<string, unknown>)["__provider"];
    assert.deepEqual(inputs, {
      clusterName: "test-0a1b2c3d",
      vpcId: "network-vpc-id",
      ownGroups: ["ec2-firewall-nodes-id", "ec2-firewall-api-id"],
      sweepData: true,
      aws: { region: "eu-west-3" },
    });
  });

  it("runs after the machines are deleted and before network and security groups are", async () => {
    for (const machine of ["control-plane", "worker-1", "worker-2"]) {
      const { dependencies } = await registration(`ec2-nodes-${machine}`);
      assert.ok(dependencies.includes("ec2-janitor"), machine);
    }
    const { dependencies } = await registration("ec2-janitor");
    const needed = ["network-private-a", "network-gateway", "network-nat-a", "ec2-firewall-nodes"];
    for (const name of needed) {
      assert.ok(dependencies.includes(name), name);
    }
  });
});

describe("workspaces", () => {
  it("are a namespace and a service account per person that match the role's trust policy", async () => {
    const resources = await declaredPlatform();
    const metadata = (type: string) =>
      ofType(resources, type)
        .filter(({ name }) => name.startsWith("ec2-add-ons-workspaces"))
        .map(({ inputs }) => inputs["metadata"] as Readonly<Record<string, unknown>>);
    assert.deepEqual(
      metadata("core/v1:Namespace").map(({ name }) => name),
      ["user-ada", "user-grace"],
    );
    assert.deepEqual(
      metadata("core/v1:ServiceAccount").map(({ namespace, name }) => [namespace, name]),
      [
        ["user-ada", "notebook"],
        ["user-grace", "notebook"],
      ],
    );
    for (const { labels } of metadata("core/v1:Namespace")) {
      const { "pod-security.kubernetes.io/enforce": enforced } = labels as Record<string, string>;
      assert.equal(enforced, "baseline");
    }
  });
});
