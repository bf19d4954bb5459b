import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Price, PriceFile } from "../../../cost/price-book";
import { refreshRegion, type Refreshed } from "../../../scripts/prices/refresh";
import { RefreshError } from "../../../scripts/prices/refresh-error";
import { refreshReport } from "../../../scripts/prices/report";
import { LINUX, product } from "./products";
import { PriceLists, PUBLISHED, VERSION } from "./stand-in";

/** Prices in the file of Paris before a run. */
const BEFORE: Record<string, [usd: number, unit: string]> = {
  "ec2.t3.large.hour": [0.09, "hour"],
  "efs.standard.gbMonth": [0.348, "GB-month"],
  "fargate.x86.vcpu.hour": [0.04656, "vCPU-hour"],
  "rds.postgres.db.r7i.2xlarge.singleAz.hour": [1.32, "hour"],
  "rds.postgres.db.t3.micro.singleAz.hour": [0.021, "hour"],
  "rds.postgres.db.t3.micro.multiAz.hour": [0.042, "hour"],
  "sagemaker.ml.m5.large.hosting.hour": [0.13, "hour"],
  "sagemaker.ml.t3.medium.studio.hour": [0.057, "hour"],
};

describe("npm run prices", () => {
  let lists: PriceLists;
  let base: string;
  let folder: string;
  let cache: string;
  let told: string[];

  beforeEach(async () => {
    lists = new PriceLists();
    base = await lists.start();
    const place = mkdtempSync(join(tmpdir(), "prices-"));
    [folder, cache] = [join(place, "prices"), join(place, "cache")];
    mkdirSync(folder);
    told = [];
    const prices = Object.entries(BEFORE).map(([key, [usd, unit]]): [string, Price] => [
      key,
      { usd, unit, source: "old", confidence: "derived", retrieved: "2025", derivedFrom: "x" },
    ]);
    const old = { what: "", where: "", date: "2025", confidence: "derived" } as const;
    write({
      region: "eu-west-3",
      asOf: "2026-11-22",
      currency: "USD",
      sources: { old },
      prices: Object.fromEntries(prices),
    });
  });

  afterEach(async () => {
    await lists.stop();
  });

  const file = (region = "eu-west-3"): string => join(folder, `${region}.json`);
  const write = (content: PriceFile): void => {
    writeFileSync(file(), JSON.stringify(content));
  };
  const written = (): PriceFile => JSON.parse(readFileSync(file(), "utf8")) as PriceFile;
  const refresh = (region = "eu-west-3"): Promise<Refreshed> =>
    refreshRegion(region, {
      base,
      folder,
      cache,
      today: "2026-11-28",
      pauseMs: 1,
      report: (text) => void told.push(text),
    });

  /** Asserts that a refresh fails with these parts of a message, and leaves the file unchanged. */
  async function refused(...parts: RegExp[]): Promise<void> {
    const before = readFileSync(file(), "utf8");
    await assert.rejects(refresh(), (error) => {
      assert.ok(error instanceof RefreshError, String(error));
      parts.forEach((part) => {
        assert.match(error.message, part);
      });
      return true;
    });
    assert.equal(readFileSync(file(), "utf8"), before);
    assert.deepEqual(readdirSync(folder), ["eu-west-3.json"]);
  }

  it("writes each price with id, version and day, and says what changed", async () => {
    const refreshed = await refresh();
    const { prices, sources, asOf } = written();
    assert.deepEqual(prices["ec2.t3.large.hour"], {
      usd: 0.0944,
      unit: "hour",
      source: "offer-AmazonEC2",
      sku: "C6JVMHC6VEXQF3QH",
      confidence: "exact",
      retrieved: "2026-11-20",
    });
    assert.deepEqual(sources["offer-AmazonEC2"], {
      what: `AWS Price List, offer AmazonEC2, eu-west-3, version ${VERSION}`,
      where: `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/${VERSION}/eu-west-3/index.json`,
      date: "2026-11-20",
      confidence: "exact",
      published: PUBLISHED,
    });
    assert.equal(asOf, "2026-11-28");
    const text = refreshReport(refreshed);
    assert.match(text, /^eu-west-3: \d+ changed, 3 confirmed, 1 not looked up$/m);
    assert.match(text, /^ {2}ec2\.t3\.large\.hour {2}0\.09 → 0\.0944 \(\+4\.9 %\)$/m);
    assert.match(text, /^ {2}efs\.standard\.gbMonth {2}0\.348 → 0\.33 \(−5\.2 %\)$/m);
    assert.match(text, /^ {2}sagemaker\.ml\.m5\.large\.hosting\.hour {2}0\.13 → 0\.134 /m);
    assert.match(text, /^ {2}ebs\.gp3\.gbMonth {2}new: 0\.0928$/m);
    assert.match(text, /^ {2}kept: fargate\.x86\.vcpu\.hour$/m);
    assert.deepEqual(prices["fargate.x86.vcpu.hour"]?.usd, 0.04656);
  });

  it("turns AWS's units and bands into ours", async () => {
    await refresh();
    const { prices } = written();
    const usd = (...keys: string[]): (number | undefined)[] => keys.map((key) => prices[key]?.usd);
    // Reserved prices: one by the hour, and a year's fee of 511 over 8,760 hours.
    assert.deepEqual(
      usd("ec2.t3.large.reserved1yNoUpfront.hour", "ec2.t3.large.reserved1yAllUpfront.hour"),
      [0.0595, 0.0583333333333],
    );
    // 47.5136 a GiB/s is 0.0464 a MiB/s. RDS has the price of a MB/s.
    assert.deepEqual(
      usd(
        "ebs.gp3.extraThroughput.month",
        "rds.postgres.gp3.multiAz.extraThroughput.month",
        "rds.postgres.gp3.singleAz.gbMonth",
        "rds.postgres.gp3.multiAz.gbMonth",
      ),
      [0.0464, 0.184, 0.133, 0.266],
    );
    assert.deepEqual(
      usd(
        "s3.standard.gbMonth",
        "s3.standard.over50Tb.gbMonth",
        "s3.standard.over500Tb.gbMonth",
        "s3.standard.put.thousand",
        "s3.standard.get.thousand",
      ),
      [0.024, 0.023, 0.022, 0.0053, 0.00042],
    );
    // Free: the first TB, 20,000 requests to KMS, and the allowances of `Global-` products.
    assert.deepEqual(
      usd(
        "cloudFront.outInternet.gb",
        "cloudFront.outInternet.over10Tb.gb",
        "cloudFront.outInternet.over5Pb.gb",
        "cloudFront.https.tenThousand",
        "kms.requests.tenThousand",
        "lambda.requests.million",
        "ecr.storage.gbMonth",
        "dataTransfer.outInternet.gb",
      ),
      [0.085, 0.08, 0.02, 0.012, 0.03, 0.2, 0.1, 0.09],
    );
    assert.deepEqual(
      usd(
        "cognito.lite.mau",
        "cognito.lite.over100k.mau",
        "cognito.lite.over1M.mau",
        "cognito.lite.over10M.mau",
      ),
      [0.0055, 0.0046, 0.00325, 0.0025],
    );
    // 0.10 + 0.50; 0.00007 × 730
    assert.deepEqual(
      usd("eks.clusterExtendedSupport.hour", "ssm.advancedParameter.month"),
      [0.6, 0.0511],
    );
  });

  it("finds a database by its type where AWS cuts the usage type off", async () => {
    await refresh();
    const { prices } = written();
    assert.equal(prices["rds.postgres.db.r7i.2xlarge.multiAz.hour"]?.usd, 2.64);
    assert.equal(prices["rds.postgres.db.t3.micro.multiAz.hour"]?.usd, 0.041);
  });

  it("reads no version twice, and reads again what has a new one", async () => {
    await refresh();
    const first = readFileSync(file(), "utf8");
    lists.asked.length = 0;
    const again = await refresh();
    assert.ok(lists.asked.every((url) => url.endsWith("/region_index.json")));
    assert.deepEqual([again.changes, again.confirmed, again.skipped.length], [[], 0, 19]);
    assert.equal(readFileSync(file(), "utf8"), first);
    lists.published = "2026-11-27T00:00:00Z";
    assert.equal((await refresh()).skipped.length, 0);
  });

  it("makes the file of a region that has none, and refuses one that AWS does not have", async () => {
    const paris = readFileSync(file(), "utf8");
    await assert.rejects(
      refresh("eu-west-9"),
      (error) =>
        error instanceof RefreshError && /no version of prices for eu-west-9$/.test(error.message),
    );
    assert.deepEqual(readdirSync(folder), ["eu-west-3.json"]);
    assert.equal(readFileSync(file(), "utf8"), paris);
    // Paris has no prices now. The types come from the other region's file.
    writeFileSync(file("eu-west-1"), paris);
    const empty = {
      region: "eu-west-3",
      asOf: "",
      currency: "USD",
      sources: {},
      prices: {},
    } as const;
    write(empty);
    const made = await refresh();
    assert.equal(made.kept.length, 0);
    assert.equal(written().prices["sagemaker.ml.t3.medium.studio.hour"]?.usd, 0.057);
    assert.equal(written().prices["fargate.x86.vcpu.hour"], undefined);
  });

  it("refuses two products for one price, and names both", async () => {
    lists.ec2.push(product("EUW3-BoxUsage:t3.large", "Hrs", "0.0999", { ...LINUX }));
    await refused(
      /ec2\.t3\.large\.hour: 2 products match: C6JVMHC6VEXQF3QH \(EUW3-BoxUsage:t3\.large\) at 0\.0944, SKU\d+ .* at 0\.0999/,
    );
  });

  it("refuses none: what is always sold, and what the file had", async () => {
    lists.others["AmazonEFS"] = [];
    lists.others["AmazonSageMaker"]?.shift();
    await refused(
      /efs\.standard\.gbMonth: AWS no longer lists it in AmazonEFS \(it was 0\.348\); if AWS has stopped selling it/,
      /efs\.oneZone\.gbMonth: AmazonEFS has no such product/,
      /ml\.t3\.medium\.studio\.hour: AWS no longer lists it in AmazonSageMaker .* delete the key/,
    );
  });

  it("refuses a price of nothing, and a unit that it does not know", async () => {
    const efs = lists.others["AmazonEFS"]!;
    efs[1] = { ...efs[1]!, price: "0.0000000000" };
    efs[2] = { ...efs[2]!, unit: "TB-Mo" };
    await refused(
      /efs\.infrequentAccess\.gbMonth: SKU\d+ has no price that fits: 0 a GB-Mo/,
      /efs\.oneZone\.gbMonth: SKU\d+ has no price that fits: 0\.176 a TB-Mo/,
    );
  });

  it("continues downloads that break off, where they broke off", async () => {
    lists.cuts = [
      { of: "AmazonEC2/2", after: 1000 },
      { of: "AmazonEC2/2", after: 500 },
      { of: "AmazonS3/2", after: 1 },
    ];
    await refresh();
    const path = `/offers/v1.0/aws/AmazonEC2/${VERSION}/eu-west-3/index.csv`;
    assert.deepEqual(
      lists.asked.filter((url) => url.startsWith(path)),
      [path, `${path} bytes=1000-`, `${path} bytes=1500-`],
    );
    assert.equal(written().prices["ec2.t3.large.hour"]?.usd, 0.0944);
  });

  it("gives up after five attempts that bring nothing, and continues in the next run", async () => {
    lists.cuts = [700, 0, 0, 0, 0, 0].map((after) => ({ of: "AmazonEC2/2", after }));
    await refused(/ends early after 700 bytes, 5 attempts in a row: .*; run the command again/);
    lists.asked.length = 0;
    await refresh();
    assert.ok(lists.asked.some((url) => url.endsWith("index.csv bytes=700-")));
  });

  it("refuses a file of another version, one without its end, and one that is not there", async () => {
    lists.versionInside = "20260101000000";
    await refused(
      /asked for AmazonEC2 of version 20261120160258, and got AmazonEC2 of version 2026/,
    );
    lists.versionInside = VERSION;
    lists.ec2File = '"SKU","TermT';
    await refused(/index\.csv cannot be read: .*ends in the middle of a field/);
    lists.ec2File = '"FormatVersion","v1.0"\n"OfferCode","AmazonEC2"\n';
    await refused(/AmazonEC2 has no prices: there is no header line/);
    lists.ec2File = undefined;
    delete lists.others["AmazonEKS"];
    await refused(/AmazonEKS\/\d+\/eu-west-3\/index\.json answers 404/);
    // None of these files remains in the cache.
    lists.others["AmazonEKS"] = new PriceLists().others["AmazonEKS"]!;
    await refresh();
  });
});
