import { request } from "node:https";
import { ActionError, LOOK_MS, NO_ANSWER, wait, WORLD, type Action, type World } from "./action";

export interface AwaitEndpointInputs {
  /** Address of the API server, `https://…`. */
  readonly endpoint: string;
  /** Certificate of its authority, PEM in base64, as EKS gives it. */
  readonly authority: string;
  readonly minutes: number;
}

/**
 * Waits until the API server of a managed cluster can be spoken to. EKS calls a cluster active while
 * the name of its endpoint is not yet known everywhere: https://github.com/aws/containers-roadmap/issues/654
 */
export const action: Action<AwaitEndpointInputs> = {
  apply: (inputs) => awaitEndpoint(inputs, WORLD),
};

/** @throws ActionError that says what to look at, when the time is over. */
export async function awaitEndpoint(inputs: AwaitEndpointInputs, world: World): Promise<void> {
  const { endpoint, minutes } = inputs;
  const missing = await wait(
    {
      what: `the API server at ${endpoint}`,
      minutes,
      look: () => silence(inputs, world.limit(LOOK_MS)),
    },
    world,
  );
  if (missing !== undefined) {
    throw new ActionError(
      [
        `the API server at ${endpoint} does not answer after ${minutes} minutes: ${missing}.`,
        "Does allowedCidrs hold the address that this machine has outside (curl https://checkip.amazonaws.com),",
        "and does this machine find the name (nslookup)? A resolver may remember for a quarter of an hour that",
        "there was none. Another `pulumi up` waits again; `kubernetes.readyMinutes` sets for how long, 0 for not",
        "at all, as behind a proxy, which this look does not take.",
      ].join("\n"),
    );
  }
}

/**
 * Why nothing answers; undefined when something does that the cluster's authority vouches for. Any
 * answer will do: without a token it is a refusal.
 */
function silence(
  { endpoint, authority }: AwaitEndpointInputs,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ca = Buffer.from(authority, "base64");
  return new Promise((resolve) => {
    const options = { ca, signal, agent: false };
    const call = request(new URL("/readyz", endpoint), options, (response) => {
      response.resume();
      resolve(undefined);
    });
    call.on("error", ({ message }) => {
      resolve(signal.aborted ? NO_ANSWER : message);
    });
    call.end();
  });
}
