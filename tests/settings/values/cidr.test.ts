import assert from "node:assert/strict";
import {
  contains,
  formatCidr,
  networkOf,
  overlap,
  parseCidr,
  subnet,
} from "../../../settings/values/cidr";

const cidr = (text: string): NonNullable<ReturnType<typeof parseCidr>> => {
  const parsed = parseCidr(text);
  assert.ok(parsed, text);
  return parsed;
};

describe("cidr", () => {
  it("parses and prints networks up to both ends of the address space", () => {
    for (const text of ["0.0.0.0/0", "10.0.0.0/8", "255.255.255.255/32", "192.168.1.128/25"]) {
      assert.equal(formatCidr(cidr(text)), text);
    }
  });

  it("refuses text that is no network", () => {
    for (const text of [
      "10.0.0.0",
      "10.0.0.0/33",
      "10.0.0.0/-1",
      "10.0.0.0/8/8",
      "10.0.0/8",
      "256.0.0.0/8",
      "::/0",
      "",
      "10.0.0.0/ 8",
      "10.0.0.0/08",
      "0.0.0.0/00",
    ]) {
      assert.equal(parseCidr(text), undefined, text);
    }
  });

  it("refuses host bits and suggests the network", () => {
    assert.equal(parseCidr("10.0.0.1/16"), undefined);
    assert.equal(networkOf("10.0.0.1/16"), "10.0.0.0/16");
    assert.equal(networkOf("nonsense"), undefined);
  });

  it("detects overlapping networks", () => {
    assert.ok(overlap(cidr("10.0.0.0/16"), cidr("10.0.255.0/24")));
    assert.ok(overlap(cidr("10.0.255.0/24"), cidr("10.0.0.0/16")));
    assert.ok(!overlap(cidr("10.0.0.0/16"), cidr("10.1.0.0/16")));
    assert.ok(contains(cidr("10.0.0.0/8"), cidr("10.255.255.255/32")));
    assert.ok(!contains(cidr("10.0.0.0/16"), cidr("10.0.0.0/15")));
  });

  it("divides a network into equal parts up to the last", () => {
    assert.equal(formatCidr(subnet(cidr("10.0.0.0/16"), 3, 0)), "10.0.0.0/19");
    assert.equal(formatCidr(subnet(cidr("10.0.0.0/16"), 3, 7)), "10.0.224.0/19");
    assert.throws(() => subnet(cidr("10.0.0.0/16"), 3, 8), RangeError);
    assert.throws(() => subnet(cidr("10.0.0.0/31"), 3, 0), RangeError);
  });
});
