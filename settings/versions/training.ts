import { awsImage, type AwsImage } from "./aws-images";

/** Seconds that a run of the workload may take on any target: a limit on the cost of a forgotten one. */
export const LONGEST_TRAINING_SECONDS = 3600;

/** Seconds that a tuning may take on any target, all its trials together: a limit on the cost of a forgotten one. */
export const LONGEST_TUNING_SECONDS = 2 * LONGEST_TRAINING_SECONDS;

/** Most trials of one tuning at the same time: the pods that the quota of a person's namespace admits. */
export const MOST_PARALLEL = 4;

/**
 * Image of SageMaker's training jobs: AWS's PyTorch image for CPUs, with Python 3.12 and the toolkit that runs a script
 * with its requirements. AWS's image for scikit-learn has Python 3.10, on which the locked packages do not run.
 * https://github.com/aws/deep-learning-containers/pull/5149
 */
const IMAGE = "pytorch-training:2.8.0-cpu-py312-ubuntu22.04-sagemaker";
/** Image of training jobs in a region. */
export function trainingImage(region: string): AwsImage {
  return awsImage(region, IMAGE);
}

/**
 * Studio types that SageMaker does not offer for training, of those that the program knows.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
 */
const NOT_FOR_TRAINING =
  /^ml\.(m5\.(8|16)xlarge|c5\.(large|12xlarge|24xlarge)|c6i\.large|r6i\..*)$/;

/** True if a training job may run on a Studio type. */
export function trainsOn(studioType: string): boolean {
  return !NOT_FOR_TRAINING.test(studioType);
}
