import { isText, known } from "../known";
import type { PriceRule } from "../rule";

/**
 * A domain is free. Billed are the hours in which its apps run, idle ones until they are stopped, the
 * disks of its spaces, running or not, and what lies in the home file system. Hours are priced at the
 * type that a notebook starts on; who chooses a larger one pays more.
 */
export const studioDomain: PriceRule = {
  type: "aws:sagemaker/domain:Domain",
  service: "SageMaker",
  category: "notebooks",
  source: "https://aws.amazon.com/sagemaker/ai/pricing/",
  lines: (resource, { usage }) => {
    const type = known(
      resource,
      "defaultUserSettings.jupyterLabAppSettings.defaultResourceSpec.instanceType",
      isText,
    );
    return [
      {
        label: `Studio notebooks (${type})`,
        unit: "hour",
        quantity: usage.studioHours,
        usage: "studioHours",
        priceKey: `sagemaker.${type}.studio.hour`,
      },
      {
        label: "Studio disks",
        unit: "GB-month",
        quantity: usage.studioSpaceGb,
        usage: "studioSpaceGb",
        priceKey: "sagemaker.studioStorage.gbMonth",
        category: "disks",
      },
      {
        label: "Home file system",
        unit: "GB-month",
        quantity: usage.homeFileSystemGb,
        usage: "homeFileSystemGb",
        priceKey: "efs.standard.gbMonth",
        service: "EFS",
        category: "disks",
      },
    ];
  },
};
