import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { allowedCidrsCode, FUNCTION_LIMIT } from "../../../components/front-door/cidr-function";

interface Refusal {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, { readonly value: string }>>;
  readonly body: { readonly encoding: string; readonly data: string };
}

/** Request in CloudFront's form. An upgrade is a request like any other. */
const REQUEST = {
  method: "GET",
  uri: "/user/ada/api/kernels/1/channels",
  headers: { upgrade: { value: "websocket" } },
};

/** Runs the deployed code with the language only, as CloudFront does. */
function answer(cidrs: readonly string[], ip: string): unknown {
  const event = { viewer: { ip }, request: REQUEST };
  return runInNewContext(`${allowedCidrsCode(cidrs)}; handler(event)`, { event });
}

const admits = (cidrs: readonly string[], ip: string): boolean => answer(cidrs, ip) === REQUEST;

describe("CloudFront function that admits allowedCidrs", () => {
  it("passes on the unchanged request of a viewer in a network", () => {
    const before = structuredClone(REQUEST);
    assert.equal(answer(["81.2.69.160/27"], "81.2.69.170"), REQUEST);
    assert.deepEqual(REQUEST, before);
  });

  it("respects the bounds of a network", () => {
    for (const [ip, inside] of [
      ["81.2.69.159", false],
      ["81.2.69.160", true],
      ["81.2.69.191", true],
      ["81.2.69.192", false],
    ] as const) {
      assert.equal(admits(["81.2.69.160/27"], ip), inside, ip);
    }
  });

  it("handles the largest and the smallest networks", () => {
    assert.ok(admits(["200.0.0.0/8"], "200.255.255.255"));
    assert.ok(!admits(["200.0.0.0/8"], "201.0.0.0"));
    assert.ok(admits(["203.0.113.7/32"], "203.0.113.7"));
    assert.ok(!admits(["203.0.113.7/32"], "203.0.113.6"));
    assert.ok(admits(["255.255.255.254/31"], "255.255.255.255"));
  });

  it("handles twenty networks, within CloudFront's limit", () => {
    const twenty = Array.from({ length: 20 }, (_, index) => `203.${index}.113.128/25`);
    assert.ok(admits(twenty, "203.0.113.200"));
    assert.ok(admits(twenty, "203.19.113.200"));
    assert.ok(!admits(twenty, "203.20.113.200"));
    assert.ok(Buffer.byteLength(allowedCidrsCode(twenty)) < FUNCTION_LIMIT / 2);
  });

  it("refuses everybody if no network is allowed", () => {
    assert.ok(!admits([], "81.2.69.160"));
  });

  it("refuses anything but an IPv4 address", () => {
    for (const ip of ["2001:db8::1", "::ffff:81.2.69.160", "81.2.69", "81.2.69.160.1", ""]) {
      assert.ok(!admits(["81.2.69.160/27", "200.0.0.0/8"], ip), ip);
    }
  });

  it("refuses with a short page that is not cached", () => {
    const { statusCode, headers, body } = answer(["81.2.69.160/27"], "192.0.2.1") as Refusal;
    assert.equal(statusCode, 403);
    assert.equal(headers["cache-control"]?.value, "no-store");
    assert.equal(headers["content-type"]?.value, "text/html; charset=utf-8");
    assert.equal(body.encoding, "text");
    assert.match(body.data, /192\.0\.2\.1 .* allowedCidrs/);
    assert.ok(!body.data.includes("81.2.69.160"), "it does not tell which networks are allowed");
  });

  it("uses nothing that CloudFront's runtime lacks", () => {
    const code = allowedCidrsCode(["81.2.69.160/27"]).replace(/\/\*\*.*?\*\//gs, "");
    assert.doesNotMatch(code, /\b(import|require|export|await|async|class)\b/);
    assert.doesNotMatch(code, /\?\?|\?\.|\*\*|\.\.\.|\b(const|let)\s*[[{]|\bfor\b/);
  });

  it("is refused before a deployment if it is larger than CloudFront accepts", () => {
    const many = Array.from({ length: 600 }, () => "203.0.113.128/25");
    assert.throws(() => allowedCidrsCode(many), /must be 10240 bytes or less; got \d+/);
  });
});
