import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { UserPool } from "../../user-pool";
import { CALLBACK_PATH } from "./values";

/** Minutes that tokens live. The hub reads one at once and drops the rest; less is not possible. */
const TOKEN_MINUTES = { idTokenValidity: 5, accessTokenValidity: 5, refreshTokenValidity: 60 };

/**
 * The hub as the user pool knows it: a client with a secret, which the hub's login always sends, and
 * PKCE, which Cognito checks where a login begins with it.
 *
 * @param url address of the hub, `https://…`, or `http://localhost:…`, which Cognito takes too.
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
      // Without a list Cognito also allows flows with challenges of one's own.
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      ...TOKEN_MINUTES,
      tokenValidityUnits: { idToken: "minutes", accessToken: "minutes", refreshToken: "minutes" },
    },
    { parent },
  );
  // Without it the login pages of this client stay dead.
  new aws.cognito.ManagedLoginBranding(
    `${name}-branding`,
    { userPoolId: userPool.userPoolId, clientId: client.id, useCognitoProvidedValues: true },
    { parent },
  );
  return client;
}
