import { CreatePresignedDomainUrlCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Access } from "./admission";
import { broker } from "./broker";
import { cookieKey } from "./cookie-key";
import { identityProvider } from "./identity-provider";

/**
 * Seconds within which the browser must follow the redirect; SageMaker accepts 5 to 300.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html
 */
const PRESIGNED_SECONDS = 30;
/** Length of a session: a working day. SageMaker accepts 1,800 to 43,200, by the same page. */
const SESSION_SECONDS = 8 * 3600;

/** Milliseconds for a call with all of its retries. It leaves time for the page that reports the failure. */
const CALL_TIMEOUT = 6_000;

const ssm = new SSMClient();
const sagemaker = new SageMakerClient();
const keyParameter = variable("COOKIE_KEY_PARAMETER");
const domainId = variable("DOMAIN_ID");

function inTime(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(CALL_TIMEOUT) };
}

/** Reads a variable of the environment of the function; none of them is a secret. */
function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`the environment must have ${name}`);
  }
  return value;
}

async function fetchKey(): Promise<string | undefined> {
  const command = new GetParameterCommand({ Name: keyParameter, WithDecryption: true });
  const { Parameter } = await ssm.send(command, inTime());
  return Parameter?.Value;
}

async function presign(profile: string): Promise<string> {
  const { AuthorizedUrl } = await sagemaker.send(
    new CreatePresignedDomainUrlCommand({
      DomainId: domainId,
      UserProfileName: profile,
      ExpiresInSeconds: PRESIGNED_SECONDS,
      SessionExpirationDurationInSeconds: SESSION_SECONDS,
    }),
    inTime(),
  );
  if (AuthorizedUrl === undefined) {
    throw new Error("SageMaker returned no address");
  }
  return AuthorizedUrl;
}

/** Entry point: Lambda calls it for each request. */
export const handler = broker({
  access: JSON.parse(readFileSync(join(__dirname, "access.json"), "utf8")) as Access,
  provider: identityProvider({
    issuer: variable("ISSUER"),
    loginUrl: variable("LOGIN_URL"),
    brokerUrl: variable("BROKER_URL"),
    clientId: variable("CLIENT_ID"),
    fetch,
    now: Date.now,
  }),
  key: cookieKey(fetchKey),
  presign,
  random: () => randomBytes(32).toString("base64url"),
  now: Date.now,
  // An object: Lambda's JSON format embeds it as it is, but would quote text.
  log: (decision) => {
    console.info(decision);
  },
});
