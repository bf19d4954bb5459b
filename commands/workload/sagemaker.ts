import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
} from "@aws-sdk/client-sagemaker";
import { clientSettings } from "../../aws/client-settings";
import { SettingsError } from "../../settings/contract";
import { printable } from "../../settings/foreign-text";
import { PREDICTION_PROGRAM, trainingJobName } from "../../settings/names";
import type { AwsAccess } from "../../settings/schema/aws-access";
import { lastLines } from "./training-log";
import {
  LOG_LINES,
  programOptions,
  type JobRequest,
  type Runner,
  type RunRequest,
  type RunState,
  type RunTimes,
} from "./runner";

/** A request for a training job without its name, as the stack output `trainingJobs` has it for each person. */
export type JobTemplate = Omit<CreateTrainingJobCommandInput, "TrainingJobName">;

/** Templates of all people, by name. */
export type JobTemplates = Readonly<Record<string, JobTemplate>>;

/** Clients of the AWS SDK that a run needs. */
export interface JobClients {
  readonly jobs: Pick<SageMakerClient, "send">;
  readonly logs: Pick<CloudWatchLogsClient, "send">;
}

/**
 * The template of the person of a run.
 *
 * @throws SettingsError when there is none.
 */
export function templateOf({ person }: RunRequest, templates: JobTemplates): JobTemplate {
  const template = templates[person];
  if (template === undefined) {
    throw new SettingsError(`the stack's output trainingJobs has no request for ${person}`);
  }
  return template;
}

/** True for the refusal to stop a job that was never created, or has ended already. */
export function isOver(error: unknown): boolean {
  return /NotFound|ValidationException/.test((error as Error).name);
}

/** Clients with the access of a stack. */
export function jobClients(access: AwsAccess): JobClients {
  return {
    jobs: new SageMakerClient(clientSettings(access, "sagemaker")),
    logs: new CloudWatchLogsClient(clientSettings(access, "logs")),
  };
}

/** The request for a run. Hyperparameters become options of the program; the toolkit in the image reads them as JSON. */
export function trainingJobRequest(
  template: JobTemplate,
  stackId: string,
  request: JobRequest,
): CreateTrainingJobCommandInput {
  const { run, person } = request;
  const options = {
    ...("load" in request && { sagemaker_program: PREDICTION_PROGRAM }),
    run,
    ...programOptions(request),
  };
  return {
    ...template,
    TrainingJobName: trainingJobName(stackId, person, run),
    HyperParameters: {
      ...template.HyperParameters,
      ...Object.fromEntries(
        Object.entries(options).map(([name, value]) => [name, JSON.stringify(value)]),
      ),
    },
  };
}

/** Runs of the workload as training jobs of SageMaker. */
export class SagemakerRunner implements Runner {
  constructor(
    private readonly clients: JobClients,
    private readonly stackId: string,
    private readonly templates: JobTemplates,
  ) {}

  async start(request: JobRequest): Promise<void> {
    const template = templateOf(request, this.templates);
    await this.clients.jobs.send(
      new CreateTrainingJobCommand(trainingJobRequest(template, this.stackId, request)),
    );
  }

  async state(request: RunRequest): Promise<RunState> {
    const job = await this.described(request);
    const { TrainingJobStatus: status, FailureReason, SecondaryStatus = "" } = job;
    if (status === "Completed") {
      return { kind: "done", step: "done" };
    }
    return status === "Failed" || status === "Stopped"
      ? { kind: "failed", step: printable(FailureReason ?? SecondaryStatus) }
      : { kind: "running", step: await this.stepOf(job, request) };
  }

  async times(request: RunRequest): Promise<RunTimes> {
    const job = await this.described(request);
    const { CreationTime, TrainingStartTime, TrainingEndTime, BillableTimeInSeconds } = job;
    const instanceType = job.ResourceConfig?.InstanceType;
    if (
      CreationTime === undefined ||
      TrainingStartTime === undefined ||
      TrainingEndTime === undefined ||
      instanceType === undefined
    ) {
      throw new SettingsError("SageMaker returned no times of the training job");
    }
    return {
      asked: CreationTime,
      // From then on AWS bills the instance.
      placed: TrainingStartTime,
      ended: TrainingEndTime,
      billedSeconds:
        BillableTimeInSeconds ?? (TrainingEndTime.getTime() - TrainingStartTime.getTime()) / 1000,
      machine: { kind: "instance", instanceType },
    };
  }

  async log(request: RunRequest): Promise<readonly string[]> {
    return lastLines(this.clients.logs, this.nameOf(request), LOG_LINES);
  }

  async stop(request: RunRequest): Promise<void> {
    try {
      await this.clients.jobs.send(
        new StopTrainingJobCommand({ TrainingJobName: this.nameOf(request) }),
      );
    } catch (error) {
      if (!isOver(error)) {
        throw error;
      }
    }
  }

  private described(request: RunRequest): Promise<DescribeTrainingJobCommandOutput> {
    return this.clients.jobs.send(
      new DescribeTrainingJobCommand({ TrainingJobName: this.nameOf(request) }),
    );
  }

  private nameOf({ person, run }: RunRequest): string {
    return trainingJobName(this.stackId, person, run);
  }

  private async stepOf(
    {
      SecondaryStatus = "Starting",
      SecondaryStatusTransitions = [],
    }: DescribeTrainingJobCommandOutput,
    request: RunRequest,
  ): Promise<string> {
    if (SecondaryStatus === "Training") {
      const [line] = await lastLines(this.clients.logs, this.nameOf(request), 1);
      return line ?? "start: its program begins";
    }
    const said = SecondaryStatusTransitions.at(-1)?.StatusMessage ?? SecondaryStatus;
    const phase =
      SecondaryStatus === "Starting" || SecondaryStatus === "Pending" ? "queue" : "start";
    return `${phase}: ${printable(said)}`;
  }
}
