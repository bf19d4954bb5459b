import type { Result } from "../../settings/contract";
import type { InstanceType } from "../../settings/values/instance-types";
import { instancePriceKey, type PriceBook } from "../price-book";
import type { Scenario } from "../scenarios/scenario";
import { typeOf } from "./node-platform";
import type { Addition } from "./offer";

/** Purpose for which SageMaker has a price of its own, as the price keys name it. */
export type JobUse = "training" | "hosting";

/** Work beside notebooks: machines of one type for some hours. */
const JOBS = [
  { what: "Training", use: "training", hours: "trainingHours", type: "trainingType" },
  { what: "Endpoints", use: "hosting", hours: "endpointHours", type: "endpointType" },
] as const;

/** Types of a scenario that has hours and names none: the smallest without CPU credits that fits much. */
const FALLBACK = { trainingType: "m5.xlarge", endpointType: "m5.large" } as const;

/** Place in a platform that runs such work. */
export interface JobPlace {
  readonly service: string;
  /** AWS's name of the machine with the size of an EC2 type. */
  readonly machineOf: (type: InstanceType) => string;
  /** Price keys of an hour, the best first: a further one stands in where a region lacks the price. */
  readonly priceKeys: (machine: string, use: JobUse) => readonly string[];
}

/** Nodes that a cluster starts for a job and deletes after it. */
export const NODE_JOBS: JobPlace = {
  service: "EC2",
  machineOf: ({ name }) => name,
  priceKeys: (machine) => [instancePriceKey(machine)],
};

/**
 * The lines of training and endpoints, of which a scenario may have hours. Machines run for these hours only,
 * on every platform; their disks and the data that they read are not counted.
 */
export function jobLines(
  { service, machineOf, priceKeys }: JobPlace,
  book: PriceBook,
  scenario: Scenario,
): Result<readonly Addition[]> {
  const lines: Addition[] = [];
  for (const { what, use, hours, type } of JOBS) {
    const quantity = scenario[hours] ?? 0;
    const machine = machineOf(typeOf(scenario[type] ?? FALLBACK[type]));
    const [best, ...others] = priceKeys(machine, use);
    const key = [best ?? "", ...others].find((one) => book.has(one));
    if (quantity > 0 && key === undefined) {
      return {
        problem: `${book.region} has no price of ${machine} for ${type}; choose another type`,
      };
    }
    if (quantity > 0 && key !== undefined) {
      const note = key === best ? "" : ", at the price of a notebook: this region's is not known";
      lines.push({
        service,
        category: "compute",
        label: `${what} (${machine}${note})`,
        unit: "hour",
        quantity,
        priceKey: key,
      });
    }
  }
  return { ok: lines };
}
