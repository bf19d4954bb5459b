import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobCommandOutput,
  type HyperParameterTrainingJobSummary,
} from "@aws-sdk/client-sagemaker";
import type { Trial } from "../../cost/tuning-run";
import { SettingsError } from "../../settings/contract";
import { printable } from "../../settings/foreign-text";
import { tuningJobName } from "../../settings/names";
import { LOG_LINES, type Runner, type RunState, type RunTimes, type TuningRequest } from "./runner";
import { isOver, templateOf, type JobClients, type JobTemplates } from "./sagemaker";
import { lastLines } from "./training-log";
import { tuningJobRequest } from "./tuning-job";

/** A training job of a tuning job, with the seconds that AWS bills. */
interface BilledJob extends HyperParameterTrainingJobSummary {
  readonly billedSeconds: number | undefined;
}

/** Tunings as SageMaker's automatic tuning, each trial a training job. */
export class SagemakerTuner implements Runner<TuningRequest> {
  /** Training jobs of tunings that are done, by run: times and trials both come from them. */
  private readonly done = new Map<string, readonly BilledJob[]>();

  constructor(
    private readonly clients: JobClients,
    private readonly stackId: string,
    private readonly templates: JobTemplates,
  ) {}

  async start(request: TuningRequest): Promise<void> {
    const template = templateOf(request, this.templates);
    await this.clients.jobs.send(
      new CreateHyperParameterTuningJobCommand(tuningJobRequest(template, this.stackId, request)),
    );
  }

  async state(request: TuningRequest): Promise<RunState> {
    const job = await this.clients.jobs.send(
      new DescribeHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: this.nameOf(request),
      }),
    );
    const { HyperParameterTuningJobStatus: status = "", FailureReason } = job;
    if (status === "Completed") {
      return { kind: "done", step: "done" };
    }
    return ["Failed", "Stopped", "DeleteFailed"].includes(status)
      ? { kind: "failed", step: printable(FailureReason ?? status) }
      : { kind: "running", step: stepOf(job, request) };
  }

  async times(request: TuningRequest): Promise<RunTimes> {
    const { CreationTime } = await this.clients.jobs.send(
      new DescribeHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: this.nameOf(request),
      }),
    );
    const jobs = await this.jobs(request);
    const begun = jobs.flatMap(({ TrainingStartTime: time }) => time?.getTime() ?? []);
    const ended = jobs.flatMap(({ TrainingEndTime: time }) => time?.getTime() ?? []);
    const instanceType = templateOf(request, this.templates).ResourceConfig?.InstanceType;
    if (
      CreationTime === undefined ||
      begun.length === 0 ||
      ended.length === 0 ||
      instanceType === undefined
    ) {
      throw new SettingsError("SageMaker returned no times of the tuning job");
    }
    return {
      asked: CreationTime,
      placed: new Date(Math.min(...begun)),
      ended: new Date(Math.max(...ended)),
      billedSeconds: jobs.reduce((all, one) => all + (one.billedSeconds ?? 0), 0),
      machine: { kind: "instance", instanceType },
    };
  }

  /** The log of a training job that has failed; empty where none has. */
  async log(request: TuningRequest): Promise<readonly string[]> {
    const jobs = await this.summaries(request);
    const failed = jobs.find(({ TrainingJobStatus }) => TrainingJobStatus === "Failed");
    return failed?.TrainingJobName === undefined
      ? []
      : lastLines(this.clients.logs, failed.TrainingJobName, LOG_LINES);
  }

  /** Stops the tuning job, and with it SageMaker stops its training jobs. */
  async stop(request: TuningRequest): Promise<void> {
    try {
      await this.clients.jobs.send(
        new StopHyperParameterTuningJobCommand({
          HyperParameterTuningJobName: this.nameOf(request),
        }),
      );
    } catch (error) {
      if (!isOver(error)) {
        throw error;
      }
    }
  }

  /** The training jobs as trials, in the order of their creation. */
  async trials(request: TuningRequest): Promise<Trial[]> {
    const jobs = await this.jobs(request);
    const made = ({ CreationTime }: BilledJob): number => CreationTime?.getTime() ?? 0;
    return jobs
      .toSorted((one, other) => made(one) - made(other))
      .map((job, number) => trialOf(job, number, request));
  }

  /** All training jobs of a tuning job. */
  private async summaries(request: TuningRequest): Promise<HyperParameterTrainingJobSummary[]> {
    const found: HyperParameterTrainingJobSummary[] = [];
    let token: string | undefined;
    do {
      const page = await this.clients.jobs.send(
        new ListTrainingJobsForHyperParameterTuningJobCommand({
          HyperParameterTuningJobName: this.nameOf(request),
          ...(token !== undefined && { NextToken: token }),
        }),
      );
      found.push(...(page.TrainingJobSummaries ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return found;
  }

  /**
   * The training jobs of a tuning that is done with what AWS bills, which the list does not say; asked for once, one
   * after the other, to be no burden.
   */
  private async jobs(request: TuningRequest): Promise<readonly BilledJob[]> {
    const known = this.done.get(request.run);
    if (known !== undefined) {
      return known;
    }
    const billed: BilledJob[] = [];
    for (const job of await this.summaries(request)) {
      const { BillableTimeInSeconds } = await this.clients.jobs.send(
        new DescribeTrainingJobCommand({ TrainingJobName: job.TrainingJobName }),
      );
      billed.push({ ...job, billedSeconds: BillableTimeInSeconds ?? secondsOf(job) });
    }
    this.done.set(request.run, billed);
    return billed;
  }

  private nameOf({ person, run }: TuningRequest): string {
    return tuningJobName(this.stackId, person, run);
  }
}

/** A line like that of the program `workload/tune.py`. */
function stepOf(
  { TrainingJobStatusCounters, BestTrainingJob }: DescribeHyperParameterTuningJobCommandOutput,
  { space: { objective, trials } }: TuningRequest,
): string {
  const best = BestTrainingJob?.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  const done = `tuning: ${TrainingJobStatusCounters?.Completed ?? 0} of ${trials} trials`;
  return best === undefined ? done : `${done}, best ${objective.name} ${best.toFixed(4)}`;
}

function trialOf(job: BilledJob, number: number, { space }: TuningRequest): Trial {
  const { TrainingJobStatus: status = "", TunedHyperParameters = {} } = job;
  const value = job.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  const isNumber = new Set(
    space.parameters.filter(({ type }) => type !== "categorical").map(({ name }) => name),
  );
  const parameters = Object.entries(TunedHyperParameters).map(([name, text]) => [
    name,
    isNumber.has(name) ? Number(text) : (JSON.parse(text) as number | string),
  ]);
  return {
    number,
    state: status === "Completed" ? "complete" : status.toLowerCase(),
    value: value ?? null,
    parameters: Object.fromEntries(parameters) as Trial["parameters"],
    seconds: job.billedSeconds ?? null,
  };
}

function secondsOf({
  TrainingStartTime: start,
  TrainingEndTime: end,
}: HyperParameterTrainingJobSummary): number | undefined {
  return start && end && (end.getTime() - start.getTime()) / 1000;
}
