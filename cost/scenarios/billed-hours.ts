import { HOURS_PER_MONTH } from "../rule";

/** Use of notebooks in a month, all of them together. */
export interface NotebookUse {
  readonly notebooks: number;
  readonly hours: number;
  /** Days on which each is in use, summed over all. */
  readonly days: number;
}

/**
 * Hours a month that AWS bills for machines that stop when idle: those in use, and after the last of
 * each day the idle ones until the stop. This is the most: a person who stops a notebook by hand, or
 * returns to it before, pays less. No notebook runs longer than the month.
 */
export function billedHours({ notebooks, hours, days }: NotebookUse, idleMinutes: number): number {
  return Math.min(notebooks * HOURS_PER_MONTH, hours + (days * idleMinutes) / 60);
}
