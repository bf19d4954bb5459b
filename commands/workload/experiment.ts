import { KATIB_METHODS, TRIAL, TRIALS_NAMESPACE } from "../../settings/names";
import { RUN_LABEL } from "./cluster-pods";
import type { TuningRequest } from "./runner";
import type { Choice, NumberRange, SearchSpace } from "./search-space";

/** Failed trials after which Katib ends an Experiment. */
const MOST_FAILED = 3;

/** The values of a parameter as Katib has them, all as texts. */
export interface FeasibleSpace {
  readonly min?: string;
  readonly max?: string;
  readonly step?: string;
  readonly list?: readonly string[];
  readonly distribution?: "uniform" | "logUniform";
}

/** A parameter of an Experiment. */
export interface KatibParameter {
  readonly name: string;
  readonly parameterType: "double" | "int" | "categorical";
  readonly feasibleSpace: FeasibleSpace;
}

/**
 * Parameters of a search space as Katib has them.
 * https://www.kubeflow.org/docs/components/katib/user-guides/hp-tuning/configure-experiment/
 */
export function katibParameters({
  parameters,
}: Pick<SearchSpace, "parameters">): readonly KatibParameter[] {
  return parameters.map((one) => ({
    name: one.name,
    parameterType: TYPES[one.type],
    feasibleSpace: one.type === "categorical" ? { list: one.values.map(String) } : rangeOf(one),
  }));
}

const TYPES = { float: "double", int: "int", categorical: "categorical" } as const;

function rangeOf({ low, high, step, log = false }: NumberRange): FeasibleSpace {
  return {
    min: String(low),
    max: String(high),
    ...(step !== undefined && { step: String(step) }),
    distribution: log ? "logUniform" : "uniform",
  };
}

/** The value of a parameter that Katib writes as a text. */
export function valueOf(one: NumberRange | Choice, text: string): number | string {
  return one.type === "categorical"
    ? (one.values.find((value) => String(value) === text) ?? text)
    : Number(text);
}

/** The part of a Job from which trials are made, as `kubectl create job --from` prints it. */
export interface TrialDraft {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly [object, ...object[]] };
    };
  };
}

/** Name of an Experiment: 40 characters at most, which the longest name of a person and a run have. */
export function experimentName({ person, run }: Pick<TuningRequest, "person" | "run">): string {
  return `${person}-${run}`;
}

/**
 * The Experiment for a tuning. Its trials are Jobs from the draft, each with its parameters as options; Katib reads the
 * metric from what they print.
 */
export function experimentOf(draft: TrialDraft, request: TuningRequest): object {
  const { run, size, space } = request;
  const { objective, trials, parallel, seed, parameters } = space;
  const [program, ...others] = draft.spec.template.spec.containers;
  const options = parameters.map(({ name }) => `--${name}=\${trialParameters.${name}}`);
  const template = draft.spec.template;
  return {
    apiVersion: "kubeflow.org/v1beta1",
    kind: "Experiment",
    metadata: {
      name: experimentName(request),
      namespace: TRIALS_NAMESPACE,
      labels: { [RUN_LABEL]: run },
    },
    spec: {
      objective: { type: objective.direction, objectiveMetricName: objective.name },
      algorithm: {
        algorithmName: KATIB_METHODS.algorithm,
        algorithmSettings: [{ name: "random_state", value: String(seed) }],
      },
      maxTrialCount: trials,
      parallelTrialCount: Math.min(parallel, trials),
      maxFailedTrialCount: Math.min(MOST_FAILED, trials),
      // The pod that suggests goes with the last trial.
      resumePolicy: "Never",
      parameters: katibParameters(space),
      metricsCollectorSpec: { collector: { kind: KATIB_METHODS.collector } },
      trialTemplate: {
        // Their pods say what they occupied; they go with the Experiment.
        retain: true,
        primaryContainerName: TRIAL,
        trialParameters: parameters.map(({ name }) => ({ name, reference: name })),
        trialSpec: {
          apiVersion: "batch/v1",
          kind: "Job",
          spec: {
            ...draft.spec,
            template: {
              ...template,
              spec: {
                ...template.spec,
                containers: [{ ...program, args: ["--size", size, ...options] }, ...others],
              },
            },
          },
        },
      },
    },
  };
}
