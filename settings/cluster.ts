import { ARCHITECTURES, instanceType } from "./instance-types";
import { KUBERNETES_VERSIONS, type KubernetesMinor } from "./kubernetes-versions";
import { privateNetwork } from "./networks";
import { integer, oneOf, type Loaded } from "./setting";

const VERSIONS = Object.keys(KUBERNETES_VERSIONS) as [KubernetesMinor, ...KubernetesMinor[]];

/** Settings of the targets that are Kubernetes clusters. */
export const CLUSTER_SETTINGS = {
  kubernetes: {
    version: oneOf("Kubernetes minor version.", VERSIONS, VERSIONS[0]),
    podCidr: privateNetwork("Addresses of pods (inside the cluster only).", {
      largest: 8,
      smallest: 20,
      fallback: "10.244.0.0/16",
    }),
    // The API server refuses more than 20 bits of services.
    serviceCidr: privateNetwork("Addresses of Services (inside the cluster only).", {
      largest: 12,
      smallest: 24,
      fallback: "10.96.0.0/16",
    }),
    // A kubeadm cluster on small machines takes some five minutes from nothing.
    readyMinutes: integer(
      "Minutes that `pulumi up` waits for the API server and the nodes; 0: it does not look.",
      { min: 0, max: 60, fallback: 15 },
    ),
  },
  nodes: {
    count: integer("EC2 instances of the cluster. On `ec2` one of them is the control plane.", {
      min: 2,
      max: 50,
      fallback: 3,
    }),
    instanceType: instanceType("EC2 type of every instance of the cluster.", "t3.large"),
    architecture: oneOf(
      "Architecture of the container images you run; the instance type must have it.",
      ARCHITECTURES,
      "amd64",
    ),
    // https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (gp3: 1 GiB to 64 TiB);
    // an Ubuntu image, Kubernetes' own images and two notebook images fill 30 GiB.
    diskGib: integer("Encrypted gp3 root disk of each instance, GiB.", {
      min: 30,
      max: 16384,
      fallback: 50,
    }),
  },
};
export type ClusterSettings = Loaded<typeof CLUSTER_SETTINGS>;
