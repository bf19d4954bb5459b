import assert from "node:assert/strict";
import { Colleague, emulator, resourcesIn } from "./engine-stack";

describe("an endpoint outside this machine", () => {
  for (const endpoint of [undefined, "", "127.0.0.1:4566", "https://ec2.eu-west-3.amazonaws.com"]) {
    it(`is refused: ${endpoint ?? "none"}`, () => {
      const before = process.env["AWS_ENDPOINT_URL"];
      try {
        if (endpoint === undefined) {
          delete process.env["AWS_ENDPOINT_URL"];
        } else {
          process.env["AWS_ENDPOINT_URL"] = endpoint;
        }
        assert.throws(emulator, /AWS_ENDPOINT_URL must be .*emulator on this machine/);
      } finally {
        process.env["AWS_ENDPOINT_URL"] = before;
      }
    });
  }
});

describe("an environment that bypasses the emulator", () => {
  for (const [name, value] of [
    ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"],
    ["AWS_ENDPOINT_URL_EC2", "https://ec2.eu-west-3.amazonaws.com"],
  ] as const) {
    it(`is refused: ${name}`, () => {
      const before = process.env["AWS_ENDPOINT_URL"];
      try {
        process.env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
        process.env[name] = value;
        assert.throws(emulator, new RegExp(`${name}=.* leads past the emulator`));
        process.env["AWS_ENDPOINT_URL_EC2"] = "http://localhost:4566";
        delete process.env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];
        assert.equal(emulator().port, "4566");
      } finally {
        delete process.env["AWS_ENDPOINT_URL_EC2"];
        delete process.env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];
        process.env["AWS_ENDPOINT_URL"] = before;
      }
    });
  }
});

describe("a shipped stack file", function () {
  this.timeout("5m");
  const ada = new Colleague();
  after(() => {
    ada.leave();
  });

  it("is previewed with a warning about its example values", async () => {
    const { stdout, stderr, changeSummary } = await (await ada.stack("ec2")).preview();
    assert.match(stdout + stderr, /allowedCidrs.*203\.0\.113\.0\/24/s);
    assert.ok((changeSummary.create ?? 0) > 100);
  });

  it("is refused at up with commands that replace them, and nothing is created", async () => {
    const stack = await ada.stack("ec2");
    await assert.rejects(stack.up(), (error: Error) => {
      assert.match(error.message, /the stack still has example values/);
      assert.match(error.message, /pulumi config set .*allowedCidrs/);
      assert.doesNotMatch(error.message, /^ +at /m);
      return true;
    });
    assert.deepEqual(resourcesIn(ada.state("ec2")), []);
  });

  it("is refused with all faults in one message, in a preview too", async () => {
    const stack = await ada.stack("dev");
    await stack.setConfig("ml-platform:nodes.instanceTyp", { value: "t3.large" });
    await stack.setConfig("ml-platform:allowedCidrs", { value: "0.0.0.0/0" });
    await assert.rejects(stack.preview(), (error: Error) => {
      assert.match(error.message, /nodes\.instanceTyp\b.*nodes\.instanceType\b/s);
      assert.match(error.message, /0\.0\.0\.0\/0/);
      assert.doesNotMatch(error.message, /^ +at /m);
      return true;
    });
    assert.deepEqual(resourcesIn(ada.state("dev")), []);
  });
});
