import { PROJECT } from "../settings/contract";
import type { AwsAccess } from "../settings/schema/aws-access";
import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";

// The SDK's version is pinned, so a warning about what later versions need would only disturb a destroy.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** Settings of a client of the AWS SDK. */
export interface ClientSettings {
  readonly region: string;
  readonly credentials: ReturnType<typeof fromNodeProviderChain>;
  readonly maxAttempts: number;
  readonly endpoint?: string;
}

/**
 * Settings of a client with the same access to AWS as the stack's own provider.
 *
 * @param service key of `aws:endpoints`, e.g. "ec2".
 */
export function clientSettings(access: AwsAccess, service: string): ClientSettings {
  const endpoint = access.endpoints?.map((one) => one[service]).find((url) => url !== undefined);
  return {
    region: access.region,
    credentials: credentials(access),
    // Throttling is normal in an account where others work too.
    maxAttempts: 10,
    ...(endpoint !== undefined && { endpoint }),
  };
}

function credentials({ region, profile, accessKey, secretKey, token, ...rest }: AwsAccess) {
  const own =
    accessKey !== undefined && secretKey !== undefined
      ? () =>
          Promise.resolve({
            accessKeyId: accessKey,
            secretAccessKey: secretKey,
            ...(token !== undefined && { sessionToken: token }),
          })
      : fromNodeProviderChain({ ...(profile !== undefined && { profile }) });
  // As the provider does: each role is assumed with the credentials of the one before it.
  return (rest.assumeRoles ?? []).reduce(
    (masterCredentials, { roleArn, externalId, sessionName }) =>
      fromTemporaryCredentials({
        masterCredentials,
        clientConfig: { region },
        params: {
          RoleArn: roleArn,
          RoleSessionName: sessionName ?? PROJECT,
          ...(externalId !== undefined && { ExternalId: externalId }),
        },
      }),
    own,
  );
}
