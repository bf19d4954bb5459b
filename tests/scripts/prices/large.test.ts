import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PriceFile } from "../../../cost/price-book";
import { ec2Products, LINUX, product } from "./products";
import { csvHead, csvRowsOf, PriceLists, VERSION } from "./stand-in";

const ROOT = join(__dirname, "..", "..", "..");
/** Size in MB of a region's table of machines. AWS's have 250 in Paris, 400 in N. Virginia. */
const SIZE = 300;
const OLD = JSON.stringify({
  region: "eu-west-3",
  asOf: "2026-11-22",
  currency: "USD",
  sources: {},
  prices: {},
});

describe("npm run prices with a table of 300 MB", () => {
  const lists = new PriceLists();
  let base: string;
  let place: string;

  before(async () => {
    base = await lists.start();
    place = mkdtempSync(join(tmpdir(), "prices-"));
    mkdirSync(join(place, "prices"));
    writeFileSync(join(place, "prices", "eu-west-3.json"), OLD);
    const windows = { ...LINUX, operatingSystem: "Windows", instanceType: "x1.32xlarge" };
    const row = csvRowsOf(product("EUW3-BoxUsage:x1.32xlarge", "Hrs", "13.3380000000", windows));
    const block = row.repeat(Math.ceil(1e6 / row.length));
    const ends = [csvHead(VERSION), ec2Products().map(csvRowsOf).join("")] as const;
    lists.ec2File = {
      length: ends.join("").length + SIZE * block.length,
      *pieces() {
        yield ends[0];
        for (let count = 0; count < SIZE; count += 1) {
          yield block;
        }
        yield ends[1];
      },
    };
  });

  after(async () => {
    await lists.stop();
    rmSync(place, { recursive: true, force: true });
  });

  /** Runs the command. `onTold` gets its standard error so far, and may end it. */
  function run(onTold: (text: string, end: () => void) => void = () => undefined) {
    const command = spawn(
      process.execPath,
      [
        ...["--require", "./scripts/typescript.cjs"],
        ...["--require", "./scripts/peak-memory.cjs", "scripts/prices.ts", "eu-west-3"],
        ...["--from", base, "--into", join(place, "prices"), "--downloads", join(place, "cache")],
      ],
      { cwd: ROOT },
    );
    let [out, err] = ["", ""];
    command.stdout.on("data", (text: Buffer) => (out += text.toString()));
    command.stderr.on("data", (text: Buffer) => {
      err += text.toString();
      onTold(err, () => command.kill("SIGINT"));
    });
    return new Promise<{ status: number | null; out: string; err: string }>((done) => {
      command.on("close", (status) => {
        done({ status, out, err });
      });
    });
  }

  it("leaves the old file when it is interrupted, and says how far it is", async () => {
    const { status, err } = await run((told, end) => {
      if (told.includes(" of 30")) {
        end();
      }
    });
    assert.notEqual(status, 0);
    assert.match(err, /^AmazonEC2 eu-west-3: \d+ of 30\d MB$/m);
    assert.equal(readFileSync(join(place, "prices", "eu-west-3.json"), "utf8"), OLD);
    assert.deepEqual(readdirSync(join(place, "prices")), ["eu-west-3.json"]);
  });

  it("takes less than 300 MB of memory", async () => {
    rmSync(join(place, "prices", "eu-west-3.json"));
    const { status, err, out } = await run();
    assert.equal(status, 0, err);
    assert.match(out, /^eu-west-3: \d+ changed, 0 confirmed$/m);
    const file = join(place, "prices", "eu-west-3.json");
    const { prices } = JSON.parse(readFileSync(file, "utf8")) as PriceFile;
    assert.equal(prices["ec2.t3.large.hour"]?.usd, 0.0944);
    const peak = Number(/peak-memory-kib (\d+)/.exec(err)?.[1]);
    assert.ok(peak < 292_000, `${peak} KiB`); // 300 MB
    // The command deletes the 300 MB after it has written the prices.
    assert.deepEqual(readdirSync(join(place, "cache")), []);
  });
}).timeout(180_000);
