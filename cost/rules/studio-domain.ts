import { isNumber, isString, readInput } from "../resources/inputs";
import type { LineItem, PriceRule } from "../rule";
import { billedHours } from "../scenarios/billed-hours";
import type { Usage, UsageName } from "../scenarios/usage";

const SETTINGS = "defaultUserSettings";
const APP = `${SETTINGS}.jupyterLabAppSettings`;
const IDLE_MINUTES = `${APP}.appLifecycleManagement.idleSettings.idleTimeoutInMinutes`;
const DISK = `${SETTINGS}.spaceStorageSettings.defaultEbsStorageSettings.defaultEbsVolumeSizeInGb`;

/**
 * A domain is free. AWS bills the hours of its apps, including idle hours until they are stopped, the disks of
 * its spaces, running or not, and the data in the home file system. The rule prices hours at the default
 * type; a larger type costs more. A disk has the default size of the domain, or the size that the notebooks
 * need if that is larger.
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
      {
        label: `Studio disks (${diskGb} GB each or more)`,
        unit: "GB-month",
        priceKey: "sagemaker.studioStorage.gbMonth",
        category: "disks",
        ...counted(usage, ["studioSpaceGb", "notebooks"], (gb, notebooks) =>
          Math.max(gb, notebooks * diskGb),
        ),
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

/** A quantity that depends on several usages. If one is unknown, the quantity is undefined, with its name. */
function counted(
  usage: Usage,
  names: readonly [UsageName, ...UsageName[]],
  quantity: (...values: number[]) => number,
): Pick<LineItem, "usage" | "quantity"> {
  const unknown = names.find((name) => usage[name] === undefined);
  return {
    usage: unknown ?? names[0],
    quantity:
      unknown === undefined ? quantity(...names.map((name) => usage[name] ?? NaN)) : undefined,
  };
}
