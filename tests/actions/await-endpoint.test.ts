import assert from "node:assert/strict";
import { createServer } from "node:https";
import { HOST } from "../../actions/action";
import { awaitEndpoint } from "../../actions/await-endpoint";
import { pki } from "../support/pki";
import { fakeClock, listening } from "../support/fake-clock";

const { ca, server: pair } = pki();
const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
const authority = base64(ca);

describe("AwaitEndpoint", () => {
  // Like the API server: it tells nothing to somebody without a token.
  const api = createServer({ cert: pair.certificate, key: pair.key }, (_, response) => {
    response.statusCode = 401;
    response.end();
  });
  let endpoint: string;

  before(async () => {
    endpoint = `https://127.0.0.1:${await listening(api)}`;
  });

  after(() => {
    api.close();
  });

  it("ends with the first answer, even an HTTP 401", async () => {
    const { said, ...rest } = fakeClock();
    await awaitEndpoint(
      { endpoint, authority, minutes: 20 },
      { ...rest, log: (l) => said.push(l) },
    );
    assert.deepEqual([rest.now(), said], [0, []]);
  });

  it("waits while nothing answers and reports four times a minute", async () => {
    const late = createServer({ cert: pair.certificate, key: pair.key }, (_, response) => {
      response.end();
    });
    const port = await listening(late);
    await new Promise((resolve) => late.close(resolve));
    let up = false;
    const slow = fakeClock((minutes) => {
      if (minutes > 2 && !up) {
        up = true;
        late.listen(port, "127.0.0.1");
      }
    });
    try {
      await awaitEndpoint(
        { endpoint: `https://127.0.0.1:${port}`, authority, minutes: 20 },
        { ...slow, sleep: (time) => slow.sleep(time).then(() => new Promise(setImmediate)) },
      );
      assert.equal(slow.said.length, 8);
      assert.match(slow.said[0]!, /API server at https:.* \(0\.3 of 20 min\): .*ECONNREFUSED/);
    } finally {
      late.close();
    }
  });

  it("fails after its minutes when the name does not resolve, and says what to check", async () => {
    const still = fakeClock();
    const unknown = { endpoint: "https://abcd.invalid", authority, minutes: 1 };
    await assert.rejects(awaitEndpoint(unknown, still), ({ message, stack }: Error) => {
      assert.match(message, /https:\/\/abcd\.invalid does not answer after 1 minutes: .*abcd/);
      assert.match(message, /allowedCidrs/);
      assert.match(message, /kubernetes\.readyMinutes/);
      assert.equal(stack, message);
      return true;
    });
    assert.ok(still.now() < 1.2 * 60_000);
  });

  it("aborts a look after 10 seconds without an answer", async () => {
    const clock = fakeClock();
    const mute = createServer({ cert: pair.certificate, key: pair.key }, () => {
      clock.expire();
    });
    try {
      const once = {
        endpoint: `https://127.0.0.1:${await listening(mute)}`,
        authority,
        minutes: 0,
      };
      await assert.rejects(
        awaitEndpoint(once, clock),
        /does not answer .*: no answer within 10 s\./,
      );
      assert.deepEqual(clock.limits, [10_000]);
    } finally {
      mute.close();
    }
  });

  it("aborts by a real timer outside of tests", async () => {
    const signal = HOST.limit(1);
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve);
    });
    assert.equal((signal.reason as Error).name, "TimeoutError");
  });

  it("rejects a server certificate of another authority", async () => {
    await assert.rejects(
      awaitEndpoint({ endpoint, authority: base64(pki().ca), minutes: 1 }, fakeClock()),
      /does not answer after 1 minutes: .*(certificate|signature)/i,
    );
  });
});
