import assert from "node:assert/strict";
import { loadSettings } from "../../settings";
import { placeholders } from "../../settings/placeholders";
import { readStackFile, stackNames } from "../../settings/stack-file";
import { config } from "../support/declared";
import { TODAY } from "../support/resources";

describe("placeholders", () => {
  it("are found in every shipped stack file, each with the command that replaces it", () => {
    assert.deepEqual(stackNames("."), ["dev", "ec2", "eks", "prod", "sagemaker"]);
    for (const stack of stackNames(".")) {
      const { settings } = loadSettings(stack, readStackFile(".", stack), TODAY);
      const found = placeholders(settings);
      assert.match(found[0]?.problem ?? "", /documentation address 203\.0\.113\.0\/24/);
      assert.match(found[0]?.fix ?? "", /^pulumi config set allowedCidrs /);
      assert.equal(found.length, 1 + settings.users.length);
      assert.match(found[1]?.fix ?? "", /config set --path 'users\[0\]\.email'/);
    }
  });

  it("are not found in a person's own values", () => {
    assert.deepEqual(placeholders(loadSettings("test", config(), TODAY).settings), []);
  });
});
