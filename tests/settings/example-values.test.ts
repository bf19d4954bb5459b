import assert from "node:assert/strict";
import { loadSettings } from "../../settings";
import { exampleValues } from "../../settings/example-values";
import { readStackFile, stackNames } from "../../settings/schema/stack-file";
import { config } from "../support/declared";
import { TODAY } from "../support/resources";

describe("example values", () => {
  it("are found in every shipped stack file, with the command that replaces each", () => {
    assert.deepEqual(stackNames("."), ["dev", "ec2", "eks", "prod", "sagemaker"]);
    for (const stack of stackNames(".")) {
      const { settings } = loadSettings(stack, readStackFile(".", stack), TODAY);
      const found = exampleValues(settings);
      assert.match(found[0]?.problem ?? "", /documentation address 203\.0\.113\.0\/24/);
      assert.match(found[0]?.fix ?? "", /^pulumi config set allowedCidrs /);
      assert.equal(found.length, 1 + settings.users.length);
      assert.match(found[1]?.fix ?? "", /config set --path 'users\[0\]\.email'/);
    }
  });

  it("are found in all documentation networks and domains, and in no others", () => {
    const found = (network: string, email: string) =>
      exampleValues({
        allowedCidrs: [network],
        users: [{ name: "ada", email, group: "ml-users" }],
      });
    const own = "ada@your-company.com";
    const mixed = { allowedCidrs: ["203.0.113.0/24", "81.2.69.160/27"], users: [] };
    assert.equal(
      exampleValues(mixed)[0]?.fix,
      'pulumi config set allowedCidrs "$(curl -s https://checkip.amazonaws.com)/32,81.2.69.160/27"',
    );
    for (const network of ["192.0.2.0/24", "198.51.100.7/32", "203.0.113.128/25"]) {
      assert.equal(found(network, own).length, 1, network);
    }
    for (const network of ["192.0.3.0/24", "198.51.101.0/24", "203.0.112.0/23"]) {
      assert.deepEqual(found(network, own), [], network);
    }
    for (const domain of ["example.com", "example.net", "example.org", "x.test", "x.invalid"]) {
      assert.equal(found("81.2.69.160/27", `ada@${domain}`).length, 1, domain);
    }
    assert.deepEqual(found("81.2.69.160/27", "ada@example.de"), []);
  });

  it("are not found in real values", () => {
    assert.deepEqual(exampleValues(loadSettings("test", config(), TODAY).settings), []);
  });
});
