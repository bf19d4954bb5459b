import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { allowedCidrsCode, FUNCTION_LIMIT } from "../../../components/front-door/cidr-function";

interface Refusal {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, { readonly value: string }>>;
  readonly body: { readonly encoding: string; readonly data: string };
}

/** A request as CloudFront gives it; an upgrade is one like any other. */
const REQUEST = {
  method: "GET",
  uri: "/user/ada/api/kernels/1/channels",
  headers: { upgrade: { value: "websocket" } },
};

/** Runs the text that is deployed, where there is nothing but the language, as in CloudFront. */
function answer(cidrs: readonly string[], ip: string): unknown {
  const event = { viewer: { ip }, request: REQUEST };
  return runInNewContext(`${allowedCidrsCode(cidrs)}; handler(event)`, { event });
}

const letsIn = (cidrs: readonly string[], ip: string): boolean => answer(cidrs, ip) === REQUEST;

describe("CloudFront function that lets in allowedCidrs", () => {
  it("hands on the request of a viewer inside, untouched", () => {
    const before = structuredClone(REQUEST);
    assert.equal(answer(["81.2.69.160/27"], "81.2.69.170"), REQUEST);
    assert.deepEqual(REQUEST, before);
  });

  it("ends where the network ends", () => {
    for (const [ip, inside] of [
      ["81.2.69.159", false],
      ["81.2.69.160", true],
      ["81.2.69.191", true],
      ["81.2.69.192", false],
    ] as const) {
      assert.equal(letsIn(["81.2.69.160/27"], ip), inside, ip);
    }
  });

  it("knows the largest and the smallest networks", () => {
    assert.ok(letsIn(["200.0.0.0/8"], "200.255.255.255"));
    assert.ok(!letsIn(["200.0.0.0/8"], "201.0.0.0"));
    assert.ok(letsIn(["203.0.113.7/32"], "203.0.113.7"));
    assert.ok(!letsIn(["203.0.113.7/32"], "203.0.113.6"));
    assert.ok(letsIn(["255.255.255.254/31"], "255.255.255.255"));
  });

  it("takes twenty networks, the first and the last, within CloudFront's limit", () => {
    const twenty = Array.from({ length: 20 }, (_, index) => `203.${index}.113.128/25`);
    assert.ok(letsIn(twenty, "203.0.113.200"));
    assert.ok(letsIn(twenty, "203.19.113.200"));
    assert.ok(!letsIn(twenty, "203.20.113.200"));
    assert.ok(Buffer.byteLength(allowedCidrsCode(twenty)) < FUNCTION_LIMIT / 2);
  });

  it("refuses everybody where no network is allowed", () => {
    assert.ok(!letsIn([], "81.2.69.160"));
  });

  it("refuses what is no IPv4 address", () => {
    for (const ip of ["2001:db8::1", "::ffff:81.2.69.160", "81.2.69", "81.2.69.160.1", ""]) {
      assert.ok(!letsIn(["81.2.69.160/27", "200.0.0.0/8"], ip), ip);
    }
  });

  it("answers a refusal with a short page that nobody keeps", () => {
    const { statusCode, headers, body } = answer(["81.2.69.160/27"], "192.0.2.1") as Refusal;
    assert.equal(statusCode, 403);
    assert.equal(headers["cache-control"]?.value, "no-store");
    assert.equal(headers["content-type"]?.value, "text/html; charset=utf-8");
    assert.equal(body.encoding, "text");
    assert.match(body.data, /192\.0\.2\.1 .* allowedCidrs/);
    assert.ok(!body.data.includes("81.2.69.160"), "it tells nobody which networks are allowed");
  });

  it("needs nothing that CloudFront's runtime lacks", () => {
    const code = allowedCidrsCode(["81.2.69.160/27"]).replace(/\/\*\*.*?\*\//gs, "");
    assert.doesNotMatch(code, /\b(import|require|export|await|async|class)\b/);
    assert.doesNotMatch(code, /\?\?|\?\.|\*\*|\.\.\.|\b(const|let)\s*[[{]|\bfor\b/);
  });

  it("is refused before a deployment when it is larger than CloudFront takes", () => {
    const many = Array.from({ length: 600 }, () => "203.0.113.128/25");
    assert.throws(() => allowedCidrsCode(many), /must be 10240 bytes or less; got \d+/);
  });
});
