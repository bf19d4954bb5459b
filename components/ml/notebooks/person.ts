import { HUB_ACCOUNT } from "../../../settings/names";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import type { NotebookSize } from "../../../settings/values/notebooks";
import type { Person } from "../../../settings/values/people";
import { serviceAccountOf } from "../../workload-identity";
import { hubFile } from "./hub-files";
import {
  FROM_HUB,
  NAMESPACE,
  TO_DNS,
  TO_HUB,
  TO_MODEL_SERVER,
  toDatabase,
  toInternet,
} from "./network-rules";
import { quota } from "./sizes";
import { CONTAINER_DEFAULTS, START, START_FILE } from "./values";

/** A person, and everything that their namespace depends on. */
export interface PersonArgs {
  readonly cluster: KubernetesCluster;
  readonly person: Person;
  readonly sizes: readonly NotebookSize[];
  readonly homeGib: number;
  readonly vpcCidr: string;
  readonly databasePort: number;
  /** Address of the model server. @default none is there */
  readonly servingUrl?: string;
  /** Resources to create before these: the person's namespace. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Requests that KubeSpawner sends to the API server in a person's namespace, and no others.
 * https://github.com/jupyterhub/kubespawner/blob/7.0.0/kubespawner/spawner.py
 */
const HUB_RULES = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "create", "delete"] },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", "create"] },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "list", "watch"] },
];

/**
 * Declares what notebooks need in a person's namespace: the hub's role, a quota with default limits,
 * the start program and a network policy. `Workspaces` creates the namespace and its service account.
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
  // Under a quota Kubernetes refuses pods that set no requests and limits.
  new kubernetes.core.v1.LimitRange(
    `${name}-limits`,
    {
      metadata: metadata("notebooks"),
      spec: {
        limits: [CONTAINER_DEFAULTS],
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

/** Policy for every pod of the namespace; it refuses all other traffic, in both directions. */
function reach({
  vpcCidr,
  databasePort,
  servingUrl,
}: PersonArgs): kubernetes.types.input.networking.v1.NetworkPolicySpec {
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [FROM_HUB],
    egress: [
      TO_DNS,
      TO_HUB,
      toDatabase(vpcCidr, databasePort),
      toInternet(443, 80),
      ...(servingUrl === undefined ? [] : [TO_MODEL_SERVER]),
    ],
  };
}
