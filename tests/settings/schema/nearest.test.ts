import assert from "node:assert/strict";
import { nearest } from "../../../settings/schema/nearest";
import { fault } from "../../support/settings";

describe("nearest name", () => {
  it("finds a name with a wrong letter in every three at most", () => {
    assert.equal(nearest("nodes.cuont", ["owner", "nodes.count"]), "nodes.count");
    assert.equal(nearest("onwer", ["owner"]), "owner");
    assert.equal(nearest("onwre", ["owner"]), undefined);
    assert.equal(nearest("ownr", ["owner"]), "owner");
    assert.equal(nearest("abcxyz", ["abcdef"]), undefined);
    assert.equal(nearest("abcdyz", ["abcdef"]), "abcdef");
  });

  it("finds nothing in an empty list, and nothing for an empty name", () => {
    assert.equal(nearest("owner", []), undefined);
    assert.equal(nearest("", ["a"]), undefined);
  });

  it("is not suggested for an unknown setting that resembles none", () => {
    assert.match(fault({ zzzzz: "x" }), /"zzzzz" is not a setting of this program\n/);
    assert.match(fault({ "nodes.instanceType": "huge" }), /; "huge" is not known$/);
  });
});
