import type { PriceRule } from "../rule";

/** An HTTP API is billed by the request. */
export const httpApi: PriceRule = {
  type: "aws:apigatewayv2/api:Api",
  service: "API Gateway",
  category: "logins",
  source: "https://aws.amazon.com/api-gateway/pricing/",
  lines: (_resource, { usage }) => [
    {
      label: "Requests to the login",
      unit: "1,000,000 requests",
      quantity: usage.loginRequests === undefined ? undefined : usage.loginRequests / 1_000_000,
      usage: "loginRequests",
      priceKey: "apiGateway.http.million",
    },
  ],
};
