import assert from "node:assert/strict";
import { createServer as createHttp, type Server } from "node:http";
import { createServer } from "node:https";
import { poll } from "../../actions/action";
import { awaitCluster, type AwaitClusterInputs } from "../../actions/await-cluster";
import { pki } from "../support/pki";
import { fakeClock, listening } from "../support/fake-clock";

const { ca, server: serverPair, client } = pki();
const NODES = ["ip-10-0-0-1.internal", "ip-10-0-0-2.internal", "ip-10-0-0-3.internal"];

describe("AwaitCluster", () => {
  let registered: string[] = [];
  let unready: string[] = [];
  let ready = true;
  let denied = false;
  let endless = false;
  let dripped: () => void = () => undefined;
  let api: Server;
  let aws: Server;
  let inputs: AwaitClusterInputs;
  const asked: (string | null)[][] = [];

  before(async () => {
    // Like the API server: a client that the authority has not signed is nobody.
    api = createServer(
      {
        ca,
        cert: serverPair.certificate,
        key: serverPair.key,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        const known = (request.socket as unknown as { authorized: boolean }).authorized;
        const up = request.url === "/readyz" ? ready : known;
        response.statusCode = up ? 200 : known ? 500 : 401;
        if (endless) {
          response.write("o");
          const drip = setInterval(() => {
            response.write("o");
            dripped();
          }, 5);
          response.on("close", () => {
            clearInterval(drip);
          });
          return;
        }
        const items = registered.map((name) => {
          const status = unready.includes(name) ? "Unknown" : "True";
          const conditions = [
            { type: "MemoryPressure", status: "False" },
            { type: "Ready", status },
          ];
          return { metadata: { name }, status: { conditions } };
        });
        response.end(request.url === "/readyz" ? "ok" : JSON.stringify({ items }));
      },
    );
    // Like EC2: a console for each machine.
    aws = createHttp((request, response) => {
      let body = "";
      request.on("data", (text) => (body += String(text)));
      request.on("end", () => {
        const parameters = new URLSearchParams(body);
        const id = parameters.get("InstanceId") ?? "";
        asked.push([id, parameters.get("Latest")]);
        const lines = [
          ...Array.from({ length: 60 }, (_, line) => `line ${line}`),
          `FAILED on ${id}`,
        ];
        const output = Buffer.from(lines.join("\r\n")).toString("base64");
        response.setHeader("content-type", "text/xml");
        if (denied) {
          response.statusCode = 403;
          response.end(
            `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>not authorized to perform: ec2:GetConsoleOutput</Message></Error></Errors></Response>`,
          );
          return;
        }
        response.end(
          `<GetConsoleOutputResponse><instanceId>${id}</instanceId><output>${output}</output></GetConsoleOutputResponse>`,
        );
      });
    });
    const [port, awsPort] = [await listening(api), await listening(aws)];
    inputs = {
      host: "127.0.0.1",
      port,
      ca,
      certificate: client.certificate,
      key: client.key,
      machines: NODES.map((node, index) => ({ node, instanceId: `i-${index}` })),
      until: "registered",
      minutes: 15,
      aws: {
        region: "eu-west-3",
        accessKey: "AKIAIOSFODNN7EXAMPLE",
        secretKey: "secret",
        endpoints: [{ ec2: `http://127.0.0.1:${awsPort}` }],
      },
    };
  });

  after(() => {
    api.close();
    aws.close();
  });

  beforeEach(() => {
    [registered, unready, ready] = [[...NODES], [...NODES], true];
    [denied, endless] = [false, false];
    asked.length = 0;
  });

  it("ends as soon as every machine has registered as a node", async () => {
    const { said, ...rest } = fakeClock();
    await awaitCluster(inputs, { ...rest, log: (line) => said.push(line) });
    assert.deepEqual(said, []);
    assert.equal(rest.now(), 0);
  });

  it("waits for late machines and names the missing ones every half minute", async () => {
    registered = [NODES[0]!];
    const slow = fakeClock((minutes) => {
      if (minutes > 2) registered = [...NODES];
    });
    await awaitCluster(inputs, slow);
    assert.match(slow.said[0]!, /0\.3 of 15 min\): 1 are there, not ip-10-0-0-2.*ip-10-0-0-3/);
  });

  it("reports every half minute even when each look takes 10 seconds", async () => {
    const slow = fakeClock();
    const minutes: number[] = [];
    await poll(
      {
        what: "it",
        minutes: 5,
        check: () => slow.sleep(10_000).then(() => "no answer within 10 s"),
      },
      { ...slow, log: () => minutes.push(slow.now() / 60_000) },
    );
    for (const [index, minute] of minutes.entries()) {
      assert.ok(minute - (minutes[index - 1] ?? 0) <= 0.5, minutes.join(" "));
    }
    assert.ok(minutes.length >= 9);
  });

  it('waits until every node is Ready when `until` is "ready", and names those that are not', async () => {
    const until = "ready";
    unready = [NODES[1]!];
    const slow = fakeClock((minutes) => {
      if (minutes > 1) unready = [];
    });
    await awaitCluster({ ...inputs, until }, slow);
    assert.match(slow.said[0]!, /waiting for 3 Ready nodes .*: 2 are Ready, not ip-10-0-0-2\.int/);
    registered = [NODES[0]!, NODES[1]!];
    await assert.rejects(
      awaitCluster({ ...inputs, until, minutes: 2 }, fakeClock()),
      ({ message }: Error) => {
        assert.match(message, /after 2 minutes: 2 are Ready, not ip-10-0-0-3\.internal\./);
        assert.match(message, /last console lines of i-2 \(ip-10-0-0-3/);
        return true;
      },
    );
  });

  it('waits until a machine is Ready when `until` is "joined", but not in a cluster without a Ready node', async () => {
    const one = { ...inputs, machines: inputs.machines.slice(1, 2), until: "joined" } as const;
    unready = [NODES[1]!];
    const slow = fakeClock((minutes) => {
      if (minutes > 1) unready = [];
    });
    await awaitCluster(one, slow);
    assert.match(slow.said[0]!, /0 are Ready, not ip-10-0-0-2\.int/);

    unready = [...NODES];
    const first = fakeClock();
    await awaitCluster(one, first);
    assert.equal(first.now(), 0);
    registered = [NODES[0]!];
    await assert.rejects(awaitCluster({ ...one, minutes: 1 }, fakeClock()), /0 are there, not/);
  });

  it("does not accept an HTTP error from /readyz", async () => {
    ready = false;
    const slow = fakeClock((minutes) => {
      if (minutes > 1) ready = true;
    });
    await awaitCluster(inputs, slow);
    assert.match(slow.said[0]!, /does not answer \(HTTP 500 for \/readyz\)/);
  });

  it("fails after its minutes with the last console lines of the missing machine", async () => {
    registered = [NODES[0]!, NODES[2]!];
    const still = fakeClock();
    await assert.rejects(awaitCluster(inputs, still), ({ message }: Error) => {
      assert.match(message, /not ready after 15 minutes: 2 are there, not ip-10-0-0-2\.internal/);
      assert.match(message, /last console lines of i-1 \(ip-10-0-0-2/);
      assert.match(message, /line 59\nFAILED on i-1\n---/);
      assert.doesNotMatch(message, /line 30\n/);
      assert.match(message, /allowedCidrs/);
      return true;
    });
    // As it is now: what AWS keeps of a boot ends before the step that failed.
    assert.deepEqual(asked, [["i-1", "true"]]);
    assert.ok(still.now() < 15.1 * 60_000);
  });

  it("aborts a look after 10 seconds although the response keeps dripping", async () => {
    endless = true;
    const clock = fakeClock();
    let drips = 0;
    dripped = () => {
      drips += 1;
      if (drips === 3) clock.expire();
    };
    const once = { ...inputs, minutes: 0 };
    await assert.rejects(awaitCluster(once, clock), /does not answer \(no answer within 10 s\)/);
    assert.deepEqual(clock.limits, [10_000]);
  });

  it("shows the control plane's console when the API server stops answering", async () => {
    registered = [NODES[0]!, NODES[1]!];
    const gone = fakeClock((minutes) => {
      if (minutes > 1) ready = false;
    });
    await assert.rejects(awaitCluster(inputs, gone), /HTTP 500 for[^]*console lines of i-0/);
  });

  it("rejects a server certificate of another authority and shows the control plane's console", async () => {
    const other = { ...inputs, ca: pki().ca, minutes: 1 };
    await assert.rejects(awaitCluster(other, fakeClock()), ({ message }: Error) => {
      assert.match(message, /does not answer \(.*(certificate|signature)/i);
      assert.match(message, /console lines of i-0/);
      return true;
    });
  });

  it("authenticates with its client certificate", async () => {
    const nobody = { ...inputs, certificate: "", key: "", minutes: 1 };
    await assert.rejects(awaitCluster(nobody, fakeClock()), /HTTP 401/);
  });

  it("names the IAM permission that reading the console requires", async () => {
    [registered, denied] = [[], true];
    await assert.rejects(
      awaitCluster({ ...inputs, minutes: 1 }, fakeClock()),
      /console lines of i-0.*: not authorized to perform: ec2:GetConsoleOutput/,
    );
  });
});
