import { MEASURED, type Scenario } from "./scenario";
import type { Usage, UsageName } from "./usage";

/** Requests to the broker for one login: start, return from the user pool, logout. */
const REQUESTS_PER_LOGIN = 3;

/** The monthly usage of a scenario. */
export function usageOf(scenario: Scenario): Usage {
  const usage: Partial<Record<UsageName, number>> = {
    // Everybody who works on the platform logs in at least once.
    monthlyActiveUsers: scenario.people,
    notebooks: notebooks(scenario),
    notebookHours: notebookHours(scenario),
    notebookDays: notebooks(scenario) * scenario.daysPerMonth,
    notebookDisksGb: notebooks(scenario) * scenario.notebookDiskGb,
    homeFileSystemGb: scenario.people * scenario.homeGbPerPerson,
    loginRequests: loginRequests(scenario),
  };
  // A loop and not a copy of objects, since this runs for each point of a sweep over scenarios.
  for (const name of MEASURED) {
    const value = scenario[name];
    if (value !== undefined) {
      usage[name] = value;
    }
  }
  return usage;
}

/** Notebooks that are open at the same time. */
export function notebooks({ people, notebooksPerPerson }: Scenario): number {
  return people * notebooksPerPerson;
}

/** Processors that a notebook may take for a moment: at least those that it has at all times. */
export function peakVcpus({ notebookVcpus, notebookPeakVcpus = 0 }: Scenario): number {
  return Math.max(notebookVcpus, notebookPeakVcpus);
}

/** Hours a month in which notebooks are in use, summed over all notebooks, without idle hours. */
export function notebookHours(scenario: Scenario): number {
  return notebooks(scenario) * workingHours(scenario);
}

/** Hours a month in which one notebook is in use, and during which its node has to run. */
export function workingHours({ hoursPerDay, daysPerMonth }: Scenario): number {
  return hoursPerDay * daysPerMonth;
}

/** Requests a month to the login broker, if everybody logs in once on each working day. */
export function loginRequests({ people, daysPerMonth }: Scenario): number {
  return people * daysPerMonth * REQUESTS_PER_LOGIN;
}
