import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { KATIB_LABELS, KATIB_NAMESPACE, TRIALS_NAMESPACE } from "../../../settings/names";
import { TO_DNS, toApiServer, toDatabase, toInternet } from "../notebooks/network-rules";

/** Label of Katib's own pods, and its values; Katib's manifests have the same. */
export const COMPONENT = "katib.kubeflow.org/component";
/** Values of `COMPONENT`. */
export const PARTS = { controller: "controller", manager: "db-manager" } as const;

/** Port of the admission webhooks in the controller's pod. */
export const WEBHOOK_PORT = 8443;
/** Port of the database manager, and of a suggestion's pod; neither knows logins. */
export const GRPC_PORT = 6789;

const has = (key: string) => ({ matchExpressions: [{ key, operator: "Exists" }] });
const inNamespace = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
const part = (of: keyof typeof PARTS) => ({
  namespaceSelector: inNamespace(KATIB_NAMESPACE),
  podSelector: { matchLabels: { [COMPONENT]: PARTS[of] } },
});
const inTrials = (label: string) => ({
  namespaceSelector: inNamespace(TRIALS_NAMESPACE),
  podSelector: has(label),
});
const GRPC = [{ protocol: "TCP", port: GRPC_PORT }];
const TO_MANAGER = { to: [part("manager")], ports: GRPC };

/** Networks that the policies name, and the port of PostgreSQL. */
export interface Networks {
  readonly vpcCidr: string;
  readonly serviceCidr: string;
  readonly databasePort: number;
}

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/**
 * Declares the policies of Katib's namespace, which refuse everything else. Whoever reaches the database manager reads,
 * adds and deletes everybody's metrics.
 */
export function katibNetwork(
  name: string,
  { vpcCidr, serviceCidr, databasePort }: Networks,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const policies: Readonly<Record<string, Spec>> = {
    closed: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    controller: {
      podSelector: part("controller").podSelector,
      policyTypes: ["Ingress", "Egress"],
      // From everywhere: in Cilium the API server on another node has no address of the VPC.
      ingress: [{ ports: [{ protocol: "TCP", port: WEBHOOK_PORT }] }],
      egress: [
        TO_DNS,
        toApiServer(vpcCidr, serviceCidr),
        TO_MANAGER,
        { to: [inTrials(KATIB_LABELS.suggestion)], ports: GRPC },
      ],
    },
    "db-manager": {
      podSelector: part("manager").podSelector,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [part("controller"), inTrials(KATIB_LABELS.experiment)], ports: GRPC }],
      // The certificates of the database's authorities come from the internet.
      egress: [TO_DNS, toDatabase(vpcCidr, databasePort), toInternet(443)],
    },
  };
  return declared(name, KATIB_NAMESPACE, policies, opts);
}

/** Declares the policies of the namespace of trials: they reach the internet, but neither the database nor notebooks. */
export function trialNetwork(name: string, opts: pulumi.CustomResourceOptions): void {
  const policies: Readonly<Record<string, Spec>> = {
    closed: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      egress: [TO_DNS, TO_MANAGER],
    },
    suggestions: {
      podSelector: has(KATIB_LABELS.suggestion),
      policyTypes: ["Ingress"],
      ingress: [{ from: [part("controller")], ports: GRPC }],
    },
    trials: {
      podSelector: has(KATIB_LABELS.trial),
      policyTypes: ["Egress"],
      // AWS, and packages.
      egress: [toInternet(443)],
    },
  };
  declared(`${name}-trials`, TRIALS_NAMESPACE, policies, opts);
}

function declared(
  name: string,
  namespace: string,
  policies: Readonly<Record<string, Spec>>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return Object.entries(policies).map(
    ([policy, spec]) =>
      new kubernetes.networking.v1.NetworkPolicy(
        `${name}-network-${policy}`,
        { metadata: { name: policy, namespace }, spec },
        opts,
      ),
  );
}
