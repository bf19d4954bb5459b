import type { JobClients } from "../../../commands/workload/sagemaker";
import { at, LOOKS, type Fate } from "./fate";

/** Training jobs of SageMaker with their log, as the SDK's clients answer. */
export class FakeTraining {
  readonly created: Record<string, unknown>[] = [];
  readonly stopped: string[] = [];
  /** Answer to questions about the endpoint. @default its state */
  refusal: Error | undefined;
  /** State of the endpoint. */
  endpoint: object = { EndpointStatus: "InService" };
  private looks = 0;
  constructor(readonly fate: Fate = {}) {}

  readonly clients = {
    jobs: { send: (command: object) => this.answer(command) },
    logs: { send: (command: object) => this.answer(command) },
  } as unknown as JobClients;

  private answer(command: object): Promise<object> {
    const { input } = command as { input: Record<string, unknown> };
    switch (command.constructor.name) {
      case "CreateTrainingJobCommand":
      case "CreateHyperParameterTuningJobCommand":
        this.created.push(input);
        return Promise.resolve({});
      case "DescribeTrainingJobCommand":
        this.looks += 1;
        return Promise.resolve(
          String(input["TrainingJobName"]).startsWith("trial-")
            ? { BillableTimeInSeconds: 200 }
            : this.described(),
        );
      case "DescribeHyperParameterTuningJobCommand":
        this.looks += 1;
        return Promise.resolve(this.tuning());
      case "ListTrainingJobsForHyperParameterTuningJobCommand":
        return Promise.resolve(trialsPage(input["NextToken"] === "more"));
      case "DescribeEndpointCommand":
        if (this.refusal !== undefined) {
          return Promise.reject(this.refusal);
        }
        return Promise.resolve({
          EndpointConfigName: "digits-1",
          ProductionVariants: [{ CurrentInstanceCount: 2 }],
          ...this.endpoint,
        });
      case "DescribeEndpointConfigCommand":
        return Promise.resolve({ ProductionVariants: [{ InstanceType: "ml.g4dn.xlarge" }] });
      case "StopTrainingJobCommand":
        this.stopped.push(String(input["TrainingJobName"]));
        return Promise.resolve({});
      case "StopHyperParameterTuningJobCommand":
        this.stopped.push(String(input["HyperParameterTuningJobName"]));
        return Promise.resolve({});
      case "DescribeLogStreamsCommand":
        return Promise.resolve({ logStreams: [{ logStreamName: "job/algo-1" }] });
      default:
        return Promise.resolve({ events: [{ message: "training: 70%" }] });
    }
  }

  private tuning(): object {
    if (this.looks <= LOOKS || this.fate.hangs) {
      return {
        HyperParameterTuningJobStatus: "InProgress",
        TrainingJobStatusCounters: { Completed: 3 },
        BestTrainingJob: { FinalHyperParameterTuningJobObjectiveMetric: { Value: 0.98 } },
      };
    }
    return this.fate.fails
      ? { HyperParameterTuningJobStatus: "Failed", FailureReason: "No training job has a metric" }
      : { HyperParameterTuningJobStatus: "Completed", CreationTime: new Date(at(0)) };
  }

  private described(): object {
    if (this.looks <= LOOKS || this.fate.hangs) {
      return { TrainingJobStatus: "InProgress", SecondaryStatus: "Training" };
    }
    if (this.fate.fails) {
      return { TrainingJobStatus: "Failed", FailureReason: "AlgorithmError: exit code 1" };
    }
    return {
      TrainingJobStatus: "Completed",
      CreationTime: new Date(at(0)),
      TrainingStartTime: new Date(at(40)),
      TrainingEndTime: new Date(at(140)),
      BillableTimeInSeconds: 100,
      ResourceConfig: { InstanceType: "ml.m5.xlarge" },
    };
  }
}

/** Training jobs of a tuning job in two pages, the newest first: 40 s after the request, of 200 s each. */
function trialsPage(isLast: boolean): object {
  const job = (index: number, others: object): object => ({
    TrainingJobName: `trial-${index}`,
    CreationTime: new Date(at(index)),
    TrainingStartTime: new Date(at(40 + 200 * index)),
    TrainingEndTime: new Date(at(240 + 200 * index)),
    ...others,
  });
  const done = (value: number, rate: string): object => ({
    TrainingJobStatus: "Completed",
    TunedHyperParameters: { learning_rate: rate, max_depth: "3", subsample: "0.75" },
    FinalHyperParameterTuningJobObjectiveMetric: { MetricName: "accuracy", Value: value },
  });
  return isLast
    ? { TrainingJobSummaries: [job(0, done(0.95, "0.01"))] }
    : {
        TrainingJobSummaries: [
          job(2, { TrainingJobStatus: "Failed" }),
          job(1, done(0.98, "0.123456")),
        ],
        NextToken: "more",
      };
}
