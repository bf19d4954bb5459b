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
}

/**
 * Declares the services of a cluster that settings turn on, the same on every Kubernetes target.
 *
 * @param name prefix of all logical names, the name of the target.
 */
export function optionalServices(
  name: string,
  parent: pulumi.Resource,
  { settings, shared, cluster, after }: OptionalServicesArgs,
): void {
  if (settings.serving.triton) {
    const { users } = settings;
    new ModelServer(`${name}-serving`, { ...shared, cluster, users, after }, { parent });
  }
  if (settings.tuning.katib) {
    const { network, kubernetes, notebooks } = settings;
    new Katib(
      `${name}-katib`,
      {
        ...{ ...shared, ...databaseAccess(shared) },
        ...{ sizes: notebooks.sizes, image: notebooks.image },
        ...{ vpcCidr: network.cidr, serviceCidr: kubernetes.serviceCidr, cluster, after },
      },
      { parent },
    );
  }
}
