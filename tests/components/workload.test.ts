import assert from "node:assert/strict";
import { fillIn } from "../../components/workload";
import { TARGET_NAMES } from "../../settings/shared";
import { declaredPlatform, ofType } from "../support/declared";

describe("the workload in the bucket", () => {
  for (const target of TARGET_NAMES) {
    for (const preview of [true, false]) {
      it(`is the same on ${target}, under the prefix that nobody can write${preview ? ", in a preview" : ""}`, async () => {
        const objects = ofType(
          await declaredPlatform({ target }, preview),
          "s3/bucketObjectv2:BucketObjectv2",
        ).filter(({ inputs }) => String(inputs["key"]).startsWith("public/"));
        assert.deepEqual(
          objects.map(({ inputs }) => inputs["key"]).sort(),
          [
            ...["requirements.txt", "search-space.json", "train.py", "tune.py"].map(
              (name) => `code/${name}`,
            ),
            ...["digits.csv.gz", "welcome.ipynb"],
          ].map((name) => `public/workload/${name}`),
        );
      });
    }
  }

  it("fills bucket, database and region into the notebook", async () => {
    const objects = ofType(
      await declaredPlatform({ target: "eks" }),
      "s3/bucketObjectv2:BucketObjectv2",
    );
    const { inputs } = objects.find(({ name }) => name === "workload-notebook")!;
    const { cells } = JSON.parse(inputs["content"] as string) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const code = cells
      .filter(({ cell_type }) => cell_type === "code")
      .map(({ source }) => source.join(""))
      .join("\n");
    assert.match(code, /BUCKET="data-bucket-0000000"/);
    assert.match(code, /"database\.eu-west-3\.rds\.amazonaws\.com:5432"/);
    assert.match(code, /AWS_REGION="eu-west-3"/);
    assert.doesNotMatch(code, /\{\{|password/);
  });

  it("is refused when the notebook has an unknown placeholder", () => {
    assert.equal(fillIn("{{A}} and {{A}}", { A: "x" }), "x and x");
    assert.throws(() => fillIn("{{B}}", { A: "x" }), /contains \{\{B\}\}, which has no value/);
  });
});
