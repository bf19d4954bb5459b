import { PHASES, type RunSummary, type TrainingRun } from "../cost/training-run";
import type { Currency } from "../cost/currency";
import { list, type Block } from "./document";
import { usd4 } from "./numbers";
import { left, right, type Row } from "./table";

/** A run that has not done everything. */
export interface FailedRun {
  readonly stack: string;
  readonly run: string;
  /** The reason, or that it was stopped. */
  readonly reason: string;
  /** Last lines of its log. */
  readonly log: readonly string[];
}

const SECONDS = [...PHASES.map((phase) => right(titled(phase))), right("Total s")];

/** Runs of one command with their seconds and dollars, and the failures with their logs. */
export function runsBlocks(runs: readonly TrainingRun[], failed: readonly FailedRun[]): Block[] {
  return [
    ...(runs.length === 0 ? [] : [runsTable(runs), ...list("Notes", NOTES)]),
    ...failedBlocks(failed),
  ];
}

/** Failures, each with its log. */
export function failedBlocks(failed: readonly FailedRun[]): Block[] {
  return failed.map(({ stack, run, reason, log }) => ({
    kind: "code",
    title: `Run ${run} on stack ${stack}: ${reason}`,
    lines: log,
  }));
}

const NOTES = [
  "Queue: until it has a machine. Start: until its program begins. The program itself measures data, training and " +
    "database. All in seconds.",
  "USD: the cost of what the run alone used, a share of a node or an instance. Fixed: the cost of the rest of the " +
    "stack from the request to the end of the run. AWS bills it without the run, too.",
];

function runsTable(runs: readonly TrainingRun[]): Block {
  return {
    kind: "table",
    columns: [left("Stack"), left("Run"), ...SECONDS, ...["Accuracy", "USD", "Fixed"].map(right)],
    rows: runs.map(({ stack, run, seconds, accuracy, usd }): Row => ({
      kind: "line",
      cells: [stack, run, ...secondsCells(seconds), accuracy.toFixed(3), ...usdCells(usd)],
    })),
  };
}

/** The last runs of live stacks by stack and size; nothing where there are none. */
export function summariesBlocks(found: readonly RunSummary[], { code, rate }: Currency): Block[] {
  if (found.length === 0) {
    return [];
  }
  const rows = found.map((one): Row => ({
    kind: "line",
    cells: [
      one.stack,
      one.size,
      String(one.runs),
      ...secondsCells(one.seconds),
      ...usdCells(one.usd, rate),
      one.predictedUsd === null ? "-" : usd4(one.predictedUsd * rate),
    ],
  }));
  const columns = [
    ...["Training runs", "Size"].map(left),
    right("Runs"),
    ...SECONDS,
    ...[code, "Fixed", "Predicted"].map(right),
  ];
  return [
    { kind: "table", columns, rows },
    ...list("Training runs", [
      `Medians of the last runs of npm run workload, in seconds and money of a run. ${code} is what the run alone ` +
        "occupied. Fixed is the rest of the stack in that time.",
      "Predicted: training alone, as long as it takes on one core of 2024, at the price of the same machine.",
    ]),
  ];
}

/** The runs of one command as JSON. `docs/json.md` describes it. */
export function runsJson(runs: readonly TrainingRun[], failed: readonly FailedRun[]): string {
  return JSON.stringify({ version: RUNS_JSON_VERSION, runs, failed }, null, 2);
}

/** Version of the JSON of `npm run workload`, which is its own. */
const RUNS_JSON_VERSION = 1;

function secondsCells(seconds: TrainingRun["seconds"]): string[] {
  return [...PHASES.map((phase) => seconds[phase]), seconds.total].map((value) => value.toFixed(1));
}

function usdCells(usd: TrainingRun["usd"], rate = 1): string[] {
  return usd === null ? ["-", "-"] : [usd4(usd.marginal * rate), usd4(usd.fixed * rate)];
}

function titled(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
