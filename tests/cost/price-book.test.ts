import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CostError } from "../../cost/cost-error";
import { CONFIDENCES, priceBook, pricedRegions, type PriceFile } from "../../cost/price-book";
import { FREE, PRICED, pricingOf, UNPRICED } from "../../cost/rules";

const read = (region: string): PriceFile =>
  JSON.parse(
    readFileSync(join(__dirname, "..", "..", "cost", "prices", `${region}.json`), "utf8"),
  ) as PriceFile;

describe("a price book", () => {
  it("returns a price with unit, source and confidence", () => {
    const { usd, unit, source, confidence } = priceBook("eu-west-3").price("vpc.natGateway.hour");
    assert.deepEqual([usd, unit, source, confidence], [0.05, "hour", "bulk-euw3-2026-10", "exact"]);
  });

  it("refuses an unknown key, also an inherited property name", () => {
    const book = priceBook("eu-west-3");
    for (const key of ["ec2.t9.huge.hour", "constructor", "toString"]) {
      assert.throws(
        () => book.price(key),
        (error) =>
          error instanceof CostError &&
          error.message.includes(`"${key}"`) &&
          error.message.includes("cost/prices/eu-west-3.json"),
      );
    }
  });

  it("refuses a region without prices, naming those with prices and how to add one", () => {
    assert.throws(
      () => priceBook("mars-north-1"),
      (error) =>
        error instanceof CostError &&
        /mars-north-1; priced regions: eu-west-3, us-east-1/.test(error.message) &&
        /write cost\/prices\/mars-north-1\.json/.test(error.message),
    );
  });
});

for (const region of pricedRegions()) {
  describe(`the prices of ${region}`, () => {
    const file = read(region);

    it("are above zero, with a known source and confidence", () => {
      assert.equal(file.region, region);
      assert.equal(file.currency, "USD");
      for (const [key, price] of Object.entries(file.prices)) {
        assert.ok(Number.isFinite(price.usd) && price.usd > 0, key);
        assert.ok(price.unit.length > 0, key);
        assert.ok(price.source in file.sources, `${key}: source ${price.source}`);
        assert.ok(CONFIDENCES.includes(price.confidence), key);
        assert.match(price.retrieved, /^(\d{4}(-\d\d){0,2}|undated)$/, key);
        assert.ok(price.retrieved === "undated" || price.retrieved <= file.asOf, key);
        assert.ok(price.confidence !== "derived" || price.derivedFrom !== undefined, key);
      }
    });

    it("use every listed source", () => {
      const texts = Object.values(file.prices)
        .map((price) => price.derivedFrom ?? "")
        .join();
      const used = new Set(Object.values(file.prices).map((price) => price.source));
      const idle = Object.keys(file.sources).filter((id) => !used.has(id) && !texts.includes(id));
      assert.deepEqual(idle, []);
    });

    it("price Multi-AZ at twice single-AZ, within AWS's rounding", () => {
      for (const [key, { usd }] of Object.entries(file.prices)) {
        const single = file.prices[key.replace(".multiAz.", ".singleAz.")]?.usd ?? NaN;
        assert.ok(!key.includes(".multiAz.") || Math.abs(usd - 2 * single) <= 0.0011, key);
      }
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
