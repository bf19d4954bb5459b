import type {
  CreateHyperParameterTuningJobCommandInput,
  ParameterRanges,
} from "@aws-sdk/client-sagemaker";
import { tuningJobName } from "../../settings/names";
import { LONGEST_TUNING_SECONDS } from "../../settings/versions/training";
import type { TuningRequest } from "./runner";
import type { JobTemplate } from "./sagemaker";
import { steps, type NumberRange, type SearchSpace } from "./search-space";

/**
 * Ranges of a search space as SageMaker has them, with numbers as texts. It has no steps: a range with a step becomes
 * a choice. Values of a choice are JSON, as the toolkit in the image reads every hyperparameter.
 */
export function parameterRanges({ parameters }: Pick<SearchSpace, "parameters">): ParameterRanges {
  const choices = parameters.flatMap((one) =>
    one.type === "categorical"
      ? [{ Name: one.name, Values: one.values.map((value) => JSON.stringify(value)) }]
      : one.step === undefined
        ? []
        : [{ Name: one.name, Values: steps(one).map(String) }],
  );
  const numbers = (type: NumberRange["type"]) =>
    parameters.flatMap((one) =>
      one.type === type && one.step === undefined
        ? [
            {
              Name: one.name,
              MinValue: String(one.low),
              MaxValue: String(one.high),
              ScalingType: one.log === true ? ("Logarithmic" as const) : ("Linear" as const),
            },
          ]
        : [],
    );
  return {
    ContinuousParameterRanges: numbers("float"),
    IntegerParameterRanges: numbers("int"),
    CategoricalParameterRanges: choices,
  };
}

/** Regular expression with which SageMaker reads a metric from the log, in a line that `train.py` prints. */
export function metricPattern(name: string): string {
  return `${name}=([0-9.]+)`;
}

/**
 * The request for a tuning job whose trials are the training jobs of a template. Each has the name that SageMaker
 * gives it as its run. The program is named by hyperparameters, since a tuning job has no entry point.
 */
export function tuningJobRequest(
  template: JobTemplate,
  stackId: string,
  { run, person, size, space }: TuningRequest,
): CreateHyperParameterTuningJobCommandInput {
  const { objective, trials, parallel, seed } = space;
  return {
    HyperParameterTuningJobName: tuningJobName(stackId, person, run),
    HyperParameterTuningJobConfig: {
      Strategy: "Bayesian",
      HyperParameterTuningJobObjective: {
        Type: objective.direction === "maximize" ? "Maximize" : "Minimize",
        MetricName: objective.name,
      },
      ResourceLimits: {
        MaxNumberOfTrainingJobs: trials,
        MaxParallelTrainingJobs: Math.min(parallel, trials),
        MaxRuntimeInSeconds: LONGEST_TUNING_SECONDS,
      },
      ParameterRanges: parameterRanges(space),
      // A trial prints its metric once, at its end: there is nothing to stop it by.
      TrainingJobEarlyStoppingType: "Off",
      RandomSeed: seed,
    },
    TrainingJobDefinition: {
      StaticHyperParameters: { ...template.HyperParameters, size: JSON.stringify(size) },
      AlgorithmSpecification: {
        TrainingImage: template.AlgorithmSpecification?.TrainingImage,
        TrainingInputMode: template.AlgorithmSpecification?.TrainingInputMode,
        MetricDefinitions: [{ Name: objective.name, Regex: metricPattern(objective.name) }],
      },
      RoleArn: template.RoleArn,
      InputDataConfig: template.InputDataConfig,
      OutputDataConfig: template.OutputDataConfig,
      ResourceConfig: template.ResourceConfig,
      StoppingCondition: template.StoppingCondition,
      VpcConfig: template.VpcConfig,
      Environment: template.Environment,
    },
    Tags: template.Tags,
  };
}
