import { sagemakerPriceKey } from "../../settings/values/instance-types";
import { isNumber, isString, readInput } from "../resources/inputs";
import type { DeclaredResource, PriceRule } from "../rule";
import { isRecord } from "../../settings/schema/setting";
import { billedHours } from "../scenarios/billed-hours";
import { notebookDisks } from "./notebook-disks";
import { notebookExtras } from "./notebook-extras";
import { counted } from "./usage-count";

const APP = "jupyterLabAppSettings";
const TYPE = `${APP}.defaultResourceSpec.instanceType`;
const IDLE_MINUTES = `${APP}.appLifecycleManagement.idleSettings.idleTimeoutInMinutes`;
const DISK = "spaceStorageSettings.defaultEbsStorageSettings.defaultEbsVolumeSizeInGb";

/**
 * A domain is free. AWS bills the hours of its apps, including idle hours until they are stopped, the disks of
 * its spaces, running or not, and the data in the home file system. The rule prices hours at the default
 * type; a larger type costs more. Profiles have these defaults, all of a stack the same.
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
        priceKey: sagemakerPriceKey(type, "studio"),
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
      ...notebookExtras({ usage, stack }),
    ];
  },
};

/**
 * The resource with the defaults of apps and disks, and the input that has them: a profile, or else the domain,
 * which had them in version 0.1.0.
 */
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
