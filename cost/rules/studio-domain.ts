import { isNumber, isString, readInput } from "../resources/inputs";
import type { DeclaredResource, LineItem, PriceRule } from "../rule";
import { isRecord } from "../../settings/schema/setting";
import { billedHours } from "../scenarios/billed-hours";
import type { Usage, UsageName } from "../scenarios/usage";

const APP = "jupyterLabAppSettings";
const TYPE = `${APP}.defaultResourceSpec.instanceType`;
const IDLE_MINUTES = `${APP}.appLifecycleManagement.idleSettings.idleTimeoutInMinutes`;
const DISK = "spaceStorageSettings.defaultEbsStorageSettings.defaultEbsVolumeSizeInGb";

/**
 * A domain is free. AWS bills the hours of its apps, including idle hours until they are stopped, the disks of
 * its spaces, running or not, and the data in the home file system. The rule prices hours at the default
 * type; a larger type costs more. A disk has the default size, or the size that the notebooks need if that is
 * larger. Profiles have these defaults, all of a stack the same.
 */
export const studioDomain: PriceRule = {
  type: "aws:sagemaker/domain:Domain",
  service: "SageMaker",
  category: "notebooks",
  source: "https://aws.amazon.com/sagemaker/ai/pricing/",
  lines: (resource, { usage, stack }) => {
    const [holder, settings] = defaultsOf(resource, stack);
    const type = readInput(holder, `${settings}.${TYPE}`, isString);
    const idleMinutes = readInput(holder, `${settings}.${IDLE_MINUTES}`, isNumber);
    const diskGb = readInput(holder, `${settings}.${DISK}`, isNumber);
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

/** The resource with the defaults of apps and disks, and the input that has them: a profile, or else the domain,
 * which had them in version 0.1.0. */
function defaultsOf(
  domain: DeclaredResource,
  stack: readonly DeclaredResource[],
): [holder: DeclaredResource, input: string] {
  const profile = stack.find(
    ({ type, inputs }) =>
      type === "aws:sagemaker/userProfile:UserProfile" &&
      isRecord(inputs["userSettings"]) &&
      APP in inputs["userSettings"],
  );
  return profile === undefined ? [domain, "defaultUserSettings"] : [profile, "userSettings"];
}

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
