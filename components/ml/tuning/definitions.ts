import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Group and version of Katib's kinds. */
const GROUP = "kubeflow.org";
const VERSION = "v1beta1";

/** Column that `kubectl get` shows of a kind; the state of an Experiment is the last of its conditions. */
const COLUMNS = [
  { name: "Status", type: "string", jsonPath: ".status.conditions[-1:].type" },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

/** Katib's kinds, by the singular of their names. */
const KINDS = { experiment: "Experiment", suggestion: "Suggestion", trial: "Trial" };

/**
 * Declares Katib's kinds. Their schemas admit everything, as Katib's own do: its controller checks an Experiment, in an
 * admission webhook.
 * https://github.com/kubeflow/katib/tree/v0.19.0/manifests/v1beta1/components/crd
 */
export function definitions(name: string, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  return Object.entries(KINDS).map(([singular, kind]) => {
    const plural = `${singular}s`;
    return new kubernetes.apiextensions.v1.CustomResourceDefinition(
      `${name}-kind-${singular}`,
      {
        metadata: { name: `${plural}.${GROUP}` },
        spec: {
          group: GROUP,
          scope: "Namespaced",
          names: { kind, singular, plural },
          versions: [
            {
              name: VERSION,
              served: true,
              storage: true,
              additionalPrinterColumns: COLUMNS,
              subresources: { status: {} },
              schema: {
                openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true },
              },
            },
          ],
        },
      },
      opts,
    );
  });
}
