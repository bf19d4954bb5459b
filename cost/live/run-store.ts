import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { clientSettings } from "../../aws/client-settings";
import { runsPrefix } from "../../settings/names";
import type { AwsAccess } from "../../settings/schema/aws-access";
import { TARGET_NAMES } from "../../settings/shared";
import { PHASES, RUN_SIZES, type Phase, type TrainingRun } from "../training-run";
import type { PredictionMetrics } from "../prediction-run";
import type { Trial, TuningRun } from "../tuning-run";

/** The part of `metrics.json` that is read; `train.py` writes it. */
export interface RunMetrics {
  /** Time at which the program began, in seconds since 1970. */
  readonly begun: number;
  readonly accuracy: number;
  readonly seconds: Readonly<Record<Extract<Phase, "data" | "training" | "database">, number>>;
}

/** Name of the document about a run, beside its model and metrics. */
const FILE = "run.json";
/** Name of the document about a tuning. */
const TUNING_FILE = "tuning.json";
/** Milliseconds after which a report goes without the runs. */
const LONGEST = 30_000;

interface Options {
  readonly abortSignal?: AbortSignal;
}

/** Runs that a report looks at for each person: newer ones push older ones out. */
const MOST = 20;

/** The runs in a stack's bucket, each in a folder of the person who ran it. */
export class RunStore {
  constructor(
    private readonly client: Pick<S3Client, "send">,
    private readonly bucket: string,
  ) {}

  /** Results that the program has written, as its last act: they are there when the run has done everything. */
  async metrics(person: string, run: string): Promise<RunMetrics> {
    return (await this.read(`${runsPrefix(person)}/${run}/metrics.json`)) as RunMetrics;
  }

  /** Answers of the model server, as `predict.py` has measured them. */
  async predictions(person: string, run: string): Promise<PredictionMetrics> {
    return (await this.read(`${runsPrefix(person)}/${run}/predictions.json`)) as PredictionMetrics;
  }

  /** Trials of a tuning on a cluster, as its last worker has written them. */
  async trials(person: string, run: string): Promise<readonly Trial[]> {
    const read = await this.read(`${runsPrefix(person)}/${run}/trials.json`);
    return (read as { readonly trials: readonly Trial[] }).trials;
  }

  /** Keeps a run where reports find it. */
  async save(run: TrainingRun): Promise<void> {
    await this.write(run, FILE);
  }

  /** Keeps a tuning in the folder of its run. */
  async saveTuning(run: TuningRun): Promise<void> {
    await this.write(run, TUNING_FILE);
  }

  private async write(run: TrainingRun | TuningRun, file: string): Promise<void> {
    const Key = `${runsPrefix(run.person)}/${run.run}/${file}`;
    const Body = `${JSON.stringify(run, null, 2)}\n`;
    await this.client.send(
      new PutObjectCommand({ Bucket: this.bucket, Key, Body, ContentType: "application/json" }),
    );
  }

  /** The last measured runs of these people, the newest first. */
  async newest(people: readonly string[]): Promise<TrainingRun[]> {
    const abortSignal = AbortSignal.timeout(LONGEST);
    const runs = await Promise.all(people.map((person) => this.newestOf(person, { abortSignal })));
    return runs.flat().toSorted((one, other) => other.asked.localeCompare(one.asked));
  }

  private async newestOf(person: string, options: Options): Promise<TrainingRun[]> {
    const found: { readonly key: string; readonly time: number }[] = [];
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({
          Bucket: this.bucket,
          Prefix: `${runsPrefix(person)}/`,
          ...(token !== undefined && { ContinuationToken: token }),
        }),
        options,
      );
      for (const { Key = "", LastModified } of page.Contents ?? []) {
        if (Key.endsWith(`/${FILE}`)) {
          found.push({ key: Key, time: LastModified?.getTime() ?? 0 });
        }
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    const newest = found.toSorted((one, other) => other.time - one.time).slice(0, MOST);
    const read = await Promise.all(newest.map(({ key }) => this.read(key, options)));
    return read.filter(isRun);
  }

  private async read(Key: string, options: Options = {}): Promise<unknown> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key });
    const answer = await this.client.send(command, options);
    return parsed((await answer.Body?.transformToString()) ?? "");
  }
}

/** The runs in a bucket, with the access of its stack. */
export function runStore(access: AwsAccess, bucket: string): RunStore {
  // As the provider does where an endpoint is given: an emulator has no host name for each bucket.
  const client = new S3Client({ ...clientSettings(access, "s3"), forcePathStyle: true });
  return new RunStore(client, bucket);
}

/** A document; undefined for text that is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True for a document of the command: people can write to their folders. */
function isRun(value: unknown): value is TrainingRun {
  const run = (value ?? {}) as Partial<TrainingRun>;
  const { seconds, machine, usd } = run;
  const texts = [run.run, run.stack, run.person, run.asked, machine?.instanceType];
  const numbers = [
    ...[run.accuracy, run.billedSeconds],
    ...[...PHASES, "total" as const].map((phase) => seconds?.[phase]),
    ...(usd === null ? [] : [usd?.marginal, usd?.fixed]),
    ...(machine?.kind === "share" ? [machine.vcpus, machine.gib] : []),
  ];
  return (
    texts.every((one) => typeof one === "string") &&
    numbers.every((one) => typeof one === "number" && one >= 0) &&
    RUN_SIZES.some((name) => name === run.size) &&
    TARGET_NAMES.some((name) => name === run.target) &&
    ["share", "instance"].some((kind) => kind === machine?.kind)
  );
}
