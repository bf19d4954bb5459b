import { MEASURED, type Scenario } from "./scenario";
import type { Usage, UsageName } from "./usage";

/** Requests of one login to the broker: begin, come back from the user pool, and out again. */
const REQUESTS_PER_LOGIN = 3;

/** The usage of a month that a scenario stands for. */
export function usageOf(scenario: Scenario): Usage {
  const usage: Partial<Record<UsageName, number>> = {
    // Who works on the platform has logged in at least once.
    monthlyActiveUsers: scenario.people,
    notebooks: notebooks(scenario),
    notebookHours: notebookHours(scenario),
    notebookDays: notebooks(scenario) * scenario.daysPerMonth,
    studioSpaceGb: notebooks(scenario) * scenario.notebookDiskGb,
    homeFileSystemGb: scenario.people * scenario.homeGbPerPerson,
    loginRequests: loginRequests(scenario),
  };
  // A loop, since this runs for each point of a scenario sweep.
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

/** Hours a month in which people work in notebooks, all of them together; nothing idle is in it. */
export function notebookHours(scenario: Scenario): number {
  return notebooks(scenario) * workingHours(scenario);
}

/** Hours a month in which one notebook is in use, and the nodes below it have to run. */
export function workingHours({ hoursPerDay, daysPerMonth }: Scenario): number {
  return hoursPerDay * daysPerMonth;
}

/** Requests a month to the login broker: everybody logs in once on each working day. */
export function loginRequests({ people, daysPerMonth }: Scenario): number {
  return people * daysPerMonth * REQUESTS_PER_LOGIN;
}
