import { CostError } from "../cost-error";
import { isString, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";
import { notebookDisks } from "./notebook-disks";
import { notebookExtras } from "./notebook-extras";

/** Values of JupyterHub's chart that have the size of a new home, e.g. `10Gi`. */
const HOME = "values.singleuser.storage.capacity";

/**
 * A chart is free: its pods run on machines that are priced. JupyterHub creates a volume for each home at its
 * first start, which AWS bills while the notebook is stopped, too.
 */
export const release: PriceRule = {
  type: "kubernetes:helm.sh/v3:Release",
  service: "EBS",
  category: "disks",
  source: "https://aws.amazon.com/ebs/pricing/",
  freeReason: "A chart, whose pods run on machines that are priced",
  lines: (resource, { usage, stack }) => {
    if (readInput(resource, "chart", isString) !== "jupyterhub") {
      return [];
    }
    const size = readInput(resource, HOME, isString);
    const [, gib] = /^(\d+)Gi$/.exec(size) ?? [];
    if (gib === undefined) {
      throw new CostError(
        `${resource.type} "${resource.name}" cannot be priced: ${HOME} is ${size}; write it as 10Gi`,
      );
    }
    const priceKey = "ebs.gp3.gbMonth";
    const disks = { name: "Notebook homes", eachGb: Number(gib), priceKey, service: "EBS" };
    return [notebookDisks(disks, usage), ...notebookExtras({ usage, stack })];
  },
};
