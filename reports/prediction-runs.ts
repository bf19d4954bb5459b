import type { PredictionRun, ServerMachines } from "../cost/prediction-run";
import { list, type Block } from "./document";
import { machineName, number, usd4 } from "./numbers";
import { left, right } from "./table";
import { failedBlocks, type FailedRun } from "./training-runs";

/** Loads of one command, each with the answers of a model server and their price, and the failures with their logs. */
export function predictionsBlocks(
  runs: readonly PredictionRun[],
  failed: readonly FailedRun[],
): Block[] {
  const [first] = runs;
  return [
    ...(first === undefined ? [] : [predictionsTable(runs), ...list("Notes", notes(first))]),
    ...failedBlocks(failed),
  ];
}

function notes({ load: { clients, images } }: PredictionRun): string[] {
  const asking = clients === 1 ? "One client asked" : `${number(clients)} clients asked`;
  return [
    `${asking}, ${images === 1 ? "an image" : `${number(images)} images`} in each request. p50 and p95: milliseconds ` +
      "in which that share of the requests was answered, without the warm-up.",
    "USD for 1,000: while the server answers at this rate all the time. Idle: USD of its month, whether anybody asks or not.",
    "Break-even: the number of predictions a day above which the server costs less than a daily Job that predicts as fast; " +
      "none if the server cannot answer so many.",
  ];
}

function predictionsTable(runs: readonly PredictionRun[]): Block {
  return {
    kind: "table",
    columns: [
      ...["Stack", "Server"].map(left),
      ...["p50 ms", "p95 ms", "Right", "Per second", "USD for 1,000"].map(right),
      ...["Idle a month", "Break-even a day"].map(right),
    ],
    rows: runs.map((one) => {
      const { stack, server, latency, accuracy, rate, usd, breakEven } = one;
      const none = usd === null ? "-" : "none";
      return {
        kind: "line",
        cells: [
          ...[stack, serverName(server)],
          ...[latency.p50, latency.p95].map((seconds) => (seconds * 1000).toFixed(1)),
          ...[`${(accuracy * 100).toFixed(1)} %`, rate.toFixed(1)],
          usd === null ? "-" : significant(usd.perThousand),
          usd === null ? "-" : usd.idleMonth.toFixed(2),
          breakEven === null ? none : number(breakEven),
        ],
      };
    }),
  };
}

/** A share of a node, such as `0.5 vCPU of m5.xlarge`, or an instance. */
function serverName({ machine, count }: ServerMachines): string {
  const name =
    machine.kind === "share"
      ? `${number(machine.vcpus)} vCPU of ${machine.instanceType}`
      : machine.instanceType;
  return machineName({ instanceType: name, ...(count > 1 && { count }) });
}

/** Dollars with two digits that count, four decimals at least: thousands of small predictions cost less than a cent. */
function significant(usd: number): string {
  return usd < 0.001 ? usd.toLocaleString("en-US", { maximumSignificantDigits: 2 }) : usd4(usd);
}

/** The loads of one command as JSON. `docs/json.md` describes it. */
export function predictionsJson(
  runs: readonly PredictionRun[],
  failed: readonly FailedRun[],
): string {
  return JSON.stringify({ version: PREDICTIONS_JSON_VERSION, runs, failed }, null, 2);
}

/** Version of the JSON of `npm run predict`, which is its own. */
const PREDICTIONS_JSON_VERSION = 1;
