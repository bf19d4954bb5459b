import type { Scenario } from "../scenarios/scenario";
import { notebooks } from "../scenarios/scenario-usage";

/** Ways to run the nodes of a cluster, and to pay for them. */
export const NODE_WAYS = [
  { mode: "always on", terms: "on-demand", price: "hour" },
  { mode: "working hours", terms: "on-demand", price: "hour" },
  {
    mode: "1 year, no upfront",
    terms: "reserved for 1 year, no upfront",
    price: "reserved1yNoUpfront.hour",
  },
  {
    mode: "1 year, all upfront",
    terms: "reserved for 1 year, all upfront",
    price: "reserved1yAllUpfront.hour",
  },
] as const;

/** A way to run the nodes of a cluster: its terms as a bill names them, and the end of its price keys. */
export type NodeWay = (typeof NODE_WAYS)[number];

/** Ways to run and pay for the machines of notebooks. */
export type Mode = NodeWay["mode"] | "by use";

/**
 * Hours of a day on which a cluster is up that runs in working hours: from the start of the first person
 * until the last notebook has been idle long enough to be stopped.
 */
export function hoursUp(scenario: Scenario, idleMinutes: number): number {
  const { people, hoursPerDay, spreadHours } = scenario;
  return Math.min(24, hoursPerDay + (people > 1 ? spreadHours : 0) + idleMinutes / 60);
}

/**
 * vCPU-hours a month beyond what burstable machines earn: their surplus CPU credits. AWS compares 24 hours,
 * or the life of a machine if that is shorter. Machines share the load evenly, and only notebooks take CPU.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
 *
 * @param baselineVcpus vCPUs that all machines together give all the time.
 * @param hoursOn hours of a day on which the machines run.
 */
export function surplusVcpuHours(
  scenario: Scenario,
  baselineVcpus: number,
  hoursOn: number,
): number {
  const { notebookVcpus, hoursPerDay, daysPerMonth } = scenario;
  const used = notebooks(scenario) * notebookVcpus * hoursPerDay;
  return Math.max(0, used - baselineVcpus * hoursOn) * daysPerMonth;
}
