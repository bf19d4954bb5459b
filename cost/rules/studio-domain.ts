import { isNumber, isString, readInput } from "../resources/inputs";
import type { LineItem, PriceRule } from "../rule";
import { billedHours } from "../scenarios/billed-hours";
import type { Usage, UsageName } from "../scenarios/usage";

const SETTINGS = "defaultUserSettings";
const APP = `${SETTINGS}.jupyterLabAppSettings`;
const IDLE_MINUTES = `${APP}.appLifecycleManagement.idleSettings.idleTimeoutInMinutes`;
const DISK = `${SETTINGS}.spaceStorageSettings.defaultEbsStorageSettings.defaultEbsVolumeSizeInGb`;

/**
 * A domain is free. Billed are the hours in which its apps run, idle ones until they are stopped, the
 * disks of its spaces, running or not, and what lies in the home file system. Hours are priced at the
 * type that a notebook starts on; who chooses a larger one pays more. A disk is the domain's default,
 * or what the notebooks need where that is more.
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

/** A quantity that several usages give; while one is unknown, so is the quantity, for want of that one. */
function counted(
  usage: Usage,
  names: readonly [UsageName, ...UsageName[]],
  quantity: (...values: number[]) => number,
): Pick<LineItem, "usage" | "quantity"> {
  const open = names.find((name) => usage[name] === undefined);
  return {
    usage: open ?? names[0],
    quantity: open === undefined ? quantity(...names.map((name) => usage[name] ?? NaN)) : undefined,
  };
}
