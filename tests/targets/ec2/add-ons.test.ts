import assert from "node:assert/strict";
import { EC2_CHARTS } from "../../../settings/targets/ec2";
import { CHARTS } from "../../../settings/versions/charts";
import { declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { allows, policyOf } from "../../support/policy";
import { registrations } from "../../support/registrations";

type Values = Readonly<Record<string, unknown>>;

const release = async (chart: string, overrides: Readonly<Record<string, string>> = {}) =>
  inputsOf(await declaredPlatform(overrides), "helm.sh/v3:Release", `ec2-add-ons-${chart}`);
const values = async (chart: string, overrides: Readonly<Record<string, string>> = {}) =>
  (await release(chart, overrides))["values"] as Values;

describe("add-ons of ec2", () => {
  it("are the listed charts, each at its exact version and under its own name", async () => {
    const releases = ofType(await declaredPlatform(), "helm.sh/v3:Release").filter(({ name }) =>
      name.startsWith("ec2-add-ons"),
    );
    assert.deepEqual(releases.map(({ inputs }) => inputs["chart"]).sort(), [
      "aws-cloud-controller-manager",
      "aws-ebs-csi-driver",
      "cilium",
      "kubelet-csr-approver",
      "metrics-server",
    ]);
    // Only that chart runs on the control plane. The others take room of notebooks, which `notebooks.sizes` counts.
    assert.deepEqual(
      [...EC2_CHARTS, "aws-cloud-controller-manager"].sort(),
      releases.map(({ inputs }) => inputs["chart"]).sort(),
    );
    for (const { inputs } of releases) {
      const { version, repository } = CHARTS[inputs["chart"] as keyof typeof CHARTS];
      assert.match(version, /^\d+\.\d+\.\d+$/);
      assert.equal(inputs["version"], version);
      assert.deepEqual(inputs["repositoryOpts"], { repo: repository });
      assert.equal(inputs["name"], inputs["chart"]);
      assert.equal(inputs["namespace"], "kube-system");
    }
  });

  it("are installed in the order of their dependencies", async () => {
    const all = await registrations();
    const needs = (chart: string) =>
      all.find(({ name }) => name === `ec2-add-ons-${chart}`)?.dependencies ?? [];
    for (const [chart, before] of [
      ["kubelet-csr-approver", "cilium"],
      ["aws-cloud-controller-manager", "cilium"],
      ["aws-ebs-csi-driver", "cilium"],
      ["metrics-server", "kubelet-csr-approver"],
    ] as const) {
      assert.ok(needs(chart).includes(`ec2-add-ons-${before}`), `${chart} after ${before}`);
    }
  });

  it("configure Cilium with the API server's name and kubeadm's pod network", async () => {
    const network = await values("cilium");
    assert.equal(network["kubeProxyReplacement"], true);
    assert.equal(network["k8sServiceHost"], "api.ml-platform.internal");
    assert.equal(network["k8sServicePort"], 6443);
    assert.equal(network["tunnelProtocol"], "vxlan");
    assert.deepEqual(network["ipam"], { mode: "kubernetes" });
  });

  it("approve serving certificates only for names and addresses of the VPC", async () => {
    const { providerRegex, providerIpPrefixes, ...others } = await values("kubelet-csr-approver", {
      "network.cidr": "10.7.0.0/16",
    });
    assert.deepEqual(providerIpPrefixes, ["10.7.0.0/16"]);
    assert.deepEqual(others, {}); // in particular no check is bypassed
    const regex = new RegExp(providerRegex as string);
    for (const name of ["ip-10-7-0-5.ec2.internal", "ip-10-7-0-5.eu-west-3.compute.internal"]) {
      assert.match(name, regex);
    }
    for (const name of ["kubernetes", "api.ml-platform.internal", "ip-10-7-0-5.evil.com"]) {
      assert.doesNotMatch(name, regex);
    }
  });

  it("allow the cloud controller only to remove nodes", async () => {
    const { args, hostNetworking, image } = await values("aws-cloud-controller-manager");
    assert.ok((args as string[]).includes("--controllers=cloud-node-lifecycle"));
    assert.ok((args as string[]).includes("--cluster-name=test-0a1b2c3d"));
    assert.equal(hostNetworking, true);
    assert.deepEqual(image, { tag: "v1.36.1" });
    const policy = policyOf(
      inputsOf(await declaredPlatform(), "iam/rolePolicy:RolePolicy", "ec2-control-plane-policy")[
        "policy"
      ],
    );
    assert.ok(allows(policy, "ec2:DescribeInstances", "*"));
    for (const action of ["ec2:CreateRoute", "ec2:AttachVolume", "ec2:TerminateInstances"]) {
      assert.ok(!allows(policy, action, "*"), action);
    }
  });

  it("match the Kubernetes version of the stack", async () => {
    const { image } = await values("aws-cloud-controller-manager", {
      "kubernetes.version": "1.35",
    });
    assert.deepEqual(image, { tag: "v1.35.2" });
  });
});

describe("storage of a cluster", () => {
  it("defaults to encrypted gp3, deleted with its claim, in the pod's zone", async () => {
    const inputs = inputsOf(await declaredPlatform(), "storage.k8s.io/v1:StorageClass");
    const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
    assert.equal(annotations["storageclass.kubernetes.io/is-default-class"], "true");
    assert.deepEqual(inputs["parameters"], { type: "gp3", encrypted: "true" });
    assert.equal(inputs["reclaimPolicy"], "Delete");
    assert.equal(inputs["volumeBindingMode"], "WaitForFirstConsumer");
  });

  it("tags every volume with the cluster's name and the stack's tags", async () => {
    const { controller } = await values("aws-ebs-csi-driver");
    const { k8sTagClusterId, extraVolumeTags, region } = controller as Values;
    assert.equal(k8sTagClusterId, "test-0a1b2c3d");
    assert.equal(region, "eu-west-3");
    assert.equal((extraVolumeTags as Values)["StackId"], "0a1b2c3d");
    assert.equal((extraVolumeTags as Values)["Owner"], "ml-team");
  });

  it("has a driver that assumes its role with its own service account's token", async () => {
    const { controller } = await values("aws-ebs-csi-driver");
    const { env, volumes } = controller as Values;
    assert.deepEqual((env as Values[])[0], {
      name: "AWS_ROLE_ARN",
      value: "arn:aws:iam::123456789012:role/ec2-add-ons-storage-driver",
    });
    assert.match(JSON.stringify(volumes), /"audience":"sts\.amazonaws\.com"/);
    const role = inputsOf(await declaredPlatform(), "iam/role:Role", "ec2-add-ons-storage-driver");
    const [statement] = policyOf(role["assumeRolePolicy"]);
    assert.deepEqual(statement?.Condition, {
      StringEquals: {
        "d111.cloudfront.net:aud": "sts.amazonaws.com",
        "d111.cloudfront.net:sub": "system:serviceaccount:kube-system:ebs-csi-controller-sa",
      },
    });
  });

  it("has a driver that may change only this cluster's volumes", async () => {
    const { policy } = inputsOf(
      await declaredPlatform(),
      "iam/rolePolicy:RolePolicy",
      "ec2-add-ons-storage-driver-volumes",
    );
    const changes = policyOf(policy).filter(
      ({ Action }) => !(Action as string[]).every((action) => action.startsWith("ec2:Describe")),
    );
    assert.equal(changes.length, 6);
    for (const { Action, Condition } of changes) {
      const tagging = (Action as string[]).includes("ec2:CreateTags");
      const condition = tagging
        ? /CreateAction/
        : /"kubernetes\.io\/cluster\/test-0a1b2c3d|cluster\/test-0a1b2c3d":"owned"/;
      assert.match(JSON.stringify(Condition), condition);
    }
  });
});
