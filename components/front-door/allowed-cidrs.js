/**
 * Runs in CloudFront before every request of a viewer, also before a WebSocket opens, and admits only viewers
 * with an address in one of the networks. Runtime cloudfront-js-2.0:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */

/** IPv4 networks as `a.b.c.d/n`; `cidr-function.ts` writes those of the stack here. */
const ALLOWED_CIDRS = [];

function handler(event) {
  const address = event.viewer.ip;
  const number = numberOf(address);
  const allowed = ALLOWED_CIDRS.some((cidr) => contains(cidr, number));
  return allowed ? event.request : refusal(address);
}

/** Number of an IPv4 address; NaN for everything else, such as an IPv6 address. */
function numberOf(address) {
  return /^\d+(\.\d+){3}$/.test(address)
    ? address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0)
    : NaN;
}

/** True if both are in the same block of the network's size; false for NaN. */
function contains(cidr, number) {
  const parts = cidr.split("/");
  const size = Math.pow(2, 32 - Number(parts[1]));
  return Math.floor(numberOf(parts[0]) / size) === Math.floor(number / size);
}

/** Response 403. The address comes from CloudFront itself, so a viewer cannot put markup into it. */
function refusal(address) {
  return {
    statusCode: 403,
    statusDescription: "Forbidden",
    headers: {
      "content-type": { value: "text/html; charset=utf-8" },
      "cache-control": { value: "no-store" },
    },
    body: {
      encoding: "text",
      data:
        "<!doctype html><title>Not allowed from here</title><h1>Not allowed from here</h1>" +
        `<p>Your address ${address} is in none of the networks that may reach this platform.</p>` +
        "<p>An administrator can add your network to the setting allowedCidrs.</p>",
    },
  };
}
