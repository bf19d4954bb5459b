import { hasGpu, INSTANCE_TYPES } from "../values/instance-types";
import type { PodRequests, Resources } from "../values/resources";
import { awsImage, type AwsImage } from "./aws-images";

/**
 * Release of Triton and Python, on clusters and on SageMaker: SageMaker's newest, with ONNX Runtime 1.24. A newer one
 * is not on both.
 * https://docs.nvidia.com/deeplearning/triton-inference-server/release-notes/
 */
const TRITON = "26.05-py3";

/** Image of Triton on clusters. */
export const TRITON_IMAGE = `nvcr.io/nvidia/tritonserver:${TRITON}`;

/**
 * Image of Triton on an endpoint: the same server, started by a script that reads the variables of SageMaker. The one
 * for CPUs is smaller.
 * https://github.com/aws/sagemaker-python-sdk/blob/master/sagemaker-core/src/sagemaker/core/image_uri_config/sagemaker-tritonserver.json
 *
 * @param type instance type of the endpoint, `ml.…`.
 */
export function endpointImage(region: string, type: string): AwsImage {
  return awsImage(region, `sagemaker-tritonserver:${TRITON}${endpointHasGpu(type) ? "" : "-cpu"}`);
}

/**
 * Operating system of an endpoint's instance with a GPU, with NVIDIA's driver 580. The default has driver 535, which
 * is too old for the CUDA in this release.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
export const GPU_ENDPOINT_AMI = "al2023-ami-sagemaker-inference-gpu-4-1";

/**
 * Types that SageMaker does not offer for endpoints, of these families.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
const NOT_FOR_ENDPOINTS = /^ml\.(m5\.(8|16)xlarge|c5\.(12|24)xlarge|r5\.(8|16)xlarge)$/;

/** Instance types that an endpoint can have: `ml.` before an EC2 type. Triton's image is for Intel and AMD. */
export const ENDPOINT_TYPES: ReadonlySet<string> = new Set(
  [...INSTANCE_TYPES.keys()]
    .filter((type) => /^(m5|m6i|m7i|c5|c6i|c7i|r5|r6i|g4dn|g5|g6)\./.test(type))
    .map((type) => `ml.${type}`)
    .filter((type) => !NOT_FOR_ENDPOINTS.test(type)),
);

/** True for an instance type of SageMaker with GPUs. */
export function endpointHasGpu(type: string): boolean {
  return hasGpu({ name: type.replace(/^ml\./, "") });
}

/**
 * Image with the AWS CLI, which copies a model from the bucket: 130 MB beside Triton's 8 GB. The images that nodes
 * have already, of the hub and of notebooks, have no client of S3.
 * https://gallery.ecr.aws/aws-cli/aws-cli
 */
// renovate: datasource=docker depName=public.ecr.aws/aws-cli/aws-cli
export const AWS_CLI_IMAGE = "public.ecr.aws/aws-cli/aws-cli:2.35.19";

/** GiB of a node's disk that Triton's image needs beside those of notebooks; 24.06 had 15.5 GB unpacked. */
export const TRITON_DISK_GIB = 20;

/** Requests of Triton with a small model on CPUs. A server with one took 35 MB (measured 2026-11-29). */
export const TRITON_REQUESTS: Resources = { millicores: 500, mib: 1024 };

/**
 * Requests of Triton on a node with a GPU, which it has for itself: of an xlarge, with 4 vCPUs and 16 GiB, about what
 * kubelet and the pods of every node leave. The libraries of CUDA and TensorRT take some GiB of memory.
 */
export const TRITON_GPU_REQUESTS: Resources = { millicores: 3000, mib: 12 * 1024 };

/** Requests of the Deployments that the program declares without a chart, by name; they run on the nodes of notebooks. */
export const DEPLOYMENTS = {
  triton: { onceACluster: TRITON_REQUESTS },
} as const satisfies Readonly<Record<string, PodRequests>>;
