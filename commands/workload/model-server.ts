import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import type { ServerMachines } from "../../cost/prediction-run";
import { SettingsError } from "../../settings/contract";
import { GPU, MODEL_SERVER } from "../../settings/names";
import { shareOf, type PodItem } from "./cluster-pods";
import type { Kubectl } from "./kubectl";

interface ServerPod extends PodItem {
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/**
 * Machines of the model server of a cluster: a share of a node for each pod, or all of a node with a GPU, which runs
 * nothing else.
 *
 * @throws SettingsError when no pod is ready.
 */
export async function podMachines(kubectl: Kubectl): Promise<ServerMachines> {
  const { namespace, labels } = MODEL_SERVER;
  const selector = `--selector=app=${labels.app}`;
  const out = await kubectl(["--namespace", namespace, "get", "pods", selector, "--output=json"]);
  const { items } = JSON.parse(out) as { readonly items: readonly ServerPod[] };
  const ready = items.filter(({ status }) =>
    status.conditions?.some((one) => one.type === "Ready" && one.status === "True"),
  );
  const [pod] = ready;
  if (pod === undefined) {
    throw new SettingsError(
      `its model server is not ready; kubectl --namespace ${namespace} describe pods says why`,
    );
  }
  const { instanceType, ...share } = await shareOf(kubectl, pod);
  const hasGpu = pod.spec.containers?.some(({ resources }) => resources?.requests?.[GPU.resource]);
  return {
    machine: hasGpu === true ? { kind: "instance", instanceType } : { ...share, instanceType },
    count: ready.length,
  };
}

/** States in which an endpoint answers: one that is being updated, or goes back, does so as before. */
const ANSWERS: ReadonlySet<string> = new Set([
  "InService",
  "Updating",
  "SystemUpdating",
  "RollingBack",
]);

/**
 * Machines of an endpoint of SageMaker.
 *
 * @throws SettingsError when it does not answer.
 */
export async function endpointMachines(
  client: Pick<SageMakerClient, "send">,
  EndpointName: string,
): Promise<ServerMachines> {
  const endpoint = await client.send(new DescribeEndpointCommand({ EndpointName }));
  const { EndpointStatus, FailureReason, EndpointConfigName, ProductionVariants } = endpoint;
  if (!ANSWERS.has(EndpointStatus ?? "")) {
    const why = FailureReason === undefined ? "" : `: ${FailureReason}`;
    throw new SettingsError(`its endpoint is ${EndpointStatus ?? "in an unknown state"}${why}`);
  }
  const config = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
  const instanceType = config.ProductionVariants?.[0]?.InstanceType;
  if (instanceType === undefined) {
    throw new SettingsError("SageMaker returned no instance type of the endpoint");
  }
  const count = ProductionVariants?.[0]?.CurrentInstanceCount ?? 1;
  return { machine: { kind: "instance", instanceType, use: "hosting" }, count };
}
