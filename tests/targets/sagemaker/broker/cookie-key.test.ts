import assert from "node:assert/strict";
import { cookieKey } from "../../../../targets/sagemaker/broker/cookie-key";
import { Denial } from "../../../../targets/sagemaker/broker/denial";

describe("the key of the login broker's cookies", () => {
  const KEY = Buffer.alloc(32, 7);

  it("is fetched once", async () => {
    let fetched = 0;
    const key = cookieKey(() => {
      fetched += 1;
      return Promise.resolve(KEY.toString("base64"));
    });
    assert.deepEqual(await Promise.all([key(), key()]), [KEY, KEY]);
    assert.deepEqual(await key(), KEY);
    assert.equal(fetched, 1);
  });

  it("is fetched again after a failure, whose details are not logged", async () => {
    let fault: Error | undefined = new TypeError("secret");
    const key = cookieKey(() =>
      fault === undefined ? Promise.resolve(KEY.toString("base64")) : Promise.reject(fault),
    );
    await assert.rejects(key(), (error: Denial) => {
      assert.ok(error instanceof Denial);
      assert.equal(error.reason, "key-unavailable");
      assert.deepEqual(error.facts, { detail: "TypeError" });
      return true;
    });
    fault = undefined;
    assert.deepEqual(await key(), KEY);
  });

  it("must have its full length", async () => {
    for (const value of [undefined, "", KEY.subarray(1).toString("base64")]) {
      await assert.rejects(cookieKey(() => Promise.resolve(value))(), {
        reason: "key-unavailable",
      });
    }
  });
});
