import { EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { ActionError, LOOK_MS, NO_ANSWER, wait, WORLD, type Action, type World } from "./action";
import { clientSettings, type AwsAccess } from "./aws-access";

/** A machine that has to become a node. */
export interface Machine {
  /** Name that it registers under: its private DNS name. */
  readonly node: string;
  readonly instanceId: string;
}

export interface AwaitClusterInputs {
  /** The API server as the person who runs Pulumi reaches it. */
  readonly host: string;
  readonly port: number;
  /** PEM: the authority that signed the server, and an administrator's certificate and key. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** The control plane first. */
  readonly machines: readonly Machine[];
  /** What each has to be: a node of the cluster, or one that runs pods, which takes a pod network. */
  readonly until: "registered" | "ready";
  readonly minutes: number;
  readonly aws: AwsAccess;
}

/** Waits until the API server answers and every machine has registered as a node, or is Ready. */
export const action: Action<AwaitClusterInputs> = {
  apply: (inputs) => awaitCluster(inputs, WORLD),
};

/** @throws Error with the last console lines of the first machine that is missing, when time is over. */
export async function awaitCluster(inputs: AwaitClusterInputs, world: World): Promise<void> {
  const { host, port, minutes, machines, until } = inputs;
  let culprit = machines[0];
  const missing = await wait(
    {
      what: `${machines.length} ${until === "ready" ? "Ready " : ""}nodes at https://${host}:${port}`,
      minutes,
      look: async () => {
        const nodes = await nodesOf(inputs, world.limit(LOOK_MS));
        if (typeof nodes === "string") {
          culprit = machines[0];
          return `the API server does not answer (${nodes})`;
        }
        const absent = machines.filter(({ node }) => {
          const found = nodes.get(node);
          return found === undefined || (until === "ready" && !found);
        });
        culprit = absent[0];
        return absent.length === 0
          ? undefined
          : `${machines.length - absent.length} are ${until === "ready" ? "Ready" : "there"}, not ${absent.map(({ node }) => node).join(", ")}`;
      },
    },
    world,
  );
  if (missing !== undefined) {
    throw new ActionError(await timeOut(inputs, missing, culprit));
  }
}

/** Whether each registered node is Ready, by name; or why they cannot be asked for. */
async function nodesOf(
  inputs: AwaitClusterInputs,
  signal: AbortSignal,
): Promise<Map<string, boolean> | string> {
  try {
    await get(inputs, "/readyz", signal);
    const { items } = JSON.parse(await get(inputs, "/api/v1/nodes", signal)) as { items: Node[] };
    return new Map(items.map(({ metadata, status }) => [metadata.name, isReady(status)]));
  } catch (error) {
    if (signal.aborted) {
      return NO_ANSWER;
    }
    return error instanceof Error ? error.message : String(error);
  }
}

/** The part of a node that is read here.
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
    "Does allowedCidrs hold the address that this machine has outside? If so, the machine says why:",
    ...about,
    "Another `pulumi up` waits again; `kubernetes.readyMinutes` sets for how long, 0 for not at all.",
  ].join("\n");
}

/** Lines of a console that are worth reading: its end, where a failed step names itself. */
const CONSOLE_LINES = 25;

async function consoleOf({ node, instanceId }: Machine, aws: AwsAccess): Promise<string[]> {
  const title = `--- last console lines of ${instanceId} (${node})`;
  try {
    const client = new EC2Client(clientSettings(aws, "ec2"));
    const { Output = "" } = await client.send(
      // As it is now, which every type of the catalogue can tell (Nitro); without it AWS hands out
      // what it kept of the moment after the boot.
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
      new GetConsoleOutputCommand({ InstanceId: instanceId, Latest: true }),
    );
    const lines = Buffer.from(Output, "base64").toString().trimEnd().split(/\r?\n/);
    return [title, ...lines.slice(-CONSOLE_LINES), "---"];
  } catch (error) {
    return [`${title}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
