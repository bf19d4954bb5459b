import { isNumber, isString, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";
import { billedHours } from "../scenarios/billed-hours";
import { notebookDisks } from "./notebook-disks";
import { counted } from "./usage-count";

const SETTINGS = "defaultUserSettings";
const APP = `${SETTINGS}.jupyterLabAppSettings`;
const IDLE_MINUTES = `${APP}.appLifecycleManagement.idleSettings.idleTimeoutInMinutes`;
const DISK = `${SETTINGS}.spaceStorageSettings.defaultEbsStorageSettings.defaultEbsVolumeSizeInGb`;

/**
 * A domain is free. AWS bills the hours of its apps, including idle hours until they are stopped, the disks of
 * its spaces, running or not, and the data in the home file system. The rule prices hours at the default
 * type; a larger type costs more.
 */
export const studioDomain: PriceRule = {
  type: "aws:sagemaker/domain:Domain",
  service: "SageMaker",
  category: "notebooks",
  source: "https://aws.amazon.com/sagemaker/ai/pricing/",
  lines: (resource, { usage }) => {
    const type = readInput(resource, `${APP}.defaultResourceSpec.instanceType`, isString);
    const idleMinutes = readInput(resource, IDLE_MINUTES, isNumber);
    const diskGb = readInput(resource, DISK, isNumber);
    return [
      {
        label: `Studio notebooks (${type}, stopped after ${idleMinutes} idle minutes)`,
        unit: "hour",
        priceKey: `sagemaker.${type}.studio.hour`,
        ...counted(
          usage,
          ["notebookHours", "notebookDays", "notebooks"],
          (hours, days, notebooks) => billedHours({ notebooks, hours, days }, idleMinutes),
        ),
      },
      notebookDisks(
        {
          name: "Studio disks",
          eachGb: diskGb,
          priceKey: "sagemaker.studioStorage.gbMonth",
          service: "SageMaker",
        },
        usage,
      ),
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
