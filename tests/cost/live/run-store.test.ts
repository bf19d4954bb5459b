import assert from "node:assert/strict";
import { RunStore } from "../../../cost/live/run-store";
import type { TrainingRun } from "../../../cost/training-run";

/** A bucket with a page of a list for each two objects. */
class FakeBucket {
  readonly objects = new Map<string, { body: string; time: number }>();
  reads = 0;

  readonly client = {
    send: (command: object) => {
      const { input } = command as { input: Record<string, string> };
      switch (command.constructor.name) {
        case "PutObjectCommand":
          this.put(input["Key"] ?? "", input["Body"] ?? "");
          return Promise.resolve({});
        case "ListObjectsV2Command":
          return Promise.resolve(this.list(input["Prefix"] ?? "", input["ContinuationToken"]));
        default:
          this.reads += 1;
          return Promise.resolve(this.get(input["Key"] ?? ""));
      }
    },
  } as unknown as ConstructorParameters<typeof RunStore>[0];

  put(key: string, body: string): void {
    this.objects.set(key, { body, time: this.objects.size });
  }

  private list(prefix: string, token = "0"): object {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    const from = Number(token);
    return {
      Contents: keys.slice(from, from + 2).map((Key) => ({
        Key,
        LastModified: new Date(this.objects.get(Key)?.time ?? 0),
      })),
      ...(from + 2 < keys.length && { NextContinuationToken: String(from + 2) }),
    };
  }

  private get(key: string): object {
    const { body } = this.objects.get(key) ?? { body: "" };
    return { Body: { transformToString: () => Promise.resolve(body) } };
  }
}

const SECONDS = { queue: 1, start: 1, data: 1, training: 1, database: 1, total: 5 };
const run = (person: string, minute: number): TrainingRun => ({
  run: `r${minute}`,
  stack: "ec2",
  target: "ec2",
  person,
  size: "small",
  accuracy: 0.9,
  asked: new Date(minute * 60_000).toISOString(),
  seconds: SECONDS,
  billedSeconds: 5,
  usd: null,
  machine: { kind: "share", instanceType: "m5.xlarge", vcpus: 1, gib: 4 },
});

describe("runs in a stack's bucket", () => {
  it("are found again by person, the newest first", async () => {
    const bucket = new FakeBucket();
    const store = new RunStore(bucket.client, "data");
    const runs = [run("ada", 1), run("grace", 2), run("ada", 3), run("eve", 4)];
    for (const one of runs) {
      await store.save(one);
    }
    bucket.put("users/ada/workload/r1/model.joblib", "x");
    assert.ok(bucket.objects.has("users/ada/workload/r1/run.json"));
    const found = await store.newest(["ada", "grace"]);
    assert.deepEqual(found, [runs[2], runs[1], runs[0]]);
  });

  it("are the last twenty of a person, of which no other is read", async () => {
    const bucket = new FakeBucket();
    const store = new RunStore(bucket.client, "data");
    for (let minute = 0; minute < 23; minute += 1) {
      await store.save(run("ada", minute));
    }
    const found = await store.newest(["ada"]);
    assert.deepEqual([found.length, found[0]?.run, found.at(-1)?.run], [20, "r22", "r3"]);
    assert.equal(bucket.reads, 20);
  });

  it("are not what people have put there themselves", async () => {
    const bucket = new FakeBucket();
    const store = new RunStore(bucket.client, "data");
    const own = { ...run("ada", 1), run: "own" };
    const documents = [
      ...["[]", "null", "{", ""],
      ...[
        { run: "own", seconds: { total: 1 } },
        { ...own, size: "huge" },
        { ...own, seconds: { ...own.seconds, queue: "1" } },
        { ...own, usd: { marginal: 1 } },
        { ...own, machine: {} },
        { ...own, machine: { ...own.machine, gib: -1e9 } },
        { ...own, machine: { ...own.machine, kind: "cloud" } },
        { ...own, target: "lambda" },
        { ...own, accuracy: null },
        { ...own, usd: undefined },
      ].map((one) => JSON.stringify(one)),
    ];
    documents.forEach((text, index) => {
      bucket.put(`users/ada/workload/own-${index}/run.json`, text);
    });
    assert.deepEqual(await store.newest(["ada"]), []);
    await store.save(own);
    assert.deepEqual(await store.newest(["ada"]), [own]);
  });
});
