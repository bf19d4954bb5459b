import assert from "node:assert/strict";
import { HUB_SETTINGS, notebookSizes } from "../../../settings/values/notebooks";
import { Invalid } from "../../../settings/schema/setting";

describe("sizes of notebooks", () => {
  it("are read as people write them, and as Pulumi hands them over", () => {
    const sizes = [
      { name: "2x4", vcpus: 2, memoryGib: 4 },
      { name: "4x16", vcpus: 4, memoryGib: 16 },
    ];
    assert.deepEqual(notebookSizes.parse("2x4, 4x16"), sizes);
    assert.deepEqual(notebookSizes.parse('["2x4","4x16"]'), sizes);
    assert.deepEqual(notebookSizes.parse("2x4"), notebookSizes.fallback);
  });

  it("are refused with the reason", () => {
    const reasons = (raw: string) => {
      const parsed = notebookSizes.parse(raw);
      assert.ok(parsed instanceof Invalid, raw);
      return parsed.details;
    };
    assert.deepEqual(reasons("2x4,2x4"), ['"2x4" is listed twice']);
    for (const raw of ["big", "0x4", "2x", "02x4", "2x4.5", "2X4", "-1x4", ""]) {
      assert.match(JSON.stringify(reasons(raw)), /is not a size such as 2x4/, raw);
    }
    assert.deepEqual(reasons('{"small": 1}'), []);
    assert.deepEqual(reasons(Array.from({ length: 9 }, (_, n) => `1x${n + 1}`).join()), []);
  });
});

describe("image of notebooks", () => {
  const { image } = HUB_SETTINGS.notebooks;

  it("has a tag that stays, or a digest", () => {
    for (const good of [
      image.fallback,
      "public.ecr.aws/ml/notebook:1.2",
      "registry.example.com:5000/a/b-c:v1",
      `quay.io/jupyter/scipy-notebook@sha256:${"0a".repeat(32)}`,
    ]) {
      assert.equal(image.parse(good), good);
    }
    for (const bad of [
      "quay.io/jupyter/scipy-notebook",
      "quay.io/a/b:latest",
      "b:1",
      "a b/c:1",
      "",
    ]) {
      assert.ok(image.parse(bad) instanceof Invalid, bad);
    }
  });
});
