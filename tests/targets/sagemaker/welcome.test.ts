import assert from "node:assert/strict";
import { fillIn } from "../../../targets/sagemaker/welcome";
import { declaredPlatform, inputsOf } from "../../support/declared";

describe("the welcome notebook", () => {
  it("is stored under the public prefix and names bucket, database and region", async () => {
    const inputs = inputsOf(
      await declaredPlatform({ target: "sagemaker" }),
      "s3/bucketObjectv2:BucketObjectv2",
    );
    assert.equal(inputs["key"], "public/welcome.ipynb");
    const notebook = JSON.parse(inputs["content"] as string) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const code = notebook.cells
      .filter(({ cell_type }) => cell_type === "code")
      .map(({ source }) => source.join(""))
      .join("\n");
    assert.match(code, /BUCKET = "data-bucket-0000000"/);
    assert.match(code, /"database\.eu-west-3\.rds\.amazonaws\.com:5432"/);
    assert.match(code, /REGION = "eu-west-3"/);
    assert.match(code, /dbname="mlplatform"/);
    assert.match(code, /sslmode="verify-full"/);
    assert.doesNotMatch(code, /\{\{|password="/);
  });

  it("is refused when it contains an unknown placeholder", () => {
    assert.equal(fillIn("{{A}} and {{A}}", { A: "x" }), "x and x");
    assert.throws(() => fillIn("{{B}}", { A: "x" }), /contains \{\{B\}\}, which has no value/);
  });
});
