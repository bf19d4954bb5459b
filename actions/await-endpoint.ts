import { request } from "node:https";
import { ActionError, CHECK_MS, HOST, NO_ANSWER, poll, type Action, type Host } from "./action";

/** Inputs of the action, as the state stores them. */
export interface AwaitEndpointInputs {
  /** Address of the API server, `https://…`. */
  readonly endpoint: string;
  /** Certificate of its authority, PEM in base64, as EKS returns it. */
  readonly authority: string;
  readonly minutes: number;
}

/**
 * Waits until the API server of a managed cluster answers. EKS reports a cluster as active while the name of its
 * endpoint does not resolve everywhere yet: https://github.com/aws/containers-roadmap/issues/654
 */
export const action: Action<AwaitEndpointInputs> = {
  apply: (inputs) => awaitEndpoint(inputs, HOST),
};

/** @throws ActionError with possible causes, when the time is over. */
export async function awaitEndpoint(inputs: AwaitEndpointInputs, host: Host): Promise<void> {
  const { endpoint, minutes } = inputs;
  const missing = await poll(
    {
      what: `the API server at ${endpoint}`,
      minutes,
      check: () => probeError(inputs, host.limit(CHECK_MS)),
    },
    host,
  );
  if (missing !== undefined) {
    throw new ActionError(
      [
        `the API server at ${endpoint} does not answer after ${minutes} minutes: ${missing}.`,
        "Is this machine's public IP in allowedCidrs (curl https://checkip.amazonaws.com), and does it resolve the",
        "name (nslookup)? A resolver may cache for a quarter of an hour that the name did not exist. The next",
        "`pulumi up` waits again; `kubernetes.readyMinutes` sets how long. Behind a proxy set it to 0: this check",
        "does not use one.",
      ].join("\n"),
    );
  }
}

/**
 * Error of a request to the API server; undefined when a server answers whose certificate the cluster's authority
 * signed. Any answer counts: without a token it is a refusal.
 */
function probeError(
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
