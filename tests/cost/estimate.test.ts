import assert from "node:assert/strict";
import { CostError } from "../../cost/cost-error";
import { exactCents } from "../../cost/amount";
import { USD } from "../../cost/currency";
import { estimate, type Estimate } from "../../cost/estimate";
import { cents, dollars } from "../../cost/money";
import { bookOf, priceBook } from "../../cost/price-book";
import type { DeclaredResource } from "../../cost/rule";
import type { Usage } from "../../cost/scenarios/usage";
import { declared, machine, postgres, UNKNOWN, TODAY } from "../support/resources";

const book = priceBook("eu-west-3", USD);
const price = (resources: readonly DeclaredResource[], usage: Usage = {}): Estimate =>
  estimate(resources, { book, usage, today: TODAY });

describe("money", () => {
  it("is rounded half up to whole cents despite binary fractions", () => {
    assert.equal(cents(1, 1.005), 101); // 100.49999999999999 in floating point
    assert.equal(cents(3, 0.115), 35); // 34.5
    assert.equal(cents(3, 0.1149), 34);
    assert.equal(cents(730, 0.0752), 5490);
    assert.equal(cents(0, 5), 0);
  });

  it("is printed with two decimals and separated thousands", () => {
    assert.deepEqual([0, 5, 123456, 100_000_000].map(dollars), [
      "0.00",
      "0.05",
      "1,234.56",
      "1,000,000.00",
    ]);
  });
});

describe("an estimate", () => {
  it("merges equal lines and rounds their sum once", () => {
    const { lines } = price([machine("a"), machine("b"), machine("c")]);
    const hours = lines.find(({ unit }) => unit === "hour");
    assert.equal(hours?.quantity, 2190); // 3 × 730
    // 2,190 × 0.0752 = 164.688, while three lines of 54.896 would sum up to 164.70
    assert.equal(exactCents(hours.amount), 16469);
    assert.deepEqual(hours.resources, ["a", "b", "c"]);
  });

  it("has quantities without binary rounding noise", () => {
    const { lines } = price(
      [declared("aws:cloudwatch/logGroup:LogGroup", "a", { retentionInDays: 1 })],
      {
        functionLogGb: 5.3, // 5.3 − 5 = 0.2999999999999998
      },
    );
    // 0.3 × 1 ÷ (730 ÷ 24) = 0.00986301369863…
    assert.deepEqual(lines.map(({ quantity }) => quantity).sort(), [0.00986301369863, 0.3]);
  });

  it("keeps lines of different prices apart", () => {
    const other = declared("aws:ec2/instance:Instance", "b", {
      ...machine("b").inputs,
      instanceType: "t4g.small",
    });
    const hours = price([machine("a"), other]).lines.filter(({ unit }) => unit === "hour");
    assert.deepEqual(
      hours.map((line) => line.quantity),
      [730, 730],
    );
  });

  it("keeps lines with different labels at the same price apart", () => {
    const { lines } = price([postgres(), postgres({ allocatedStorage: 30 })]);
    const backups = lines.filter(({ priceKey }) => priceKey === "rds.backup.gbMonth");
    assert.deepEqual(
      backups.map(({ label }) => label),
      ["Backup storage (beyond 20 GB free)", "Backup storage (beyond 30 GB free)"],
    );
  });

  it("sums lines to sub-totals and to the total", () => {
    const { lines, totals } = price(
      [
        machine("ec2-a", ["mlp:target:Ec2"]),
        declared("aws:ec2/natGateway:NatGateway", "nat", {}, ["mlp:component:Network"]),
        postgres(),
      ],
      { natGatewayGb: 33 },
    );
    const sum = (part: string): number =>
      lines.reduce((total, line) => total + (line.part === part ? line.amount.leastCents : 0), 0);
    // NAT 36.50 + 33 × 0.05 = 38.15; database 13.14 + 2.66 + 0.40 = 16.20
    assert.equal(totals.shared.leastCents, 3815 + 1620);
    assert.equal(totals.target.leastCents, 5490 + 464); // see the rule of the instance
    assert.equal(totals.total.leastCents, totals.shared.leastCents + totals.target.leastCents);
    assert.deepEqual(
      [sum("shared"), sum("target")],
      [totals.shared.leastCents, totals.target.leastCents],
    );
  });

  it("counts usage that several resources share once, as shared cost", () => {
    const nat = (name: string): DeclaredResource =>
      declared("aws:ec2/natGateway:NatGateway", name, {}, ["mlp:component:Network"]);
    const bucket = (name: string, parent: string): DeclaredResource =>
      declared("aws:s3/bucket:Bucket", name, {}, [parent]);
    const resources = [
      nat("nat-a"),
      nat("nat-b"),
      bucket("issuer", "mlp:target:Ec2"),
      bucket("data", "mlp:component:DataBucket"),
    ];
    for (const order of [resources, [...resources].reverse()]) {
      const { lines } = price(order, { natGatewayGb: 100, s3StorageGb: 500 });
      const of = (label: string): unknown[] =>
        lines.filter((line) => line.label === label).map((line) => [line.part, line.quantity]);
      assert.deepEqual(of("NAT gateway"), [["shared", 1460]]); // 2 × 730: hours are each gateway's
      assert.deepEqual(of("NAT gateway data processed"), [["shared", 100]]);
      assert.deepEqual(of("Storage (Standard)"), [["shared", 500]]);
    }
  });

  it("leaves an amount with unknown usage open and names the usage", () => {
    const { lines, totals, missingUsage } = price([declared("aws:s3/bucket:Bucket", "data")]);
    assert.deepEqual(
      lines.map((line) => exactCents(line.amount)),
      [undefined, undefined, undefined],
    );
    assert.equal(totals.total.leastCents, 0);
    assert.deepEqual(missingUsage, ["s3GetRequests", "s3PutRequests", "s3StorageGb"]);
  });

  it("prices a usage of 0 as 0, not as unknown", () => {
    const { lines, missingUsage } = price([declared("aws:s3/bucket:Bucket", "data")], {
      s3StorageGb: 0,
      s3PutRequests: 0,
      s3GetRequests: 0,
    });
    assert.deepEqual(
      lines.map((line) => exactCents(line.amount)),
      [0, 0, 0],
    );
    assert.deepEqual(missingUsage, []);
  });

  it("counts free and unpriced resources by type", () => {
    const { free, unpriced } = price([
      declared("aws:ec2/subnet:Subnet", "a"),
      declared("aws:ec2/subnet:Subnet", "b"),
      declared("mlp:component:Network", "network"),
      declared("pulumi:providers:aws", "aws"),
      declared("aws:cloudfront/function:Function", "guard"),
    ]);
    assert.deepEqual(
      free.map(({ type, count }) => [type, count]),
      [
        ["aws:ec2/subnet:Subnet", 2],
        ["mlp:component:Network", 1],
        ["pulumi:providers:aws", 1],
      ],
    );
    assert.deepEqual(
      unpriced.map(({ type, count }) => [type, count]),
      [["aws:cloudfront/function:Function", 1]],
    );
    assert.ok([...free, ...unpriced].every(({ reason }) => reason.length > 10));
  });

  it("reports confidence and age of its prices", () => {
    const { prices } = price([machine("a"), postgres()]);
    // t4g.large: 2025-11-20; gp3, db.t4g.micro, its gp3, its backups, the secret: 2026-10-09; CPU credits: 2026-09-17
    assert.deepEqual(prices, {
      confidence: { exact: 6, published: 1, derived: 0 },
      derived: [],
      oldest: "2025-11-20",
      newest: "2026-10-09",
    });
  });

  it("does not depend on the order of resources", () => {
    const all = [machine("ec2-a", ["mlp:target:Ec2"]), postgres(), machine("ec2-b"), machine("c")];
    assert.deepEqual(price([...all].reverse()), price(all));
  });
});

describe("an estimate separates target from shared costs", () => {
  const partOfAddress = (name: string): string | undefined =>
    price([declared("aws:ec2/eip:Eip", name)]).lines[0]?.part;

  it("by the resource name's prefix", () => {
    assert.equal(partOfAddress("ec2-api-address"), "target");
    assert.equal(partOfAddress("ec2"), "target");
    assert.equal(partOfAddress("network-nat-a-address"), "shared");
    assert.equal(partOfAddress("ec2x-address"), "shared");
  });
});

describe("an estimate refuses", () => {
  const instance = (inputs: DeclaredResource["inputs"]): DeclaredResource =>
    declared("aws:ec2/instance:Instance", "node", { ...machine("node").inputs, ...inputs });
  const refuses = (resource: DeclaredResource, ...says: RegExp[]): void => {
    assert.throws(
      () => price([resource]),
      (error) => error instanceof CostError && says.every((text) => text.test(error.message)),
    );
  };

  it("types that no rule or list names, listing all of them", () => {
    assert.throws(
      () =>
        price([
          declared("aws:memorydb/cluster:Cluster", "a"),
          declared("aws:mq/broker:Broker", "b"),
          declared("aws:mq/broker:Broker", "c"),
        ]),
      /aws:memorydb\/cluster:Cluster, aws:mq\/broker:Broker; add each to cost\/rules/,
    );
  });

  it("a type without a price, naming key and region", () => {
    refuses(instance({ instanceType: "p5.48xlarge" }), /"ec2\.p5\.48xlarge\.hour"/, /eu-west-3/);
  });

  it("an unknown input, naming resource and property", () => {
    refuses(instance({ instanceType: UNKNOWN }), /"node"/, /instanceType is known only after/);
    refuses(
      instance({ rootBlockDevice: { volumeSize: UNKNOWN, volumeType: "gp3" } }),
      /rootBlockDevice\.volumeSize is known only after/,
    );
    refuses(instance({ rootBlockDevice: UNKNOWN }), /rootBlockDevice\.volumeType is known only/);
    refuses(instance({ associatePublicIpAddress: UNKNOWN }), /associatePublicIpAddress is known/);
    refuses(postgres({ multiAz: UNKNOWN }), /"database"/, /multiAz is known only/);
  });

  it("a missing or malformed input that the price depends on", () => {
    refuses(
      instance({ rootBlockDevice: undefined }),
      /rootBlockDevice\.volumeType is not declared/,
    );
    refuses(instance({ rootBlockDevice: { volumeType: "gp3", volumeSize: "50" } }), /is "50"/);
    refuses(instance({ rootBlockDevice: { volumeType: "gp3", volumeSize: -1 } }), /is -1/);
    refuses(postgres({ storageType: undefined }), /storageType is not declared/);
  });

  it("a price whose unit differs from the quantity's", () => {
    const odd = bookOf(
      {
        region: "test",
        asOf: "2026-11-22",
        currency: "USD",
        sources: {},
        prices: {
          "vpc.publicIpv4.hour": {
            usd: 3.6,
            unit: "month",
            source: "x",
            confidence: "exact",
            retrieved: "2026",
          },
        },
      },
      USD,
    );
    assert.throws(
      () => estimate([declared("aws:ec2/eip:Eip", "a")], { book: odd, usage: {}, today: TODAY }),
      /counted in hour, but vpc\.publicIpv4\.hour is a price per month/,
    );
  });
});
