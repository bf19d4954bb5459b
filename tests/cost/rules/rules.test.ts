import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import type { DeclaredResource } from "../../../cost/rule";
import type { Usage } from "../../../cost/scenarios/usage";
import { bookWith } from "../../support/books";
import { declared, machine, postgres, TODAY, UNKNOWN } from "../../support/resources";

const paris = priceBook("eu-west-3", USD);
const virginia = priceBook("us-east-1", USD);

/** Cents a month by label. Undefined is an amount that depends on usage. */
function bill(resource: DeclaredResource, usage: Usage = {}, book = paris): object {
  return billOf([resource], usage, book);
}

function billOf(resources: readonly DeclaredResource[], usage: Usage, book = paris): object {
  const { lines } = estimate(resources, { book, usage, today: TODAY });
  return Object.fromEntries(lines.map((line) => [line.label, exactCents(line.amount)]));
}

describe("price of an instance", () => {
  it("is its hours plus its root volume", () => {
    assert.deepEqual(bill(machine("node")), {
      "Instance (on-demand, Linux, t4g.large)": 5490, // 730 h × 0.0752 = 54.896
      "Volume (gp3)": 464, // 50 GB × 0.0928 = 4.64
    });
  });

  it("counts further volumes and a public address", () => {
    const node = declared("aws:ec2/instance:Instance", "node", {
      instanceType: "t3.large",
      associatePublicIpAddress: true,
      rootBlockDevice: { volumeSize: 30, volumeType: "gp3" },
      ebsBlockDevices: [{ volumeSize: 100, volumeType: "gp2" }],
    });
    assert.deepEqual(bill(node), {
      "Instance (on-demand, Linux, t3.large)": 6891, // 730 × 0.0944 = 68.912
      "Public IPv4 address": 365, // 730 × 0.005 = 3.65
      "Volume (gp2)": 1160, // 100 × 0.116 = 11.60
      "Volume (gp3)": 278, // 30 × 0.0928 = 2.784
    });
  });

  it("is labelled control plane or nodes by the machine's name", () => {
    const hours = (name: string) => {
      const { lines } = estimate([machine(name)], { book: paris, usage: {}, today: TODAY });
      const line = lines.find(({ unit }) => unit === "hour");
      return [line?.category, line?.label.split(" (")[0]];
    };
    assert.deepEqual(hours("ec2-nodes-control-plane"), ["control plane", "Control plane"]);
    assert.deepEqual(hours("ec2-nodes-worker-1"), ["compute", "Instance"]);
  });

  it("has no line for a missing address", () => {
    const { inputs } = machine("node");
    const node = declared("aws:ec2/instance:Instance", "node", {
      ...inputs,
      associatePublicIpAddress: false,
    });
    assert.equal("Public IPv4 address" in bill(node), false);
  });

  it("counts gp3 IOPS and throughput only beyond what is included", () => {
    const node = declared("aws:ec2/instance:Instance", "node", {
      instanceType: "t3.large",
      rootBlockDevice: { volumeSize: 10, volumeType: "gp3", iops: 4000, throughput: 125 },
    });
    assert.deepEqual(bill(node, {}, virginia), {
      "Instance (on-demand, Linux, t3.large)": 6074, // 730 × 0.0832 = 60.736
      "Volume (gp3)": 80, // 10 × 0.08
      "Volume IOPS (gp3, beyond 3000)": 500, // 1,000 × 0.005
    });
    const wide = declared("aws:ec2/instance:Instance", "node", {
      instanceType: "t3.large",
      rootBlockDevice: { volumeSize: 10, volumeType: "gp3", iops: 3000, throughput: 250 },
    });
    assert.deepEqual(bill(wide, {}, virginia), {
      "Instance (on-demand, Linux, t3.large)": 6074,
      "Volume (gp3)": 80,
      "Volume throughput (gp3, beyond 125 MB/s)": 500, // 125 × 0.04
    });
  });
});

describe("price of a network", () => {
  it("of a NAT gateway: hours, and data when known", () => {
    const nat = declared("aws:ec2/natGateway:NatGateway", "nat");
    assert.deepEqual(bill(nat, { natGatewayGb: 100 }), {
      "NAT gateway": 3650, // 730 × 0.05
      "NAT gateway data processed": 500, // 100 × 0.05
    });
    assert.deepEqual(bill(nat), { "NAT gateway": 3650, "NAT gateway data processed": undefined });
  });

  it("of data that crosses zones to a NAT gateway, where not every zone has one", () => {
    const network = (zones: number, gateways: number): readonly DeclaredResource[] => [
      ...Array.from({ length: gateways }, (_, n) =>
        declared("aws:ec2/natGateway:NatGateway", `nat-${n}`),
      ),
      ...Array.from({ length: zones }, (_, n) =>
        declared("aws:ec2/route:Route", `route-${n}`, { natGatewayId: UNKNOWN }),
      ),
      declared("aws:ec2/route:Route", "public", { gatewayId: UNKNOWN }),
    ];
    const crossing = (zones: number, gateways: number, usage: Usage): object =>
      Object.fromEntries(
        Object.entries(billOf(network(zones, gateways), usage)).filter(([label]) =>
          label.startsWith("Data to a NAT gateway in another zone"),
        ),
      );
    const half = "Data to a NAT gateway in another zone (1 of 2 zones, billed twice)";
    assert.deepEqual(crossing(2, 1, { natGatewayGb: 100 }), { [half]: 100 }); // 50 × 2 × 0.01
    assert.deepEqual(crossing(2, 1, {}), { [half]: undefined });
    assert.deepEqual(crossing(3, 1, { natGatewayGb: 300 }), {
      "Data to a NAT gateway in another zone (2 of 3 zones, billed twice)": 400, // 200 × 2 × 0.01
    });
    assert.deepEqual(crossing(3, 3, { natGatewayGb: 300 }), {});
    assert.deepEqual(crossing(1, 1, { natGatewayGb: 300 }), {});
  });

  it("of an Elastic IP address", () => {
    assert.deepEqual(bill(declared("aws:ec2/eip:Eip", "address")), {
      "Public IPv4 address": 365, // 730 × 0.005
    });
  });

  it("of data to the internet: 100 GB free, then by tier", () => {
    const gateway = declared("aws:ec2/internetGateway:InternetGateway", "gateway");
    const first = "Data to the internet (beyond 100 GB free)";
    assert.deepEqual(bill(gateway), { [first]: undefined });
    assert.deepEqual(bill(gateway, { internetOutGb: 100 }), { [first]: 0 });
    assert.deepEqual(bill(gateway, { internetOutGb: 101 }), { [first]: 9 }); // 1 × 0.09
    assert.deepEqual(bill(gateway, { internetOutGb: 100 + 10240 + 1000 }), {
      [first]: 92160, // 10,240 × 0.09
      "Data to the internet (next 40 TB)": 8500, // 1,000 × 0.085
    });
    assert.deepEqual(bill(gateway, { internetOutGb: 100 + 153600 + 10 }), {
      [first]: 92160, // 10,240 × 0.09
      "Data to the internet (next 40 TB)": 348160, // 40,960 × 0.085
      "Data to the internet (next 100 TB)": 716800, // 102,400 × 0.07
      "Data to the internet (over 150 TB)": 50, // 10 × 0.05
    });
  });

  it("of an interface endpoint: hours in each subnet; a gateway endpoint is free", () => {
    const endpoint = (inputs: DeclaredResource["inputs"]): DeclaredResource =>
      declared("aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", inputs);
    const two = endpoint({ vpcEndpointType: "Interface", subnetIds: ["a", "b"] });
    assert.deepEqual(bill(two, { interfaceEndpointGb: 10 }), {
      "Interface endpoint": 1606, // 2 × 730 × 0.011
      "Interface endpoint data processed": 10, // 10 × 0.01
    });
    assert.deepEqual(bill(endpoint({ vpcEndpointType: "Gateway" })), {});
    assert.deepEqual(bill(endpoint({})), {});
  });

  it("of a hosted zone and its queries", () => {
    const zone = declared("aws:route53/zone:Zone", "zone");
    assert.deepEqual(bill(zone, { dnsQueries: 500_000 }), {
      "Hosted zone": 50, // 1 × 0.50
      "DNS queries": 20, // 0.5 million × 0.40
    });
    assert.deepEqual(bill(zone), { "Hosted zone": 50, "DNS queries": undefined });
  });

  it("of a CloudFront distribution: 1 TB and 10 million requests are free", () => {
    const distribution = declared("aws:cloudfront/distribution:Distribution", "cdn");
    const [data, requests] = [
      "Data to the internet (beyond 1 TB free)",
      "HTTPS requests (beyond 10,000,000 free)",
    ];
    assert.deepEqual(bill(distribution), { [data]: undefined, [requests]: undefined });
    assert.deepEqual(bill(distribution, { cloudFrontGb: 1124, cloudFrontRequests: 11_000_000 }), {
      [data]: 850, // 100 × 0.085
      [requests]: 120, // 1,000,000 ÷ 10,000 × 0.012
    });
    const all = { cloudFrontGb: 1024 + 10240 + 100, cloudFrontRequests: 0 };
    assert.deepEqual(bill(distribution, all), {
      [data]: 87040, // 10,240 × 0.085
      "Data to the internet (over 10 TB)": 800, // 100 × 0.08
      [requests]: 0,
    });
    const most = { cloudFrontGb: 1024 + 5 * 1024 * 1024 + 100, cloudFrontRequests: 0 };
    assert.deepEqual(bill(distribution, most), {
      [data]: 87040,
      "Data to the internet (over 10 TB)": 327680, // 40,960 × 0.08
      "Data to the internet (over 50 TB)": 614400, // 102,400 × 0.06
      "Data to the internet (over 150 TB)": 1433600, // 358,400 × 0.04
      "Data to the internet (over 500 TB)": 1609728, // 536,576 × 0.03
      "Data to the internet (over 1 PB)": 10485760, // 4,194,304 × 0.025
      "Data to the internet (over 5 PB)": 200, // 100 × 0.02
      [requests]: 0,
    });
  });
});

describe("price of a database", () => {
  it("single-AZ: hours, storage, secret; backups depend on usage", () => {
    assert.deepEqual(bill(postgres()), {
      "Database instance (on-demand, Single-AZ, db.t4g.micro)": 1314, // 730 × 0.018
      "Storage (Single-AZ, gp3)": 266, // 20 × 0.133
      "Backup storage (beyond 20 GB free)": undefined,
      "Surplus CPU credits (db.t4g)": undefined,
      "Database master password": 40, // 1 × 0.40
    });
  });

  it("counts CPU beyond the baseline of burstable classes, and of no others", () => {
    const usage = { databaseSurplusVcpuHours: 60 };
    for (const [instanceClass, family] of [
      ["db.t3.medium", "db.t3"],
      ["db.t4g.large", "db.t4g"],
    ] as const) {
      const found = bill(postgres({ instanceClass }), usage) as Record<string, number>;
      assert.equal(found[`Surplus CPU credits (${family})`], 450); // 60 × 0.075
    }
    const steady = bill(postgres({ instanceClass: "db.m6g.large" }), usage);
    assert.ok(Object.keys(steady).every((label) => !label.includes("credits")));
  });

  it("Multi-AZ: hours and storage twice", () => {
    const standby = postgres({ multiAz: true, allocatedStorage: 500 });
    assert.deepEqual(bill(standby, { rdsBackupGb: 500 }), {
      "Database instance (on-demand, Multi-AZ, db.t4g.micro)": 2628, // 730 × 0.036
      "Storage (Multi-AZ, gp3)": 13300, // 500 × 0.266
      "Backup storage (beyond 500 GB free)": 0, // 500 - 500
      "Surplus CPU credits (db.t4g)": undefined,
      "Database master password": 40,
    });
  });

  it("counts backups beyond the size of the storage", () => {
    const line = "Backup storage (beyond 20 GB free)";
    // (50 - 20) × 0.10
    assert.equal((bill(postgres(), { rdsBackupGb: 50 }) as Record<string, number>)[line], 300);
  });

  it("includes no secret with its own password, and an address when public", () => {
    const own = bill(postgres({ manageMasterUserPassword: false, publiclyAccessible: true }));
    assert.equal("Database master password" in own, false);
    assert.equal((own as Record<string, number>)["Public IPv4 address"], 365); // 730 × 0.005
  });

  const extra = (inputs: DeclaredResource["inputs"]): object => {
    const book = bookWith(
      { "rds.postgres.gp3.singleAz.extraThroughput.month": { usd: 0.08, unit: "MB/s-month" } },
      "us-east-1",
    );
    return Object.fromEntries(
      Object.entries(bill(postgres(inputs), {}, book)).filter(([label]) =>
        /beyond \d+( MB\/s)?\)$/.test(label),
      ),
    );
  };

  it("includes IOPS beyond the gp3 baseline of its size", () => {
    assert.deepEqual(extra({ allocatedStorage: 400, iops: 13000 }), {
      "Storage IOPS (Single-AZ, gp3, beyond 12000)": 2000, // (13,000 − 12,000) × 0.02
    });
    assert.deepEqual(extra({ allocatedStorage: 399, iops: 4000 }), {
      "Storage IOPS (Single-AZ, gp3, beyond 3000)": 2000, // (4,000 − 3,000) × 0.02
    });
  });

  it("includes throughput beyond the gp3 baseline of its size", () => {
    assert.deepEqual(extra({ allocatedStorage: 400, storageThroughput: 600 }), {
      "Storage throughput (Single-AZ, gp3, beyond 500 MB/s)": 800, // (600 − 500) × 0.08
    });
    assert.deepEqual(extra({ allocatedStorage: 399, storageThroughput: 225 }), {
      "Storage throughput (Single-AZ, gp3, beyond 125 MB/s)": 800, // (225 − 125) × 0.08
    });
  });

  it("includes nothing for the gp3 baseline", () => {
    assert.deepEqual(extra({ allocatedStorage: 400, iops: 12000, storageThroughput: 500 }), {});
    assert.deepEqual(extra({ allocatedStorage: 399, iops: 3000, storageThroughput: 125 }), {});
  });
});

describe("price of a parameter", () => {
  const parameter = (tier?: string): DeclaredResource =>
    declared("aws:ssm/parameter:Parameter", "token", tier === undefined ? {} : { tier });

  it("is nothing in the standard tier, with a reason", () => {
    for (const tier of [undefined, "Standard"]) {
      const { lines, free } = estimate([parameter(tier)], { book: paris, usage: {}, today: TODAY });
      assert.deepEqual(lines, []);
      assert.deepEqual(free, [
        {
          type: "aws:ssm/parameter:Parameter",
          count: 1,
          reason: "Standard parameters have no charge",
        },
      ]);
    }
  });

  it("is monthly in the advanced tier, and refused for intelligent tiering", () => {
    assert.deepEqual(bill(parameter("Advanced"), {}, virginia), { "Parameter (advanced)": 5 }); // 0.0511
    assert.throws(() => bill(parameter("Intelligent-Tiering")), /"token".*Standard or Advanced/);
  });
});

describe("price of an encryption key", () => {
  it("is a dollar a month", () => {
    assert.deepEqual(bill(declared("aws:kms/key:Key", "key")), { "Encryption key": 100 });
  });
});
