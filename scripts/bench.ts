/**
 * `npm run bench`: how long a person waits for prices, against the least that could be waited for.
 * docs/benchmarks.md says what the numbers mean.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { declaredStack, priceStack } from "../commands/price-stack";
import { breakEvenMap } from "../cost/compare/break-even-map";
import { equalServices } from "../cost/compare/equal-capacity";
import type { PricedStack } from "../cost/compare/priced-stack";
import { USD } from "../cost/currency";
import { priceBook } from "../cost/price-book";
import { today } from "../settings";
import { DEFAULT_SCENARIO, readScenario } from "../cost/scenarios/scenario";
import { usageOf } from "../cost/scenarios/scenario-usage";
import { priceFunction } from "../cost/price-function";
import { stackNames } from "../settings/schema/stack-file";
import { TARGET_NAMES } from "../settings/shared";
import type { Overrides } from "../settings/targets/profile";
import { dependencies } from "../package.json";

const ROOT = join(__dirname, "..");
const RUNS = 7;
/** One stack of each target; it has the target's name. */
const COMPARED = TARGET_NAMES;
const SDKS = Object.keys(dependencies).filter((name) => name.startsWith("@pulumi/"));

/** A command that has ended: milliseconds from its start to its end, peak memory in KiB, what it printed. */
interface Ended {
  readonly ms: number;
  readonly kib: number;
  readonly stdout: string;
}

/** @throws Error when the command does not end with 0 */
function run(command: string, args: readonly string[]): Ended {
  const options = `--require ${join(__dirname, "peak-memory.cjs")}`;
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: options },
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${status ?? "a signal"}:\n${stderr}`);
  }
  const peaks = [...stderr.matchAll(/^peak-memory-kib (\d+)$/gm)].map(([, kib]) => Number(kib));
  return { ms, kib: Math.max(...peaks), stdout };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Prices `count` stacks, one after the other. */
async function priceStacks(count: number): Promise<void> {
  const names = stackNames(ROOT);
  const usage = usageOf(readScenario(DEFAULT_SCENARIO));
  for (let index = 0; index < count; index += 1) {
    await priceStack(ROOT, names[index % names.length] ?? "", {
      usage,
      currency: USD,
      today: today(),
    });
  }
}

/** Milliseconds a stack, when `count` more are priced in this process after each stack file once. */
async function perFurtherStack(count: number): Promise<number> {
  await priceStacks(stackNames(ROOT).length);
  const start = process.hrtime.bigint();
  await priceStacks(count);
  return Number(process.hrtime.bigint() - start) / 1e6 / count;
}

/** The same in new processes, since one that has priced many stacks is faster: the median of runs. */
function perFurtherStackAnew(count: number): number {
  const again = [...process.execArgv, __filename, String(count)];
  return median(Array.from({ length: RUNS }, () => Number(run(process.execPath, again).stdout)));
}

/** Scenarios for which a second of processor time prices one stack, each another one: the median of runs. */
async function pointsPerSecond(stack: string): Promise<number> {
  const POINTS = 50_000;
  const day = today();
  const { settings, resources } = await declaredStack(ROOT, stack, { today: day });
  const price = priceFunction(resources, { book: priceBook(settings.region, USD), today: day });
  const team = readScenario(DEFAULT_SCENARIO);
  const rates = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    for (let index = 0; index < POINTS; index += 1) {
      const [people, gb] = [1 + index, index % 40_000];
      price(
        usageOf({
          ...team,
          people,
          monthlyActiveUsers: people,
          s3StorageGb: gb,
          controlPlaneLogGb: gb,
        }),
      );
    }
    const { user, system } = process.cpuUsage(start);
    return POINTS / ((user + system) / 1e6);
  });
  return median(rates);
}

/** Milliseconds of processor time for the break-even map of `COMPARED`: the median of runs. */
async function mapMs(): Promise<number> {
  const scenario = readScenario(DEFAULT_SCENARIO);
  const options = { usage: usageOf(scenario), currency: USD, today: today() };
  const price = (stack: string, overrides: Overrides): Promise<PricedStack> =>
    priceStack(ROOT, stack, { ...options, overrides });
  const stacks: PricedStack[] = [];
  for (const stack of COMPARED) {
    stacks.push(await price(stack, {}));
  }
  const { candidates } = await equalServices(stacks, scenario, price);
  const times = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    breakEvenMap(candidates, scenario);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return median(times);
}

function print(what: string, value: string, goal = ""): void {
  process.stdout.write(`${what.padEnd(52)}${value.padStart(12)}  ${goal}\n`);
}

async function bench(): Promise<void> {
  const imports = SDKS.map((name) => `require("${name}")`).join(";");
  const bare: number[] = [];
  const whole: Ended[] = [];
  // In turns, so that a busy moment of the machine falls on both.
  for (let index = 0; index < RUNS; index += 1) {
    bare.push(run("node", ["-e", imports]).ms);
    whole.push(run("npm", ["start", "--silent", "--", "--json", "--stacks", COMPARED.join()]));
  }
  const [bareMs, wholeMs] = [median(bare), median(whole.map(({ ms }) => ms))];
  const peak = Math.max(...whole.map(({ kib }) => kib)) / 1024;
  print(`import of ${SDKS.length} Pulumi SDKs, nothing else`, `${bareMs.toFixed(0)} ms`);
  print(`npm start of ${COMPARED.length} stacks`, `${wholeMs.toFixed(0)} ms`);
  print("ratio of the two", (wholeMs / bareMs).toFixed(2), "goal: at most 1.5");
  print("peak memory", `${peak.toFixed(0)} MiB`, "goal: under 350 MiB");
  for (const count of [1, 10, 100]) {
    const ms = perFurtherStackAnew(count).toFixed(0);
    print(`each of ${count} further stacks`, `${ms} ms`, "goal: under 120 ms");
  }
  for (const stack of COMPARED) {
    const rate = Math.round(await pointsPerSecond(stack)).toLocaleString("en-US");
    print(`scenarios of ${stack} a second of processor time`, rate, "goal: 100,000");
  }
  const map = `${(await mapMs()).toFixed(0)} ms`;
  print("break-even map, processor time", map, "goal: at most 1,000 ms");
}

async function main([further]: readonly string[]): Promise<void> {
  if (further === undefined) {
    await bench();
  } else {
    process.stdout.write(String(await perFurtherStack(Number(further))));
  }
}

void main(process.argv.slice(2));
