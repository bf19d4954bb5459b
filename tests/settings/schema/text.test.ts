import assert from "node:assert/strict";
import { fault, settings, type Overrides } from "../../support/settings";

describe("text settings", () => {
  it("of owner accept 1 to 128 characters without outer spaces", () => {
    assert.equal(settings({ owner: "a" }).owner, "a");
    assert.equal(settings({ owner: `a ${"b".repeat(126)}` }).owner.length, 128);
    for (const owner of ["", "a".repeat(129), " a", "a ", " ", "a\nb", "a#b"]) {
      assert.match(fault({ owner }), /owner must be 1 to 128 letters.*, no space first or last;/);
    }
  });

  it("of region refuse China and GovCloud", () => {
    assert.equal(settings({ "aws:region": "us-east-1" }).region, "us-east-1");
    for (const region of ["cn-north-1", "us-gov-west-1", "Paris", "eu-west", "eu-west-3a"]) {
      assert.match(fault({ "aws:region": region }), /aws:region must be an AWS region/, region);
    }
  });

  it("of private networks accept both ends of their range", () => {
    const ranges = {
      "network.cidr": [16, 24],
      "kubernetes.podCidr": [8, 20],
      "kubernetes.serviceCidr": [12, 24],
    } as const;
    for (const [path, [largest, smallest]] of Object.entries(ranges)) {
      // Away from the other two, so that only its size can be wrong.
      const others = { "network.cidr": "192.168.0.0/16", "kubernetes.podCidr": "172.31.0.0/20" };
      const at = path === "network.cidr" ? "192.168.0.0" : "10.0.0.0";
      const sized = (prefix: number): Overrides => ({
        ...others,
        ...(path === "kubernetes.podCidr" && { "kubernetes.serviceCidr": "172.16.0.0/20" }),
        [path]: `${at}/${prefix}`,
      });
      settings(sized(largest));
      settings(sized(smallest));
      const allowed = new RegExp(`${path} must be .* from /${largest} to /${smallest}; `);
      assert.match(fault(sized(largest - 1)), allowed);
      assert.match(fault(sized(smallest + 1)), allowed);
    }
  });
});
