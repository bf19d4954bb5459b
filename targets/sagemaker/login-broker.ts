import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { UserPool } from "../../components/user-pool";
import { RUNTIME } from "./broker-bundle";
import { brokerCode } from "./broker-code";

/** Inputs of `LoginBroker`. */
export interface LoginBrokerArgs {
  /** Id of a Studio domain with authentication mode IAM. */
  readonly domainId: pulumi.Input<string>;
  /** Studio profile of each user, by login name. */
  readonly profiles: Readonly<Record<string, string>>;
  readonly userPool: Pick<UserPool, "userPoolId" | "loginUrl">;
  /** IPv4 networks that may log in. */
  readonly allowedCidrs: readonly string[];
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Input<string>;
  /** Folder of the stack's parameters, `/ml-platform/<stack>-<id>`. */
  readonly path: pulumi.Input<string>;
}

/** Days for which the logs show who called, and who opened which profile. */
const LOG_DAYS = 90;

/**
 * Requests a second, and at once, of all callers together: API Gateway counts them before the function can look at
 * their addresses. So this is what a stranger has to send, all the time, to lock everybody out, and the most that
 * they can cause. 50 a second for a month cost about $180: 131 million requests at $1.17 a million to the API, and at
 * $0.20 a million to the function, which refuses in some milliseconds. A login takes three.
 */
const THROTTLING = { throttlingRateLimit: 50, throttlingBurstLimit: 100 };

/**
 * Line of the API's log about a request, also about one that the throttle refused before the function. The path is
 * without the query, which may hold a code.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const ACCESS_LOG = JSON.stringify({
  time: "$context.requestTime",
  address: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  status: "$context.status",
  error: "$context.error.message",
  request: "$context.requestId",
});

/** Shortest lifetime of tokens in minutes. The broker reads one at once and drops the others. */
const TOKEN_MINUTES = { idTokenValidity: 5, accessTokenValidity: 5, refreshTokenValidity: 60 };

/**
 * The login to Studio. A login at the user pool opens the profile of the user, and no other. Members of
 * `ml-admins` may open any profile with `?profile=NAME`, after a question, and act there as its user.
 *
 * An HTTP API and a function outside the VPC, which reads one parameter and opens profiles of one domain;
 * `broker/` has its code. It accepts requests from `allowedCidrs` only. Studio does not check that: its
 * session belongs to the browser that received the address, on whatever network that browser is later.
 *
 * Priced by `cost/rules/` from usage: a few requests for each login.
 */
export class LoginBroker extends pulumi.ComponentResource {
  /** Address of the login page, `https://…`. */
  readonly url: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    args: LoginBrokerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:sagemaker:LoginBroker", name, {}, opts);
    // First, since client and function contain its address.
    const api = new aws.apigatewayv2.Api(
      `${name}-api`,
      {
        protocolType: "HTTP",
        description: "Login of an ml-platform Studio domain",
        // All callers then have IPv4 addresses, as in `allowedCidrs`.
        ipAddressType: "ipv4",
      },
      { parent: this },
    );
    const client = this.client(args, api);
    const key = this.cookieKey(args);
    const fn = this.function(args, { api, client, key });
    this.publish(api, fn);

    this.url = api.apiEndpoint;
    this.registerOutputs({ url: this.url });
  }

  /** App client of the user pool for the broker. It is public: PKCE replaces a client secret. */
  private client({ userPool }: LoginBrokerArgs, api: aws.apigatewayv2.Api) {
    const client = new aws.cognito.UserPoolClient(
      `${this.name}-client`,
      {
        userPoolId: userPool.userPoolId,
        generateSecret: false,
        supportedIdentityProviders: ["COGNITO"],
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", "email"],
        callbackUrls: [pulumi.interpolate`${api.apiEndpoint}/callback`],
        logoutUrls: [pulumi.interpolate`${api.apiEndpoint}/`],
        // Without a list Cognito also allows flows with custom challenges.
        explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        ...TOKEN_MINUTES,
        tokenValidityUnits: { idToken: "minutes", accessToken: "minutes", refreshToken: "minutes" },
      },
      { parent: this },
    );
    new aws.cognito.ManagedLoginBranding(
      `${this.name}-branding`,
      { userPoolId: userPool.userPoolId, clientId: client.id, useCognitoProvidedValues: true },
      { parent: this },
    );
    return client;
  }

  /** Key for the signature of cookies. The function fetches it, so its environment holds no secret. */
  private cookieKey({ path }: LoginBrokerArgs): aws.ssm.Parameter {
    const key = new random.RandomBytes(`${this.name}-key`, { length: 32 }, { parent: this });
    return new aws.ssm.Parameter(
      `${this.name}-cookie-key`,
      {
        name: pulumi.interpolate`${path}/broker/cookie-key`,
        type: "SecureString",
        tier: "Standard",
        value: pulumi.secret(key.base64),
        // The path belongs to this stack, so a second attempt can only find the parameter of the first.
        overwrite: true,
      },
      { parent: this },
    );
  }

  private function(args: LoginBrokerArgs, { api, client, key }: Given): aws.lambda.Function {
    const { userPool, region, domainId, profiles, allowedCidrs } = args;
    const logs = new aws.cloudwatch.LogGroup(
      `${this.name}-logs`,
      { retentionInDays: LOG_DAYS },
      { parent: this },
    );
    const { role, policy } = this.role(args, { key, logs });
    return new aws.lambda.Function(
      `${this.name}-function`,
      {
        description: "Opens the Studio profile of who logs in",
        runtime: RUNTIME.lambda,
        architectures: ["arm64"],
        handler: "index.handler",
        code: brokerCode({ profiles, allowedCidrs }),
        role: role.arn,
        // Memory determines processor time, which loading the AWS SDK needs.
        memorySize: 512,
        timeout: 25,
        environment: {
          variables: {
            ISSUER: pulumi.interpolate`https://cognito-idp.${region}.amazonaws.com/${userPool.userPoolId}`,
            LOGIN_URL: userPool.loginUrl,
            BROKER_URL: api.apiEndpoint,
            CLIENT_ID: client.id,
            DOMAIN_ID: domainId,
            COOKIE_KEY_PARAMETER: key.name,
          },
        },
        loggingConfig: {
          logGroup: logs.name,
          logFormat: "JSON",
          applicationLogLevel: "INFO",
          // Omits three lines for each request that do not identify the caller.
          systemLogLevel: "WARN",
        },
      },
      // Without its policy it would answer that the login does not work.
      { parent: this, dependsOn: [policy] },
    );
  }

  /** Role with a policy of its own: AWS's managed one allows creating log groups and writing to all of them. */
  private role(
    { domainId, region, accountId }: LoginBrokerArgs,
    { key, logs }: { readonly key: aws.ssm.Parameter; readonly logs: aws.cloudwatch.LogGroup },
  ): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy } {
    const role = new aws.iam.Role(
      `${this.name}-role`,
      {
        description: "Login broker of an ml-platform Studio domain",
        assumeRolePolicy: pulumi.jsonStringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
        ),
      },
      { parent: this },
    );
    const allow = (Sid: string, Action: string | string[], Resource: pulumi.Input<string>) => ({
      Sid,
      Effect: "Allow",
      Action,
      Resource,
    });
    const profiles = pulumi.interpolate`arn:aws:sagemaker:${region}:${accountId}:user-profile/${domainId}/*`;
    const policy = new aws.iam.RolePolicy(
      `${this.name}-policy`,
      {
        role: role.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            // All profiles: the policies of a role have 10,240 characters, too few to list 200 users.
            allow("OpenProfiles", "sagemaker:CreatePresignedDomainUrl", profiles),
            allow("CookieKey", "ssm:GetParameter", key.arn),
            allow(
              "OwnLog",
              ["logs:CreateLogStream", "logs:PutLogEvents"],
              pulumi.interpolate`${logs.arn}:*`,
            ),
          ],
        }),
      },
      { parent: this },
    );
    return { role, policy };
  }

  /** Sends every path to the function, which also has a page for unknown ones. */
  private publish(api: aws.apigatewayv2.Api, fn: aws.lambda.Function): void {
    new aws.lambda.Permission(
      `${this.name}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: fn.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
      },
      { parent: this },
    );
    const integration = new aws.apigatewayv2.Integration(
      `${this.name}-integration`,
      {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationUri: fn.invokeArn,
        payloadFormatVersion: "2.0",
      },
      { parent: this },
    );
    const route = new aws.apigatewayv2.Route(
      `${this.name}-route`,
      {
        apiId: api.id,
        routeKey: "$default",
        target: pulumi.interpolate`integrations/${integration.id}`,
      },
      { parent: this },
    );
    const accessLogs = new aws.cloudwatch.LogGroup(
      `${this.name}-access-logs`,
      { retentionInDays: LOG_DAYS },
      { parent: this },
    );
    new aws.apigatewayv2.Stage(
      `${this.name}-stage`,
      {
        apiId: api.id,
        name: "$default",
        autoDeploy: true,
        defaultRouteSettings: THROTTLING,
        accessLogSettings: { destinationArn: accessLogs.arn, format: ACCESS_LOG },
      },
      { parent: this, dependsOn: [route] },
    );
  }
}

interface Given {
  readonly api: aws.apigatewayv2.Api;
  readonly client: aws.cognito.UserPoolClient;
  readonly key: aws.ssm.Parameter;
}
