/**
 * `npm run prices -- [REGION…]` reads AWS's public price lists, which needs no account, and writes
 * `cost/prices/<region>.json`. Without a region it refreshes all that have a file.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "../commands/arguments";
import { standardError, standardOutput } from "../commands/standard-output";
import { pricedRegions } from "../cost/price-book";
import { printable, quoted } from "../settings/foreign-text";
import { RefreshError } from "./prices/refresh-error";
import { refreshRegion } from "./prices/refresh";
import { refreshReport } from "./prices/report";

const BASE = "https://pricing.us-east-1.amazonaws.com";

const HELP = `Usage: npm run prices -- [REGION…]

Reads AWS's public price lists and writes cost/prices/<region>.json, for each REGION or for all that
have a file. A region without a file gets one. Prints what changed. A file is written as a whole: it
stays as it was when a price is not found, when it is found twice, and when you interrupt the run.
Downloads (250 to 400 MB for the machines of a region) are continued by the next run.

  --downloads FOLDER  where downloads are kept, by default in the folder for temporary files
  --from URL          where the price lists are, for tests
  --into FOLDER       where the price files are, for tests

Exit status: 0, 1 when a region could not be refreshed, 2 for wrong arguments.
`;

const COMMAND = {
  script: "prices",
  positionals: true,
  options: {
    help: { type: "boolean", default: false },
    // Not "cache", which npm has for its own and sets for every script.
    downloads: { type: "string", default: join(tmpdir(), "ml-platform-prices") },
    from: { type: "string", default: BASE },
    into: { type: "string", default: join(__dirname, "..", "cost", "prices") },
  },
} as const;

async function main(): Promise<number> {
  const read = readArguments(COMMAND, process.argv.slice(2), process.env);
  if ("problem" in read) {
    standardError(`${read.problem}\nnpm run prices -- --help lists the options\n`);
    return 2;
  }
  const { values, positionals } = read.ok;
  if (values.help) {
    standardOutput(HELP);
    return 0;
  }
  const odd = positionals.find((region) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region));
  if (odd !== undefined) {
    standardError(`REGION must be the code of an AWS region, e.g. eu-west-3; got ${quoted(odd)}\n`);
    return 2;
  }
  let status = 0;
  for (const region of positionals.length > 0 ? positionals : pricedRegions()) {
    try {
      const refreshed = await refreshRegion(region, {
        base: values.from.replace(/\/$/, ""),
        folder: values.into,
        cache: values.downloads,
        today: new Date().toISOString().slice(0, 10),
        report: (text) => {
          standardError(`${text}\n`);
        },
      });
      standardOutput(`${refreshReport(refreshed)}\n`);
    } catch (error) {
      // A system call that failed: a full disk, a folder that is not there.
      const isSystems = error instanceof Error && "syscall" in error;
      if (!(error instanceof RefreshError) && !isSystems) {
        throw error;
      }
      standardError(`${region}: ${printable(error.message, 1000)}\n`);
      status = 1;
    }
  }
  return status;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    standardError(`${String((error as Error).stack)}\n`);
    process.exitCode = 1;
  },
);
