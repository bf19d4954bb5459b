import type * as pulumi from "@pulumi/pulumi";
import type { TuningSettings } from "../../settings/values/tuning";
import { databaseAccess, type NotebookServiceArgs } from "./notebook-service";
import { ModelServer } from "./serving/model-server";
import { Katib } from "./tuning/katib";

/** Inputs of `optionalServices`. */
export interface OptionalServicesArgs extends Pick<
  NotebookServiceArgs,
  "shared" | "cluster" | "after"
> {
  readonly settings: NotebookServiceArgs["settings"] & TuningSettings;
  /** Resources without which no pod gets a GPU. @default models are computed on CPUs */
  readonly gpuNodes?: readonly pulumi.Resource[] | undefined;
}

/**
 * Declares the services of a cluster that settings turn on, the same on every Kubernetes target.
 *
 * @param name prefix of all logical names, the name of the target.
 * @returns the model server; undefined where the settings want none.
 */
export function optionalServices(
  name: string,
  parent: pulumi.Resource,
  { settings, shared, cluster, after, gpuNodes }: OptionalServicesArgs,
): { readonly serving: ModelServer | undefined } {
  if (settings.tuning.katib) {
    const { network, kubernetes, notebooks } = settings;
    new Katib(
      `${name}-katib`,
      {
        ...shared,
        ...databaseAccess(shared),
        sizes: notebooks.sizes,
        image: notebooks.image,
        vpcCidr: network.cidr,
        serviceCidr: kubernetes.serviceCidr,
        cluster,
        after,
      },
      { parent },
    );
  }
  const { users } = settings;
  const served = {
    ...shared,
    cluster,
    users,
    accelerator: gpuNodes === undefined ? "none" : "tensorrt",
    after: [...after, ...(gpuNodes ?? [])],
  } as const;
  return {
    serving: settings.serving.triton
      ? new ModelServer(`${name}-serving`, served, { parent })
      : undefined,
  };
}
