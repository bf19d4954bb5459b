import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import { record, type RecordOptions } from "../../../cost/resources/record";
import { TODAY } from "../../support/resources";

const OPTIONS: RecordOptions = { stack: "test", region: "eu-west-3", preview: true };
const NORMAL: RecordOptions = { ...OPTIONS, preview: false };

/** An address whose tag waits for `value`: it registers only when that is known to be an output. */
const address = (name: string, value: pulumi.Input<string>) =>
  new aws.ec2.Eip(name, { tags: { Value: value } });

describe("record", () => {
  it("returns type, name, URN, id and inputs of each declared resource", async () => {
    assert.deepEqual(await record(() => address("door", "red"), OPTIONS), [
      {
        type: "aws:ec2/eip:Eip",
        name: "door",
        urn: "urn:pulumi:test::ml-platform::aws:ec2/eip:Eip::door",
        id: "door-id",
        inputs: { tags: { Value: "red" } },
      },
    ]);
  });

  it("waits for resources that register late, also after an async program", async () => {
    const late = () => setTimeout(30, "late");
    const all = await record(async () => {
      address("after-output", pulumi.output(late()));
      await late();
      address("after-promise", "x");
    }, OPTIONS);
    assert.deepEqual(all.map(({ name }) => name).sort(), ["after-output", "after-promise"]);
  });

  it("leaves AWS's outputs unknown in a preview and uses the given ones in an up", async () => {
    const program = () => {
      const first = address("first", "x");
      address("second", first.publicIp);
    };
    const second = async (options: RecordOptions) => {
      const all = await record(program, options);
      return all.find(({ name }) => name === "second")?.inputs["tags"];
    };
    const outputs = () => ({ publicIp: "198.51.100.10" });
    assert.deepEqual(await second({ ...NORMAL, outputs }), { Value: "198.51.100.10" });
    assert.notDeepEqual(await second({ ...OPTIONS, outputs }), { Value: "198.51.100.10" });
  });

  it("keeps nothing from an earlier recording", async () => {
    await record(() => address("one", "x"), OPTIONS);
    const again = await record(() => address("two", "x"), { ...OPTIONS, stack: "other" });
    assert.deepEqual(
      again.map(({ urn }) => urn),
      ["urn:pulumi:other::ml-platform::aws:ec2/eip:Eip::two"],
    );
  });

  for (const options of [OPTIONS, NORMAL]) {
    const mode = options.preview ? "a preview" : "an up";

    it(`fails on a look-up without an answer, in ${mode}`, async () => {
      const program = () => address("x", aws.getRegionOutput().description);
      await assert.rejects(record(program, options), /no answer for the look-up aws:.*getRegion/);
    });

    it(`fails on an error inside apply, in ${mode}`, async () => {
      const program = () =>
        address(
          "x",
          pulumi.output("known").apply((): string => {
            throw new Error("no such colour");
          }),
        );
      await assert.rejects(record(program, options), /no such colour/);
    });

    it(`fails on two resources of one type and name, in ${mode}`, async () => {
      const program = () => [address("x", "1"), address("y", "1"), address("x", "2")];
      await assert.rejects(record(program, options), /two resources are aws:ec2.*:Eip "x"$/);
    });

    it(`fails with the program's own error, in ${mode}`, async () => {
      const program = () => {
        throw new RangeError("too many zones");
      };
      await assert.rejects(record(program, options), /too many zones/);
    });

    it(`works again after a failure, in ${mode}`, async () => {
      await assert.rejects(record(() => Promise.reject(new Error("once")), options));
      assert.equal((await record(() => address("x", "y"), options)).length, 1);
    });
  }

  it("fails when the program waits for a promise that never resolves", () => {
    for (const declare of [
      `() => new Eip("x", { address: never })`,
      `async () => new Eip("x", { address: await never })`,
    ]) {
      const program = `
        const { record } = require("./cost/resources/record.ts");
        const { Eip } = require("@pulumi/aws").ec2;
        const never = new Promise(() => {});
        record(${declare}, { stack: "s", region: "r", preview: true });`;
      for (const leaner of [[], ["--require", "./scripts/without-engine.cjs"]]) {
        const args = [...leaner, "--require", "./scripts/typescript.cjs", "-e", program];
        const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
        assert.equal(status, 1);
        assert.match(stderr, /something that it waits for never comes/);
      }
    }
  });

  it("restores the listeners for unhandled rejections", async () => {
    const before = process.listeners("unhandledRejection");
    await record(() => address("x", "y"), OPTIONS);
    assert.deepEqual(process.listeners("unhandledRejection"), before);
  });

  it("leaves unknown inputs for the estimate to refuse", async () => {
    const program = () => {
      const size = address("x", "y").publicIp.apply(Number);
      new aws.ec2.Instance("node", {
        instanceType: "t3.large",
        ami: "ami-1",
        rootBlockDevice: { volumeType: "gp3", volumeSize: size },
      });
    };
    const resources = await record(program, OPTIONS);
    assert.throws(
      () => estimate(resources, { book: priceBook("eu-west-3", USD), usage: {}, today: TODAY }),
      /node.*volumeSize/s,
    );
  });
});
