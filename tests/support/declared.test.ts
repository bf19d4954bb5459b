import assert from "node:assert/strict";
import { declaredPlatform, ofType } from "./declared";
import { registrations } from "./registrations";

describe("a kept recording of the platform", () => {
  it("is made once for the same settings, in whatever order they are given", async () => {
    const first = await declaredPlatform({ target: "ec2", "nodes.count": "2" });
    assert.equal(await declaredPlatform({ "nodes.count": "2", target: "ec2" }), first);
    assert.equal(await registrations(), await registrations({ target: "ec2" }));
  });

  it("differs for other settings and for a preview", async () => {
    const plain = await declaredPlatform();
    assert.notDeepEqual(await declaredPlatform({ "nodes.count": "2" }), plain);
    assert.notDeepEqual(await declaredPlatform({}, true), plain);
  });

  it("throws in the test that changes what other tests read", async () => {
    const resources = await declaredPlatform();
    const tags = ofType(resources, "ec2/instance:Instance")[0]!.inputs["tags"] as { Name: string };
    const list = resources as object[];
    assert.throws(() => list.pop(), TypeError);
    assert.throws(() => (tags.Name = "mine"), TypeError);
    const told = (await registrations()) as object[];
    assert.throws(() => told.sort(), TypeError);
  });
});
