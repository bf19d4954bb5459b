import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import type { NotebookSize } from "../../../settings/values/notebooks";
import type { Person } from "../../../settings/values/people";
import { serviceAccountOf } from "../../workload-identity";
import { hubFile } from "./hub-files";
import { FROM_HUB, NAMESPACE, TO_DNS, TO_HUB, toDatabase, toInternet } from "./network-rules";
import { quota } from "./sizes";
import { START, START_FILE } from "./values";

export interface PersonArgs {
  readonly cluster: KubernetesCluster;
  readonly person: Person;
  readonly sizes: readonly NotebookSize[];
  readonly homeGib: number;
  readonly vpcCidr: string;
  readonly databasePort: number;
  /** What has to be there before: the person's namespace. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * What KubeSpawner asks the API server for in a person's namespace, and nothing more.
 * https://github.com/jupyterhub/kubespawner/blob/7.0.0/kubespawner/spawner.py
 */
const HUB_RULES = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "create", "delete"] },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", "create"] },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "list", "watch"] },
];

/** The service account of the hub. */
export const HUB_ACCOUNT = "hub";

/**
 * What makes a person's namespace a place for notebooks: the hub's role in it, how much runs there,
 * and whom it reaches. The namespace itself and its service account are `Workspaces`'.
 */
export function placeForNotebooks(parent: pulumi.Resource, name: string, args: PersonArgs): void {
  const { cluster, person, after } = args;
  const { namespace } = serviceAccountOf(person);
  const opts = inCluster(cluster, parent, after);
  const metadata = (object: string): { name: string; namespace: string } => ({
    name: object,
    namespace,
  });
  const role = new kubernetes.rbac.v1.Role(
    `${name}-role`,
    { metadata: metadata("jupyterhub"), rules: HUB_RULES },
    opts,
  );
  new kubernetes.rbac.v1.RoleBinding(
    `${name}-binding`,
    {
      metadata: metadata("jupyterhub"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: HUB_ACCOUNT, namespace: NAMESPACE }],
    },
    opts,
  );
  new kubernetes.core.v1.ResourceQuota(
    `${name}-quota`,
    { metadata: metadata("notebooks"), spec: { hard: quota(args.sizes, args.homeGib) } },
    opts,
  );
  // With a quota a pod that says nothing would be refused.
  new kubernetes.core.v1.LimitRange(
    `${name}-limits`,
    {
      metadata: metadata("notebooks"),
      spec: {
        limits: [
          {
            type: "Container",
            default: { memory: "1Gi" },
            defaultRequest: { cpu: "100m", memory: "256Mi" },
          },
        ],
      },
    },
    opts,
  );
  new kubernetes.core.v1.ConfigMap(
    `${name}-start`,
    { metadata: metadata(START.name), data: { [START_FILE]: hubFile(START_FILE) } },
    opts,
  );
  new kubernetes.networking.v1.NetworkPolicy(
    `${name}-network`,
    { metadata: metadata("notebooks"), spec: reach(args) },
    opts,
  );
}

/** Every pod of the namespace: what is not said here is refused, in both directions. */
function reach({
  vpcCidr,
  databasePort,
}: PersonArgs): kubernetes.types.input.networking.v1.NetworkPolicySpec {
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [FROM_HUB],
    egress: [TO_DNS, TO_HUB, toDatabase(vpcCidr, databasePort), toInternet(443, 80)],
  };
}
