import { EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { ActionError, CHECK_MS, HOST, NO_ANSWER, poll, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import type { AwsAccess } from "../settings/schema/aws-access";

/** An instance that has to become a node. */
export interface Machine {
  /** Name of the node: the private DNS name of the instance. */
  readonly node: string;
  readonly instanceId: string;
}

/** Inputs of the action, as the state stores them. */
export interface AwaitClusterInputs {
  /** Address of the API server for the person who runs Pulumi. */
  readonly host: string;
  readonly port: number;
  /** The authority that signed the server's certificate, and an administrator's certificate and key, PEM. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** The control plane first. */
  readonly machines: readonly Machine[];
  /**
   * State that each machine has to reach: a registered node; one that is Ready, which takes a pod network; or
   * `joined`, which is Ready in a cluster with a Ready node, and registered in one that has no pod network yet.
   */
  readonly until: "registered" | "ready" | "joined";
  readonly minutes: number;
  readonly aws: AwsAccess;
  /** Value with whose change the engine runs the action again. @default none */
  readonly repeat?: string;
}

/** Waits until the API server answers and every machine has registered as a node, or is Ready. */
export const action: Action<AwaitClusterInputs> = {
  apply: (inputs) => awaitCluster(inputs, HOST),
};

/** @throws ActionError with the last console lines of the first missing machine, when the time is over. */
export async function awaitCluster(inputs: AwaitClusterInputs, clock: Host): Promise<void> {
  const { host, port, minutes, machines, until } = inputs;
  let culprit = machines[0];
  const missing = await poll(
    {
      what: `${machines.length} ${until === "ready" ? "Ready " : ""}nodes at https://${host}:${port}`,
      minutes,
      check: async () => {
        const nodes = await nodesOf(inputs, clock.limit(CHECK_MS));
        if ("problem" in nodes) {
          culprit = machines[0];
          return `the API server does not answer (${nodes.problem})`;
        }
        const mustBeReady =
          until === "ready" || (until === "joined" && [...nodes.ok.values()].includes(true));
        const absent = machines.filter(({ node }) => {
          const found = nodes.ok.get(node);
          return found === undefined || (mustBeReady && !found);
        });
        culprit = absent[0];
        return absent.length === 0
          ? undefined
          : `${machines.length - absent.length} are ${mustBeReady ? "Ready" : "there"}, not ${absent.map(({ node }) => node).join(", ")}`;
      },
    },
    clock,
  );
  if (missing !== undefined) {
    throw new ActionError(await timeOut(inputs, missing, culprit));
  }
}

/** Readiness of each registered node, by its name; or the reason why the API server does not tell. */
type Nodes = { readonly ok: ReadonlyMap<string, boolean> } | { readonly problem: string };

async function nodesOf(inputs: AwaitClusterInputs, signal: AbortSignal): Promise<Nodes> {
  try {
    await get(inputs, "/readyz", signal);
    const { items } = JSON.parse(await get(inputs, "/api/v1/nodes", signal)) as { items: Node[] };
    return { ok: new Map(items.map(({ metadata, status }) => [metadata.name, isReady(status)])) };
  } catch (error) {
    if (signal.aborted) {
      return { problem: NO_ANSWER };
    }
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A Kubernetes node, as far as it is read here.
 * Source: https://kubernetes.io/docs/reference/node/node-status/ (conditions) */
interface Node {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

function isReady(status: Node["status"]): boolean {
  return (status?.conditions ?? []).some((one) => one.type === "Ready" && one.status === "True");
}

function get(
  { host, port, ca, certificate, key }: AwaitClusterInputs,
  path: string,
  signal: AbortSignal,
) {
  return new Promise<string>((resolve, reject) => {
    const call = request(
      { host, port, path, ca, cert: certificate, key, signal, agent: false },
      (response) => {
        const { statusCode } = response;
        if (statusCode === 200) {
          text(response).then(resolve, reject);
        } else {
          response.resume();
          reject(new Error(`HTTP ${statusCode ?? "?"} for ${path}`));
        }
      },
    );
    call.on("error", reject);
    call.end();
  });
}

async function timeOut(
  { minutes, aws }: AwaitClusterInputs,
  missing: string,
  culprit: Machine | undefined,
): Promise<string> {
  const about = culprit === undefined ? [] : await consoleOf(culprit, aws);
  return [
    `the cluster is not ready after ${minutes} minutes: ${missing}.`,
    "Is this machine's public IP in allowedCidrs (curl https://checkip.amazonaws.com)? If it is, see the node's console output:",
    ...about,
    "The next `pulumi up` waits again; `kubernetes.readyMinutes` sets how long, and 0 turns it off.",
  ].join("\n");
}

/** Number of lines to show of a console: its end, where a failed step names itself. */
const CONSOLE_LINES = 25;

async function consoleOf({ node, instanceId }: Machine, aws: AwsAccess): Promise<string[]> {
  const title = `--- last console lines of ${instanceId} (${node})`;
  try {
    const client = new EC2Client(clientSettings(aws, "ec2"));
    const { Output = "" } = await client.send(
      // The output up to now, which all instance types of the catalogue offer (Nitro). Without it AWS returns
      // what it stored shortly after the boot.
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
      new GetConsoleOutputCommand({ InstanceId: instanceId, Latest: true }),
    );
    const lines = Buffer.from(Output, "base64").toString().trimEnd().split(/\r?\n/);
    return [title, ...lines.slice(-CONSOLE_LINES), "---"];
  } catch (error) {
    return [`${title}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
