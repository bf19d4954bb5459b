import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";

const FILE = join(__dirname, "..", "..", "docs", "output.schema.json");
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(JSON.parse(readFileSync(FILE, "utf8")) as object, "output");

/** Refuses a document that is not as `docs/output.schema.json` has it, with every difference. */
export function assertSchema(
  name: "compare" | "diff" | "live" | "leftovers" | "workload",
  document: string,
): void {
  const validate = ajv.getSchema(`output#/$defs/${name}`);
  assert.ok(validate !== undefined, `there is no ${name}`);
  const isValid = validate(JSON.parse(document));
  const said = (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
  );
  assert.ok(isValid === true, said.slice(0, 10).join("\n"));
}
