import { isList, isNumber, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";
import { aboveFree } from "../tiers";

/** Free allowance of an account each month. https://aws.amazon.com/lambda/pricing/ */
const FREE = { requests: 1_000_000, gbSeconds: 400_000 };
/** Seconds of a request, a high estimate: two calls to other services and an occasional cold start. */
const SECONDS = 1;

/** A function is billed by the request, and by its memory while it runs. */
export const lambdaFunction: PriceRule = {
  type: "aws:lambda/function:Function",
  service: "Lambda",
  category: "logins",
  source: "https://aws.amazon.com/lambda/pricing/",
  lines: (resource, { usage }) => {
    const memoryGb = readInput(resource, "memorySize", isNumber, 128) / 1024;
    const arm = readInput(resource, "architectures", isList, []).includes("arm64");
    const requests = aboveFree(FREE.requests, usage.loginRequests);
    const gbSeconds =
      usage.loginRequests === undefined ? undefined : usage.loginRequests * SECONDS * memoryGb;
    return [
      {
        label: "Function requests (beyond 1,000,000 free)",
        unit: "1,000,000 requests",
        quantity: requests === undefined ? undefined : requests / 1_000_000,
        usage: "loginRequests",
        priceKey: "lambda.requests.million",
      },
      {
        label: `Function memory (${SECONDS} s a request, beyond 400,000 GB-seconds free)`,
        unit: "GB-second",
        quantity: aboveFree(FREE.gbSeconds, gbSeconds),
        usage: "loginRequests",
        priceKey: `lambda.${arm ? "arm" : "x86"}.gbSecond`,
      },
    ];
  },
};
