import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { DeclaredResource } from "../../../cost/rule";
import { LoginBroker } from "../../../targets/sagemaker/login-broker";
import { declared, inputsOf, ofType } from "../../support/declared";
import { allows, policyOf } from "../../support/policy";

const API = "https://a1b2c3d4e5.execute-api.eu-west-3.amazonaws.com";
const POOL = "eu-west-3_AbCdEfGhI";
const KEY = "/ml-platform/test-0a1b2c3d/broker/cookie-key";
const DOMAIN = "arn:aws:sagemaker:eu-west-3:123456789012:user-profile/d-studio1";
const PARAMETERS = "arn:aws:ssm:eu-west-3:123456789012:parameter";

describe("LoginBroker", () => {
  let broker: LoginBroker | undefined;
  const declare = (preview = false): Promise<DeclaredResource[]> =>
    declared(() => {
      broker = new LoginBroker("login", {
        domainId: "d-studio1",
        profiles: { ada: "ada", grace: "grace" },
        userPool: {
          userPoolId: pulumi.output(POOL),
          loginUrl: pulumi.output("https://ml-platform-0a1b2c3d.auth.eu-west-3.amazoncognito.com"),
        },
        allowedCidrs: ["81.2.69.160/27"],
        region: "eu-west-3",
        accountId: "123456789012",
        path: "/ml-platform/test-0a1b2c3d",
      });
    }, preview);

  it("declares the same in a preview, with its own name as prefix", async () => {
    const urns = async (preview: boolean) => (await declare(preview)).map(({ urn }) => urn).sort();
    assert.deepEqual(await urns(true), await urns(false));
    const own = (await declare()).filter(({ type }) => type !== "pulumi:pulumi:Stack");
    assert.equal(own.length, 15);
    assert.deepEqual(
      own.filter(({ name }) => !name.startsWith("login")),
      [],
    );
  });

  it("is served over HTTPS at its own address", async () => {
    await declare();
    assert.equal(await new Promise((resolve) => broker?.url.apply(resolve)), API);
    const api = inputsOf(await declare(), "apigatewayv2/api:Api");
    assert.equal(api["protocolType"], "HTTP");
    assert.equal(api["ipAddressType"], "ipv4", "allowedCidrs hold no IPv6");
  });

  it("routes every path to the function, with throttling", async () => {
    const resources = await declare();
    const integration = inputsOf(resources, "apigatewayv2/integration:Integration");
    assert.equal(integration["integrationType"], "AWS_PROXY");
    assert.equal(integration["payloadFormatVersion"], "2.0");
    assert.match(String(integration["integrationUri"]), /function:login-function\/invocations$/);
    const route = inputsOf(resources, "apigatewayv2/route:Route");
    assert.equal(route["routeKey"], "$default");
    assert.equal(route["target"], "integrations/login-integration-id");
    const stage = inputsOf(resources, "apigatewayv2/stage:Stage");
    assert.equal(stage["autoDeploy"], true);
    assert.deepEqual(stage["defaultRouteSettings"], {
      throttlingRateLimit: 50,
      throttlingBurstLimit: 100,
    });
  });

  it("allows only its own API to invoke the function", async () => {
    const permission = inputsOf(await declare(), "lambda/permission:Permission");
    assert.equal(permission["principal"], "apigateway.amazonaws.com");
    assert.equal(
      permission["sourceArn"],
      "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5/*/*",
    );
  });

  it("is a public client of the user pool with the code flow only", async () => {
    const client = inputsOf(await declare(), "cognito/userPoolClient:UserPoolClient");
    assert.equal(client["userPoolId"], POOL);
    assert.equal(client["generateSecret"], false);
    assert.equal(client["allowedOauthFlowsUserPoolClient"], true);
    assert.deepEqual(client["allowedOauthFlows"], ["code"]);
    assert.deepEqual(client["allowedOauthScopes"], ["openid", "email"]);
    assert.deepEqual(client["callbackUrls"], [`${API}/callback`]);
    assert.deepEqual(client["logoutUrls"], [`${API}/`]);
    assert.equal(client["preventUserExistenceErrors"], "ENABLED");
    assert.equal(client["enableTokenRevocation"], true);
    const flows = client["explicitAuthFlows"] as string[];
    assert.deepEqual(
      flows.filter((flow) => /PASSWORD|CUSTOM/.test(flow)),
      [],
    );
  });

  it("issues tokens that last minutes", async () => {
    const client = inputsOf(await declare(), "cognito/userPoolClient:UserPoolClient");
    const units = client["tokenValidityUnits"] as Record<string, string>;
    for (const [token, most] of [
      ["idToken", 5],
      ["accessToken", 5],
      ["refreshToken", 60],
    ] as const) {
      assert.equal(units[token], "minutes");
      assert.ok((client[`${token}Validity`] as number) <= most, token);
    }
  });

  it("assigns branding to the login page", async () => {
    const branding = inputsOf(await declare(), "cognito/managedLoginBranding:ManagedLoginBranding");
    assert.equal(branding["clientId"], "login-client-id");
    assert.equal(branding["useCognitoProvidedValues"], true);
  });

  it("runs on arm64 outside the VPC with a current Node.js", async () => {
    const fn = inputsOf(await declare(), "lambda/function:Function");
    assert.equal(fn["runtime"], "nodejs24.x");
    assert.deepEqual(fn["architectures"], ["arm64"]);
    assert.equal(fn["vpcConfig"], undefined);
    assert.ok((fn["timeout"] as number) < 30, "API Gateway waits for 30 seconds");
  });

  it("has no secret in its environment", async () => {
    const fn = inputsOf(await declare(), "lambda/function:Function");
    assert.deepEqual(fn["environment"], {
      variables: {
        ISSUER: `https://cognito-idp.eu-west-3.amazonaws.com/${POOL}`,
        LOGIN_URL: "https://ml-platform-0a1b2c3d.auth.eu-west-3.amazoncognito.com",
        BROKER_URL: API,
        CLIENT_ID: "login-client-id",
        DOMAIN_ID: "d-studio1",
        COOKIE_KEY_PARAMETER: KEY,
      },
    });
  });

  it("stores 32 random bytes as signing key in an encrypted parameter", async () => {
    const resources = await declare();
    assert.equal(inputsOf(resources, "index/randomBytes:RandomBytes")["length"], 32);
    const parameter = inputsOf(resources, "ssm/parameter:Parameter");
    assert.equal(parameter["name"], KEY);
    assert.equal(parameter["type"], "SecureString");
    assert.equal(parameter["tier"], "Standard");
    assert.equal(parameter["overwrite"], true);
    assert.deepEqual(parameter["value"], {
      [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
      value: Buffer.alloc(32).toString("base64"),
    });
  });

  it("may only open profiles of its domain, read its key and write its log", async () => {
    const statements = policyOf(inputsOf(await declare(), "iam/rolePolicy:RolePolicy")["policy"]);
    const open = "sagemaker:CreatePresignedDomainUrl";
    assert.ok(allows(statements, open, `${DOMAIN}/ada`));
    assert.ok(!allows(statements, open, `${DOMAIN}0/ada`));
    assert.ok(!allows(statements, "sagemaker:DeleteUserProfile", `${DOMAIN}/ada`));
    assert.ok(allows(statements, "ssm:GetParameter", PARAMETERS + KEY));
    assert.ok(!allows(statements, "ssm:GetParameter", `${PARAMETERS}/ml-platform/other`));
    assert.ok(!allows(statements, "ssm:PutParameter", PARAMETERS + KEY));
    const log = "arn:aws:logs:eu-west-3:123456789012:log-group:login-logs";
    assert.ok(allows(statements, "logs:PutLogEvents", `${log}:log-stream:one`));
    assert.ok(!allows(statements, "logs:PutLogEvents", `${log}-of-others:log-stream:one`));
    assert.ok(!allows(statements, "logs:CreateLogGroup", `${log}:*`));
    assert.equal(statements.length, 3);
    const attached = ofType(await declare(), "iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.deepEqual(attached, []);
  });

  it("has a role that only Lambda can assume", async () => {
    const role = inputsOf(await declare(), "iam/role:Role");
    const [statement, ...others] = policyOf(role["assumeRolePolicy"]);
    assert.deepEqual(others, []);
    assert.deepEqual(statement?.Principal, { Service: "lambda.amazonaws.com" });
    const fn = inputsOf(await declare(), "lambda/function:Function");
    assert.equal(fn["role"], "arn:aws:iam::123456789012:role/login-role");
  });

  it("logs who called, without what the query holds", async () => {
    const { accessLogSettings } = inputsOf(await declare(), "apigatewayv2/stage:Stage") as {
      accessLogSettings: { destinationArn: string; format: string };
    };
    assert.match(accessLogSettings.destinationArn, /:log-group:login-access-logs$/);
    const values = Object.values(JSON.parse(accessLogSettings.format) as object) as string[];
    for (const value of ["$context.identity.sourceIp", "$context.path", "$context.status"]) {
      assert.ok(values.includes(value), value);
    }
    assert.ok(values.every((value) => /^\$context\.[A-Za-z.]+$/.test(value)));
    assert.doesNotMatch(accessLogSettings.format, /query|cookie|header|authorizer/i);
  });

  it("logs to its own group with a retention", async () => {
    const resources = await declare();
    for (const name of ["login-logs", "login-access-logs"]) {
      const group = inputsOf(resources, "cloudwatch/logGroup:LogGroup", name);
      assert.equal(group["retentionInDays"], 90, name);
    }
    assert.deepEqual(inputsOf(resources, "lambda/function:Function")["loggingConfig"], {
      logGroup: "login-logs",
      logFormat: "JSON",
      applicationLogLevel: "INFO",
      systemLogLevel: "WARN",
    });
  });
});
