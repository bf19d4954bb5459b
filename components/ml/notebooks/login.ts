import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { UserPool } from "../../user-pool";
import { CALLBACK_PATH } from "./values";

/** Minutes that tokens are valid: Cognito's minimum. The hub reads one at once and drops the rest. */
const TOKEN_MINUTES = { idTokenValidity: 5, accessTokenValidity: 5, refreshTokenValidity: 60 };

/**
 * Declares the hub's app client in the user pool. The hub's login always sends the client's secret. It
 * also uses PKCE, which Cognito verifies for every login that begins with it.
 *
 * @param url address of the hub, `https://…`, or `http://localhost:…`, which Cognito accepts too.
 */
export function loginClient(
  parent: pulumi.Resource,
  name: string,
  { userPool, url }: { readonly userPool: UserPool; readonly url: pulumi.Input<string> },
): aws.cognito.UserPoolClient {
  const client = new aws.cognito.UserPoolClient(
    `${name}-client`,
    {
      userPoolId: userPool.userPoolId,
      generateSecret: true,
      supportedIdentityProviders: ["COGNITO"],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "email", "profile"],
      callbackUrls: [pulumi.interpolate`${url}${CALLBACK_PATH}`],
      logoutUrls: [pulumi.interpolate`${url}/`],
      // Without this list Cognito also allows flows with custom challenges.
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      ...TOKEN_MINUTES,
      tokenValidityUnits: { idToken: "minutes", accessToken: "minutes", refreshToken: "minutes" },
    },
    { parent },
  );
  // Without a branding the login pages of this client do not work.
  new aws.cognito.ManagedLoginBranding(
    `${name}-branding`,
    { userPoolId: userPool.userPoolId, clientId: client.id, useCognitoProvidedValues: true },
    { parent },
  );
  return client;
}
