/**
 * `npm run prices -- [REGION…]` reads AWS's public price lists, which needs no account, and writes
 * `cost/prices/<region>.json`. Without a region it refreshes all that have a file.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pricedRegions } from "../cost/price-book";
import { RefreshError } from "./prices/refresh-error";
import { refreshRegion } from "./prices/refresh";
import { refreshReport } from "./prices/report";

const BASE = "https://pricing.us-east-1.amazonaws.com";

const HELP = `Usage: npm run prices -- [REGION…]

Reads AWS's public price lists and writes cost/prices/<region>.json, for each REGION or for all that
have a file. A region without a file gets one. Prints what changed. A file is written as a whole: it
stays as it was when a price is not found, when it is found twice, and when you interrupt the run.
Downloads (250 to 400 MB for the machines of a region) are continued by the next run.

  --cache FOLDER  where downloads are kept, by default in the folder for temporary files
  --from URL      where the price lists are, for tests
  --into FOLDER   where the price files are, for tests

Exit status: 0, 1 when a region could not be refreshed, 2 for wrong arguments.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      cache: { type: "string", default: join(tmpdir(), "ml-platform-prices") },
      from: { type: "string", default: BASE },
      into: { type: "string", default: join(__dirname, "..", "cost", "prices") },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const odd = positionals.find((region) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region));
  if (odd !== undefined) {
    process.stderr.write(
      `REGION must be the code of an AWS region, e.g. eu-west-3; got "${odd}"\n`,
    );
    return 2;
  }
  let status = 0;
  for (const region of positionals.length > 0 ? positionals : pricedRegions()) {
    try {
      const refreshed = await refreshRegion(region, {
        base: values.from.replace(/\/$/, ""),
        folder: values.into,
        cache: values.cache,
        today: new Date().toISOString().slice(0, 10),
        report: (text) => void process.stderr.write(`${text}\n`),
      });
      process.stdout.write(`${refreshReport(refreshed)}\n`);
    } catch (error) {
      if (!(error instanceof RefreshError)) {
        throw error;
      }
      process.stderr.write(`${region}: ${error.message}\n`);
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
    const wrong = error instanceof TypeError && "code" in error;
    process.stderr.write(wrong ? `${error.message}\n` : `${String((error as Error).stack)}\n`);
    process.exitCode = wrong ? 2 : 1;
  },
);
