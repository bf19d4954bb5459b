import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { KATIB_NAMESPACE, TRIALS_NAMESPACE } from "../../../settings/names";

/** Service account of the controller. */
export const CONTROLLER = "katib-controller";

const READ = ["get", "list", "watch"];

/**
 * Rights in every namespace. The controller watches every namespace and cannot be told otherwise, so it reads everything that
 * it works with everywhere, but no Secret. It may change Katib's own kinds everywhere: rights within a namespace are
 * deleted with it before its Experiments are, whose finalizers would then keep the namespace.
 *
 * Its release adds Secrets, service accounts, roles, volumes, webhooks, and creation in every namespace. They are for its
 * own certificates, early stopping, population-based training and trials that name no command.
 * https://github.com/kubeflow/katib/blob/v0.19.0/manifests/v1beta1/components/controller/rbac.yaml
 */
const EVERYWHERE = [
  { apiGroups: [""], resources: ["configmaps", "namespaces", "services"], verbs: READ },
  // Katib's cache of claims is filled at its start, whether an Experiment has one or not.
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: READ },
  { apiGroups: ["apps"], resources: ["deployments"], verbs: READ },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: READ },
  {
    apiGroups: ["kubeflow.org"],
    resources: ["experiments", "suggestions", "trials"].flatMap((kind) => [
      kind,
      `${kind}/status`,
      `${kind}/finalizers`,
    ]),
    verbs: [...READ, "create", "update", "patch", "delete"],
  },
];

/** Rights in the namespace of trials: a suggestion is a Deployment and a Service, a trial a Job. */
const IN_TRIALS = [
  { apiGroups: [""], resources: ["services"], verbs: ["create", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["create", "delete"] },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete"] },
];

const SUBJECTS = [{ kind: "ServiceAccount", name: CONTROLLER, namespace: KATIB_NAMESPACE }];
const API = "rbac.authorization.k8s.io";

/** Declares the controller's service account and its rights in the whole cluster. */
export function clusterRights(name: string, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const metadata = { name: CONTROLLER };
  return [
    new kubernetes.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { ...metadata, namespace: KATIB_NAMESPACE } },
      opts,
    ),
    new kubernetes.rbac.v1.ClusterRole(`${name}-role`, { metadata, rules: EVERYWHERE }, opts),
    new kubernetes.rbac.v1.ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata,
        roleRef: { apiGroup: API, kind: "ClusterRole", name: CONTROLLER },
        subjects: SUBJECTS,
      },
      opts,
    ),
  ];
}

/** Declares the controller's rights in the namespace of trials. */
export function trialRights(name: string, opts: pulumi.CustomResourceOptions): void {
  const metadata = { name: CONTROLLER, namespace: TRIALS_NAMESPACE };
  new kubernetes.rbac.v1.Role(`${name}-trials-role`, { metadata, rules: IN_TRIALS }, opts);
  new kubernetes.rbac.v1.RoleBinding(
    `${name}-trials-binding`,
    { metadata, roleRef: { apiGroup: API, kind: "Role", name: CONTROLLER }, subjects: SUBJECTS },
    opts,
  );
}
