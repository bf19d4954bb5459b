import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CostError } from "../../cost/cost-error";
import { USD } from "../../cost/currency";
import { CONFIDENCES, priceBook, pricedRegions, type PriceFile } from "../../cost/price-book";
import { FREE, PRICED, pricingOf, UNPRICED } from "../../cost/rules";
import { EMPTY_BOOK, priceFile } from "../support/books";

describe("a price book", () => {
  it("returns a price with unit, source and confidence", () => {
    const { perUnit, unit, source, confidence } = priceBook("eu-west-3", USD).price(
      "vpc.natGateway.hour",
    );
    assert.deepEqual(
      [perUnit, unit, source, confidence],
      [0.05, "hour", "bulk-euw3-2026-10", "exact"],
    );
  });

  it("refuses an unknown key, also an inherited property name", () => {
    const book = priceBook("eu-west-3", USD);
    for (const key of ["vpc.moon.hour", "constructor", "toString"]) {
      assert.throws(
        () => book.price(key),
        (error) =>
          error instanceof CostError &&
          error.message.includes(`"${key}"`) &&
          error.message.includes("cost/prices/eu-west-3.json"),
      );
    }
  });

  it("refuses an instance type that the region does not sell, with the nearest that it sells", () => {
    const refusal = (key: string): string => {
      try {
        priceBook("eu-south-1", USD).price(key);
      } catch (error) {
        assert.ok(error instanceof CostError);
        return error.message;
      }
      return "not refused";
    };
    assert.match(
      refusal("ec2.m7g.xlarge.hour"),
      /^m7g\.xlarge is not sold as an EC2 instance in eu-south-1.* sold there is m6g\.xlarge; choose it in nodes\.instanceType$/,
    );
    assert.match(
      refusal("rds.postgres.db.m7g.large.multiAz.hour"),
      /^db\.m7g\.large is not sold as a PostgreSQL.* is db\.m6g\.large; choose it in database\.instanceClass$/,
    );
    // A GPU stays a GPU.
    assert.match(
      refusal("sagemaker.ml.g5.xlarge.studio.hour"),
      /^ml\.g5\.xlarge is not sold as a Studio notebook.* is ml\.g4dn\.xlarge; choose it in studio\.instanceTypes$/,
    );
    assert.match(refusal("ec2.x9.large.hour"), /^x9\.large is not sold/);
    assert.throws(
      () => EMPTY_BOOK.price("ec2.t3.large.hour"),
      /No other type has a price there; choose another region$/,
    );
  });

  it("decides which prices are a machine's: only these end the bill of a stack", () => {
    for (const key of [
      "ec2.m7g.xlarge.hour",
      "rds.postgres.db.m7g.large.multiAz.hour",
      "sagemaker.ml.g5.xlarge.studio.hour",
    ]) {
      assert.throws(() => EMPTY_BOOK.linePrice(key), CostError, key);
    }
    for (const key of ["vpc.natGateway.hour", "eks.cluster.hour", "ebs.gp3.gbMonth"]) {
      assert.deepEqual(EMPTY_BOOK.linePrice(key), {
        problem: `there is no price "${key}" for region x; add it to cost/prices/x.json with its source and date`,
      });
    }
  });

  it("refuses a region without prices, naming those with prices and how to add one", () => {
    assert.throws(
      () => priceBook("mars-north-1", USD),
      (error) =>
        error instanceof CostError &&
        /mars-north-1; priced regions: ap-northeast-1, .*, us-west-2\. /.test(error.message) &&
        /To add it: npm run prices -- mars-north-1;/.test(error.message),
    );
  });
});

/** Everything that a price or a source in a file lacks, as it is written there. */
function faultsOf({ prices, sources, asOf }: PriceFile): string[] {
  const isDay = (day: unknown): boolean =>
    typeof day === "string" && /^\d{4}(-\d\d){0,2}$/.test(day) && day <= asOf;
  const lacks = (name: string, checks: Readonly<Record<string, boolean>>): string[] =>
    Object.entries(checks).flatMap(([what, isThere]) => (isThere ? [] : [`${name}: ${what}`]));
  return [
    ...Object.entries(sources).flatMap(([id, { what, where, date, confidence }]) =>
      lacks(id, {
        what: what.length > 0,
        where: where.length > 0,
        // A source may have several days; each of its prices has its own.
        date: date.length > 0,
        confidence: CONFIDENCES.includes(confidence),
      }),
    ),
    ...Object.entries(prices).flatMap(([key, price]) =>
      lacks(key, {
        usd: Number.isFinite(price.usd) && price.usd > 0,
        unit: price.unit.length > 0,
        source: Object.hasOwn(sources, price.source),
        retrieved: isDay(price.retrieved),
        confidence: CONFIDENCES.includes(price.confidence),
        derivedFrom: price.confidence !== "derived" || price.derivedFrom !== undefined,
      }),
    ),
  ];
}

describe("the check of a price file", () => {
  it("refuses a price without source, day or confidence, and one of 0", () => {
    const file = priceFile("eu-west-3");
    const [key, price] = Object.entries(file.prices)[0]!;
    for (const [field, value] of [
      ...["source", "retrieved", "confidence"].flatMap((name) => [
        [name, undefined] as const,
        [name, ""] as const,
        [name, "unknown"] as const,
      ]),
      ["retrieved", "2999-01-01"],
      ["usd", 0],
      ["usd", undefined],
    ] as const) {
      const broken = { ...price, [field]: value };
      assert.deepEqual(
        faultsOf({ ...file, prices: { ...file.prices, [key]: broken } }),
        [`${key}: ${field}`],
        `${field} ${String(value)}`,
      );
    }
  });
});

for (const region of pricedRegions()) {
  describe(`the prices of ${region}`, () => {
    const file = priceFile(region);

    it("are above zero, with source, day and confidence", () => {
      assert.equal(file.region, region);
      assert.equal(file.currency, "USD");
      assert.deepEqual(faultsOf(file), []);
    });

    it("use every listed source", () => {
      const texts = Object.values(file.prices)
        .map((price) => price.derivedFrom ?? "")
        .join();
      const used = new Set(Object.values(file.prices).map((price) => price.source));
      const idle = Object.keys(file.sources).filter((id) => !used.has(id) && !texts.includes(id));
      assert.deepEqual(idle, []);
    });

    it("have Multi-AZ at about twice the price of single-AZ", () => {
      for (const [key, { usd }] of Object.entries(file.prices)) {
        const single = file.prices[key.replace(".multiAz.", ".singleAz.")]?.usd ?? NaN;
        // AWS rounds both to a tenth of a cent, r5 in Stockholm less well; in Seoul some storage has 2.1
        // and 2.2 times the price.
        const tolerance = 0.0041 + (region === "ap-northeast-2" ? 0.23 * single : 0);
        assert.ok(!key.includes(".multiAz.") || Math.abs(usd - 2 * single) <= tolerance, key);
      }
    });

    it("have what every stack asks for, whatever its target", () => {
      const base = Object.keys(priceFile("eu-west-3").prices).filter(
        (key) => !/^(ec2|sagemaker\.ml|rds\.postgres\.db|ebs\.io2)\./.test(key),
      );
      assert.deepEqual(
        base.filter((key) => !(key in file.prices)),
        [],
      );
    });
  });
}

describe("the lists of resource types", () => {
  it("contain each type once", () => {
    const types = [
      ...PRICED.map(({ type }) => type),
      ...Object.keys(FREE),
      ...Object.keys(UNPRICED),
    ];
    assert.deepEqual(
      types.filter((type, index) => types.indexOf(type) !== index),
      [],
    );
  });

  it("contain only types that the AWS provider has", () => {
    const types = [
      ...PRICED.map(({ type }) => type),
      ...Object.keys(FREE),
      ...Object.keys(UNPRICED),
    ];
    for (const type of types.filter((one) => one.startsWith("aws:"))) {
      const module = type.split(":")[1] ?? "";
      const source = readFileSync(
        join(__dirname, "..", "..", "node_modules", "@pulumi", "aws", `${module}.js`),
        "utf8",
      );
      assert.ok(source.includes(`__pulumiType = '${type}'`), type);
    }
  });

  it("match a whole family by its prefix only", () => {
    assert.equal(pricingOf("tls:index/privateKey:PrivateKey")?.kind, "free");
    assert.equal(pricingOf("mlp:target:Ec2")?.kind, "free");
    assert.equal(pricingOf("aws:ec2/vpcPeeringConnection:VpcPeeringConnection"), undefined);
    assert.equal(pricingOf("random"), undefined);
    assert.equal(pricingOf("aws:ec2/vpc:Vpcs"), undefined);
  });

  it("cite an AWS price page for every rule", () => {
    for (const { type, source } of PRICED) {
      assert.match(source, /^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+pricing/, type);
    }
  });
});
