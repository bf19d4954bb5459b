import type { PodRequests, Resources } from "../values/resources";

/**
 * Image of Triton: the same release as SageMaker's newest image of it, with ONNX Runtime 1.24. A newer one is not on
 * both.
 * https://docs.nvidia.com/deeplearning/triton-inference-server/release-notes/
 */
export const TRITON_IMAGE = "nvcr.io/nvidia/tritonserver:26.05-py3";

/**
 * Image with the AWS CLI, which copies a model from the bucket: 130 MB beside Triton's 8 GB. The images that nodes
 * have already, of the hub and of notebooks, have no client of S3.
 * https://gallery.ecr.aws/aws-cli/aws-cli
 */
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

/** Requests on the nodes of notebooks of what the program runs as Deployments of its own, by their names. */
export const DEPLOYMENTS = {
  triton: { onceACluster: TRITON_REQUESTS },
} as const satisfies Readonly<Record<string, PodRequests>>;
