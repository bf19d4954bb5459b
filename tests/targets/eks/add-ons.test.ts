import assert from "node:assert/strict";
import { CHARTS } from "../../../settings/versions/charts";
import { EKS_VERSIONS, type EksMinor } from "../../../settings/versions/eks";
import { ADD_ON_VERSIONS, type AddOnName } from "../../../settings/versions/eks-add-ons";
import { declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { policyOf } from "../../support/policy";
import { registrations } from "../../support/registrations";

type Overrides = Readonly<Record<string, string>>;
const eks = (overrides: Overrides = {}) => declaredPlatform({ target: "eks", ...overrides });
const RANGE = { "nodes.min": "1", "nodes.max": "5" };
/** Name of an add-on in EKS, and its resource. */
const ADD_ONS: Readonly<Record<AddOnName, string>> = {
  "vpc-cni": "eks-pod-network-vpc-cni",
  "kube-proxy": "eks-pod-network-kube-proxy",
  coredns: "eks-add-ons-coredns",
  "aws-ebs-csi-driver": "eks-add-ons-ebs",
  "metrics-server": "eks-add-ons-metrics-server",
};
const addOn = async (which: AddOnName, overrides: Overrides = {}) =>
  inputsOf(await eks(overrides), "eks/addon:Addon", ADD_ONS[which]);

describe("add-ons of eks", () => {
  it("are pinned for each version of Kubernetes", async () => {
    for (const minor of Object.keys(EKS_VERSIONS) as EksMinor[]) {
      const addOns = ofType(await eks({ "kubernetes.version": minor }), "eks/addon:Addon");
      assert.equal(addOns.length, Object.keys(ADD_ONS).length);
      for (const { inputs } of addOns) {
        const which = inputs["addonName"] as AddOnName;
        assert.equal(inputs["addonVersion"], ADD_ON_VERSIONS[minor][which]);
        assert.match(ADD_ON_VERSIONS[minor][which], /^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
        assert.equal(inputs["clusterName"], "test-0a1b2c3d");
        assert.equal(inputs["resolveConflictsOnCreate"], "OVERWRITE");
        assert.equal(inputs["resolveConflictsOnUpdate"], "OVERWRITE");
      }
      // kube-proxy is a part of Kubernetes and has its version.
      assert.ok(ADD_ON_VERSIONS[minor]["kube-proxy"].startsWith(`v${minor}.`), minor);
    }
  });

  it("are installed in the order of their dependencies", async () => {
    const all = await registrations({ target: "eks" });
    const needs = (which: AddOnName) =>
      all.find(({ name }) => name === ADD_ONS[which])?.dependencies ?? [];
    for (const which of ["coredns", "aws-ebs-csi-driver", "metrics-server"] as const) {
      assert.ok(needs(which).includes("eks-nodes-group"), which);
    }
    for (const which of ["vpc-cni", "kube-proxy"] as const) {
      assert.ok(!needs(which).includes("eks-nodes-group"), which);
    }
    assert.ok(needs("vpc-cni").includes("eks-pod-network-policy"));
    assert.ok(needs("aws-ebs-csi-driver").includes("eks-add-ons-storage-driver-volumes"));
  });

  it("enforce network policies", async () => {
    const { configurationValues } = await addOn("vpc-cni");
    assert.deepEqual(JSON.parse(configurationValues as string), { enableNetworkPolicy: "true" });
  });

  it("have roles of their own, separate from the nodes' role", async () => {
    const resources = await eks();
    for (const [which, role, account] of [
      ["vpc-cni", "eks-pod-network-role", "kube-system:aws-node"],
      ["aws-ebs-csi-driver", "eks-add-ons-storage-driver", "kube-system:ebs-csi-controller-sa"],
    ] as const) {
      const { serviceAccountRoleArn } = inputsOf(resources, "eks/addon:Addon", ADD_ONS[which]);
      assert.equal(serviceAccountRoleArn, `arn:aws:iam::123456789012:role/${role}`);
      const { assumeRolePolicy } = inputsOf(resources, "iam/role:Role", role);
      assert.match(assumeRolePolicy as string, new RegExp(`system:serviceaccount:${account}"`));
    }
  });

  it("tag volumes with the stack's tags, and encrypt them by storage class", async () => {
    const { configurationValues } = await addOn("aws-ebs-csi-driver");
    const { controller } = JSON.parse(configurationValues as string) as {
      controller: { extraVolumeTags: Record<string, string> };
    };
    assert.equal(controller.extraVolumeTags["StackId"], "0a1b2c3d");
    const storage = inputsOf(await eks(), "storage.k8s.io/v1:StorageClass");
    assert.deepEqual(storage["parameters"], { type: "gp3", encrypted: "true" });
  });
});

describe("Kubernetes objects of eks", () => {
  it("are deleted with the cluster, not one by one", async () => {
    const objects = (await registrations({ target: "eks", ...RANGE })).filter(
      ({ type, name }) => type.startsWith("kubernetes:") && name.startsWith("eks-add-ons"),
    );
    assert.equal(objects.length, 6); // class, two namespaces and accounts, autoscaler
    for (const { name, deletedWith, provider } of objects) {
      assert.equal(deletedWith, "eks-cluster", name);
      assert.equal(provider, "eks-cluster-kubernetes", name);
    }
  });

  it("are the same namespaces, service accounts and storage class as on ec2", async () => {
    const objects = async (target: string) =>
      (await declaredPlatform({ target }))
        .filter(({ type }) => /^kubernetes:(core|storage)/.test(type))
        .map(({ type, inputs }) => [
          type,
          JSON.stringify(inputs).replaceAll(`role/${target}-`, "role/"),
        ])
        .sort();
    assert.deepEqual(await objects("eks"), await objects("ec2"));
  });
});

describe("the autoscaler", () => {
  it("is installed only when nodes.min and nodes.max differ", async () => {
    const name = "eks-add-ons-autoscaler";
    const releases = ofType(await eks(), "helm.sh/v3:Release");
    assert.ok(releases.every((release) => release.name !== name));
    const release = inputsOf(await eks(RANGE), "helm.sh/v3:Release", name);
    assert.equal(release["chart"], "cluster-autoscaler");
    assert.equal(release["version"], CHARTS["cluster-autoscaler"].version);
    const values = release["values"] as Record<string, unknown>;
    assert.deepEqual(values["autoDiscovery"], { clusterName: "test-0a1b2c3d" });
    assert.equal(values["awsRegion"], "eu-west-3");
    assert.deepEqual(values["image"], { tag: "v1.36.1" });
    assert.match(JSON.stringify(values["rbac"]), /role\/eks-add-ons-autoscaler-role/);
  });

  it("is installed after the nodes and its permissions", async () => {
    const found = (await registrations({ target: "eks", ...RANGE })).find(
      ({ name }) => name === "eks-add-ons-autoscaler",
    );
    for (const name of ["eks-nodes-group", "eks-add-ons-autoscaler-policy"]) {
      assert.ok(found?.dependencies.includes(name), name);
    }
  });

  it("may change only this cluster's node groups", async () => {
    const { policy } = inputsOf(
      await eks(RANGE),
      "iam/rolePolicy:RolePolicy",
      "eks-add-ons-autoscaler-policy",
    );
    const changes = policyOf(policy).filter(
      ({ Action }) => !(Action as string[]).every((one) => /:(Describe|Get)/.test(one)),
    );
    assert.deepEqual(
      changes.map(({ Condition }) => Condition),
      [
        {
          StringEquals: {
            "aws:ResourceTag/k8s.io/cluster-autoscaler/test-0a1b2c3d": "owned",
          },
        },
      ],
    );
  });
});
