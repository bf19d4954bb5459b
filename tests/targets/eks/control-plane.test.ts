import assert from "node:assert/strict";
import type { DeclaredResource } from "../../../cost/rule";
import { supportOf } from "../../../settings/versions/eks";
import { declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { policyOf } from "../../support/policy";
import { registrations } from "../../support/registrations";
import { TODAY } from "../../support/resources";

const ENDPOINT = "https://ABCD.gr7.eu-west-3.eks.amazonaws.com";
const KEEP = { lifecycle: "keep", "database.multiAz": "true" };
type Overrides = Readonly<Record<string, string>>;
const eks = (overrides: Overrides = {}, preview = false): Promise<readonly DeclaredResource[]> =>
  declaredPlatform({ target: "eks", ...overrides }, preview);
const cluster = async (overrides: Overrides = {}) =>
  inputsOf(await eks(overrides), "index:Cluster");

describe("control plane of eks", () => {
  it("passes its settings to the EKS component, and switches off the component's own resources", async () => {
    const { serviceRole, subnetIds, corednsAddonOptions, kubeProxyAddonOptions, ...inputs } =
      await cluster();
    for (const addOn of [corednsAddonOptions, kubeProxyAddonOptions]) {
      assert.equal((addOn as { enabled: boolean }).enabled, false);
    }
    assert.ok(serviceRole !== undefined);
    assert.deepEqual(subnetIds, ["network-private-a-id", "network-private-b-id"]);
    assert.deepEqual(inputs, {
      name: "test-0a1b2c3d",
      version: "1.36",
      vpcId: "network-vpc-id",
      kubernetesServiceIpAddressRange: "10.96.0.0/16",
      authenticationMode: "API",
      publicAccessCidrs: ["81.2.69.160/27"],
      endpointPrivateAccess: true,
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: false,
      enabledClusterLogTypes: ["audit", "authenticator"],
      skipDefaultNodeGroup: true,
      skipDefaultSecurityGroups: true,
      bootstrapSelfManagedAddons: false,
      useDefaultVpcCni: true,
      createOidcProvider: false,
      providerCredentialOpts: {},
    });
  });

  it("uses the profile and role of the stack's settings", async () => {
    const { providerCredentialOpts } = await cluster({
      "aws:profile": "team",
      "aws:assumeRoles":
        '[{"roleArn":"arn:aws:iam::1:role/a"},{"roleArn":"arn:aws:iam::1:role/b"}]',
    });
    assert.deepEqual(providerCredentialOpts, {
      profileName: "team",
      roleArn: "arn:aws:iam::1:role/b",
    });
  });

  it("has a role with the control plane's policies only", async () => {
    const resources = await eks();
    const role = inputsOf(resources, "iam/role:Role", "eks-cluster-role");
    assert.deepEqual(policyOf(role["assumeRolePolicy"])[0]?.Principal, {
      Service: "eks.amazonaws.com",
    });
    const attached = ofType(resources, "iam/rolePolicyAttachment:RolePolicyAttachment").filter(
      ({ inputs }) => inputs["role"] === "eks-cluster-role",
    );
    assert.deepEqual(
      attached.map(({ inputs }) => inputs["policyArn"]),
      ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"],
    );
    // These include the right to create load balancers for Services, which Pulumi would not know.
    const { policy } = inputsOf(
      resources,
      "iam/rolePolicy:RolePolicy",
      "eks-cluster-no-load-balancers",
    );
    const [denied, ...others] = policyOf(policy);
    assert.deepEqual(denied, {
      Effect: "Deny",
      Action: ["elasticloadbalancing:Create*", "ec2:CreateSecurityGroup"],
      Resource: "*",
    });
    assert.deepEqual(others, []);
  });

  it("is created after janitor, routes, permissions and log group, which must outlive it", async () => {
    const found = (await registrations({ target: "eks" })).find(
      ({ type }) => type === "eks:index:Cluster",
    );
    for (const name of [
      "eks-janitor",
      "eks-cluster-role-policy",
      "eks-cluster-no-load-balancers",
      "eks-cluster-logs",
      "network-private-a",
    ]) {
      assert.ok(found?.dependencies.includes(name), name);
    }
    const janitor = (await registrations({ target: "eks" })).find(
      ({ name }) => name === "eks-janitor",
    );
    for (const name of ["network-nat-a", "network-private-a-internet", "network-gateway"]) {
      assert.ok(janitor?.dependencies.includes(name), name);
    }
  });

  it("has a log group with a retention only when logs are enabled", async () => {
    const group = (resources: readonly DeclaredResource[]) =>
      ofType(resources, "cloudwatch/logGroup:LogGroup")
        .filter(({ name }) => name !== "database-logs")
        .map(({ inputs }) => inputs);
    assert.deepEqual(group(await eks({ "kubernetes.logs": "none" })), []);
    assert.deepEqual((await cluster({ "kubernetes.logs": "none" }))["enabledClusterLogTypes"], []);
    assert.deepEqual(group(await eks({ "kubernetes.logDays": "7" })), [
      { name: "/aws/eks/test-0a1b2c3d/cluster", retentionInDays: 7 },
    ]);
    const { enabledClusterLogTypes } = await cluster({ "kubernetes.logs": "all" });
    assert.equal((enabledClusterLogTypes as string[]).length, 5);
  });

  it("is protected and encrypts Secrets with its own key in a kept stack", async () => {
    const resources = await eks(KEEP);
    const inputs = inputsOf(resources, "index:Cluster");
    assert.equal(inputs["deletionProtection"], true);
    assert.match(inputs["encryptionConfigKeyArn"] as string, /key\/eks-cluster-secrets-key$/);
    const key = inputsOf(resources, "kms/key:Key");
    assert.equal(key["enableKeyRotation"], true);
    assert.deepEqual(ofType(await eks(), "kms/key:Key"), []);
    assert.equal((await cluster())["encryptionConfigKeyArn"], undefined);
  });

  it("never requests extended support", async () => {
    assert.equal(supportOf("1.33", TODAY), "extended");
    const { upgradePolicy } = await cluster({ "kubernetes.version": "1.33" });
    assert.deepEqual(upgradePolicy, { supportType: "STANDARD" });
  });

  it("grants the listed administrators access to the whole cluster", async () => {
    const admin = "arn:aws:iam::123456789012:role/Admins";
    const resources = await eks({ adminArns: admin });
    const entry = inputsOf(resources, "eks/accessEntry:AccessEntry");
    assert.deepEqual(entry, { clusterName: "test-0a1b2c3d", principalArn: admin });
    const right = inputsOf(resources, "eks/accessPolicyAssociation:AccessPolicyAssociation");
    assert.equal(right["principalArn"], admin);
    assert.match(right["policyArn"] as string, /AmazonEKSClusterAdminPolicy$/);
    assert.deepEqual(right["accessScope"], { type: "cluster" });
    assert.deepEqual(ofType(await eks(), "eks/accessEntry:AccessEntry"), []);
  });

  it("has an OIDC provider, and roles that trust one service account each", async () => {
    const resources = await eks();
    assert.deepEqual(inputsOf(resources, "iam/openIdConnectProvider:OpenIdConnectProvider"), {
      url: "https://oidc.eks.eu-west-3.amazonaws.com/id/ABCD",
      clientIdLists: ["sts.amazonaws.com"],
    });
    const role = inputsOf(resources, "iam/role:Role", "eks-people-ada-role");
    assert.deepEqual(policyOf(role["assumeRolePolicy"])[0]?.Condition, {
      StringEquals: {
        "oidc.eks.eu-west-3.amazonaws.com/id/ABCD:aud": "sts.amazonaws.com",
        "oidc.eks.eu-west-3.amazonaws.com/id/ABCD:sub": "system:serviceaccount:user-ada:notebook",
      },
    });
  });

  it("has a provider with the stack's keys, replaced only when the endpoint changes", async () => {
    const resources = await eks({ "aws:accessKey": "AKIA", "aws:secretKey": "s3cr3t" });
    const provider = inputsOf(resources, "kubernetes", "eks-cluster-kubernetes");
    assert.equal(provider["clusterIdentifier"], ENDPOINT);
    // A secret, since a key is in it.
    assert.match(JSON.stringify(provider["kubeconfig"]), /"value":.*AKIA/);
  });

  it("is awaited before its first object unless readyMinutes is 0", async () => {
    const { __provider, ...inputs } = inputsOf(
      await eks({ "kubernetes.readyMinutes": "7" }),
      "AwaitEndpoint",
    );
    assert.ok(__provider !== undefined);
    assert.deepEqual(inputs, {
      file: "await-endpoint",
      endpoint: ENDPOINT,
      authority: "TUlJQg==",
      minutes: 7,
    });
    const provider = async (minutes: string) =>
      (await registrations({ target: "eks", "kubernetes.readyMinutes": minutes })).find(
        ({ name }) => name === "eks-cluster-kubernetes",
      )?.dependencies;
    assert.ok((await provider("7"))?.includes("eks-cluster-ready"));
    assert.ok(!(await provider("0"))?.includes("eks-cluster-ready"));
    assert.deepEqual(ofType(await eks({ "kubernetes.readyMinutes": "0" }), "AwaitEndpoint"), []);
  });

  it("can be previewed before it exists", async () => {
    const urns = async (preview: boolean) => (await eks({}, preview)).map(({ urn }) => urn).sort();
    assert.deepEqual(await urns(true), await urns(false));
  });
});
