import { isComplete, type TuningRun } from "../cost/tuning-run";
import { list, type Block } from "./document";
import { usd4 } from "./numbers";
import { left, right, type Row } from "./table";
import { failedBlocks, type FailedRun } from "./training-runs";

/** Tunings of one command, each with its best trial, its seconds and dollars, and the failures with their logs. */
export function tuningsBlocks(
  tunings: readonly TuningRun[],
  failed: readonly FailedRun[],
): Block[] {
  return [
    ...(tunings.length === 0 ? [] : [tuningsTable(tunings), ...list("Notes", NOTES)]),
    ...failedBlocks(failed),
  ];
}

const NOTES = [
  "Trials: those that have a result, of those asked for. Beside them the best result with its parameters. Total: " +
    "seconds from the request to the end.",
  "USD: the cost of what all trials used, with the starts of their machines: shares of nodes or instances. Fixed: the " +
    "cost of the rest of the stack in that time. AWS bills it without the trials, too.",
];

function tuningsTable(tunings: readonly TuningRun[]): Block {
  const objective = tunings[0]?.objective.name ?? "";
  const parameters = [
    ...new Set(tunings.flatMap(({ best }) => Object.keys(best?.parameters ?? {}))),
  ];
  return {
    kind: "table",
    columns: [
      ...["Stack", "Run"].map(left),
      ...["Trials", `Best ${objective}`, ...parameters].map(right),
      ...["Total s", "USD a trial", "USD", "Fixed"].map(right),
    ],
    rows: tunings.map((one): Row => {
      const { stack, run, trials, wanted, best, seconds } = one;
      const values = parameters.map((name) => shown(best?.parameters[name]));
      return {
        kind: "line",
        cells: [
          ...[stack, run, `${trials.filter(isComplete).length} of ${wanted}`],
          ...[best?.value?.toFixed(4) ?? "-", ...values, seconds.total.toFixed(1)],
          ...dollars(one),
        ],
      };
    }),
  };
}

/** A parameter with four digits that count. */
function shown(value: number | string | undefined): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : (value ?? "-");
}

function dollars({ usd }: TuningRun): string[] {
  return [usd?.perTrial, usd?.marginal, usd?.fixed].map((value) =>
    value === undefined || value === null ? "-" : usd4(value),
  );
}

/** The tunings of one command as JSON. `docs/json.md` describes it. */
export function tuningsJson(tunings: readonly TuningRun[], failed: readonly FailedRun[]): string {
  return JSON.stringify({ version: TUNINGS_JSON_VERSION, tunings, failed }, null, 2);
}

/** Version of the JSON of `npm run tune`, which is its own. */
const TUNINGS_JSON_VERSION = 1;
