import type { Kind } from "./kinds";
import { removeFromStudio } from "./shell";

/**
 * What there is in SageMaker. Studio gives the stack's tags to all that people start from it, so jobs and
 * endpoints are among them.
 */
export const STUDIO_KINDS: Readonly<Record<string, Kind>> = {
  "sagemaker:domain": {
    what: "Studio domain",
    remove: ({ id }) =>
      removeFromStudio(
        "domain",
        `--domain-id ${id}`,
        " --retention-policy HomeEfsFileSystem=Delete",
      ),
    charges: [],
  },
  "sagemaker:user-profile": {
    what: "Studio profile",
    remove: ({ id }) => {
      const [domain = "", profile = ""] = id.split("/");
      return removeFromStudio(
        "user-profile",
        `--domain-id ${domain} --user-profile-name ${profile}`,
      );
    },
    charges: [],
  },
  "sagemaker:endpoint": {
    what: "endpoint",
    remove: ({ id }) => [`aws sagemaker delete-endpoint --endpoint-name ${id}`],
    byUsers: true,
  },
  "sagemaker:endpoint-config": {
    what: "configuration of an endpoint",
    remove: ({ id }) => [`aws sagemaker delete-endpoint-config --endpoint-config-name ${id}`],
    charges: [],
    byUsers: true,
  },
  "sagemaker:model": {
    what: "model",
    remove: ({ id }) => [`aws sagemaker delete-model --model-name ${id}`],
    charges: [],
    byUsers: true,
  },
  "sagemaker:training-job": {
    what: "training job",
    remove: ({ id }) => [`aws sagemaker stop-training-job --training-job-name ${id}`],
    byUsers: true,
  },
  "sagemaker:processing-job": {
    what: "processing job",
    remove: ({ id }) => [`aws sagemaker stop-processing-job --processing-job-name ${id}`],
    byUsers: true,
  },
  "sagemaker:transform-job": {
    what: "transform job",
    remove: ({ id }) => [`aws sagemaker stop-transform-job --transform-job-name ${id}`],
    byUsers: true,
  },
  "sagemaker:hyper-parameter-tuning-job": {
    what: "tuning job",
    remove: ({ id }) => [
      `aws sagemaker stop-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name ${id}`,
    ],
    byUsers: true,
  },
};
