/** One product of an offer, in the words of AWS's files. */
export interface Product {
  readonly sku: string;
  readonly usagetype: string;
  readonly unit: string;
  /** Price, or the price of each band by its start. */
  readonly price: string | Readonly<Record<string, string>>;
  readonly family?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Attributes of a reservation. */
  readonly reserved?: Readonly<Record<string, string>>;
}

let count = 0;

/** A product of Paris with an id like AWS's. */
export function product(
  usagetype: string,
  unit: string,
  price: Product["price"],
  attributes: Product["attributes"] = {},
): Product {
  count += 1;
  return { sku: `SKU${String(count).padStart(13, "0")}`, usagetype, unit, price, attributes };
}

export const LINUX = {
  locationType: "AWS Region",
  operatingSystem: "Linux",
  tenancy: "Shared",
  preInstalledSw: "NA",
  capacitystatus: "Used",
  operation: "RunInstances",
  regionCode: "eu-west-3",
};
const RESERVED = { LeaseContractLength: "1yr", OfferingClass: "standard" };

/** Few of AWS's products of EC2 in Paris. Explicit ids, and their prices, are AWS's own. */
export function ec2Products(): Product[] {
  const t3 = { ...LINUX, instanceType: "t3.large" };
  const box = (price: string, attributes: Record<string, string>): Product =>
    product("EUW3-BoxUsage:t3.large", "Hrs", price, { ...t3, ...attributes });
  return [
    { ...box("0.0944000000", {}), sku: "C6JVMHC6VEXQF3QH" },
    box("0.1220000000", { operatingSystem: "Windows", operation: "RunInstances:0002" }),
    box("0.1000000000", { tenancy: "Dedicated" }),
    box("0.0000000000", { capacitystatus: "AllocatedCapacityReservation" }),
    box("0.2000000000", { preInstalledSw: "SQL Web" }),
    // A Local Zone has the same usage type behind another prefix.
    {
      ...box("0.1200000000", { regionCode: "eu-west-3-par-1", locationType: "AWS Local Zone" }),
      usagetype: "PAR1-BoxUsage:t3.large",
    },
    {
      ...box("0.0595000000", {}),
      sku: "C6JVMHC6VEXQF3QH",
      reserved: { ...RESERVED, PurchaseOption: "No Upfront" },
    },
    {
      ...box("0.0590000000", {}),
      sku: "C6JVMHC6VEXQF3QH",
      reserved: { ...RESERVED, OfferingClass: "convertible", PurchaseOption: "No Upfront" },
    },
    {
      ...box("511", {}),
      sku: "C6JVMHC6VEXQF3QH",
      unit: "Quantity",
      reserved: { ...RESERVED, PurchaseOption: "All Upfront" },
    },
    {
      ...box("0.0000000000", {}),
      sku: "C6JVMHC6VEXQF3QH",
      reserved: { ...RESERVED, PurchaseOption: "All Upfront" },
    },
    product("EUW3-EBS:VolumeUsage.gp2", "GB-Mo", "0.1160000000"),
    { ...product("EUW3-EBS:VolumeUsage.gp3", "GB-Mo", "0.0928000000"), sku: "XCKADFE99D2BK5V6" },
    product("EUW3-EBS:VolumeP-IOPS.gp3", "IOPS-Mo", "0.0058000000"),
    {
      ...product("EUW3-EBS:VolumeP-Throughput.gp3", "GiBps-mo", "47.5136000000"),
      sku: "ECCXY6W938GADUAR",
    },
    product("EUW3-EBS:VolumeUsage.piops", "GB-Mo", "0.1450000000"),
    product("EUW3-EBS:VolumeP-IOPS.piops", "IOPS-Mo", "0.0760000000"),
    product("EUW3-EBS:VolumeUsage.st1", "GB-Mo", "0.0530000000"),
    product("EUW3-EBS:SnapshotUsage", "GB-Mo", "0.0530000000"),
    ...["t3", "t3a", "t4g"].map((family) =>
      product(`EUW3-CPUCredits:${family}`, "vCPU-Hours", family === "t4g" ? "0.04" : "0.05", {
        operatingSystem: "Linux",
      }),
    ),
    product("EUW3-CPUCredits:t3", "vCPU-Hours", "0.0960000000", { operatingSystem: "Windows" }),
    product("EUW3-NatGateway-Hours", "Hrs", "0.0500000000"),
    product("EUW3-NatGateway-Bytes", "GB", "0.0500000000"),
    product("EUW3-RegionalNatGateway-Hours", "Hrs", "0.0600000000"),
  ];
}

const RDS = { databaseEngine: "PostgreSQL", regionCode: "eu-west-3" };

function database(usage: string, instanceType: string, price: string, az = "Single-AZ"): Product {
  const where = { ...RDS, instanceType, deploymentOption: az };
  return { ...product(`EUW3-${usage}`, "Hrs", price, where), family: "Database Instance" };
}

function rdsProducts(): Product[] {
  const kept = (usage: string, unit: string, single: string, double: string): Product[] => [
    product(`EUW3-RDS:${usage}`, unit, single, RDS),
    product(`EUW3-RDS:${usage}`, unit, "9", { ...RDS, databaseEngine: "MySQL" }),
    product(`EUW3-RDS:Multi-AZ-${usage}`, unit, double, { ...RDS, databaseEngine: "Any" }),
  ];
  return [
    database("InstanceUsage:db.t3.micro", "db.t3.micro", "0.0210000000"),
    database("Multi-AZUsage:db.t3.micro", "db.t3.micro", "0.0410000000", "Multi-AZ"),
    // AWS cuts the name off.
    database("InstanceUsage:db.r7i.2xl", "db.r7i.2xlarge", "1.3200000000"),
    database("Multi-AZUsage:db.r7i.2xl", "db.r7i.2xlarge", "2.6400000000", "Multi-AZ"),
    database("Multi-AZClusterUsage:x", "db.t3.micro", "0.063", "Multi-AZ (readable standbys)"),
    ...kept("GP2-Storage", "GB-Mo", "0.1330000000", "0.2660000000"),
    ...kept("GP3-Storage", "GB-Mo", "0.1330000000", "0.2660000000"),
    ...kept("GP3-PIOPS", "IOPS-Mo", "0.0230000000", "0.0460000000"),
    ...kept("GP3-Throughput", "MBPS-Mo", "0.0920000000", "0.1840000000"),
    ...kept("PIOPS-Storage", "GB-Mo", "0.1450000000", "0.2900000000"),
    ...kept("PIOPS", "IOPS-Mo", "0.1160000000", "0.2320000000"),
    ...["db.t3", "db.t4g"].flatMap((family) => [
      product(`EUW3-CPUCredits:${family}`, "vCPU-Hours", "0.0750000000", RDS),
      product(`EUW3-CPUCredits:${family}`, "vCPU-Hours", "0.1440000000", {
        ...RDS,
        databaseEngine: "SQL Server",
      }),
    ]),
    product("EUW3-RDS:ChargedBackupUsage", "GB-Mo", "0.1000000000", RDS),
    product("ExtendedSupport:Yr1-Yr2:PostgreSQL11", "vCPU-Hours", "0.1130000000"),
  ];
}

const TIB = (terabytes: number): string => String(terabytes * 1024);

/** Few of AWS's other products in Paris, by offer. */
export function otherProducts(): Record<string, Product[]> {
  const general = { storageClass: "General Purpose" };
  const outbound = { transferType: "AWS Outbound" };
  const balancer = (kind: string): { operation: string } => ({ operation: `LoadBalancing${kind}` });
  return {
    AmazonRDS: rdsProducts(),
    AmazonVPC: [
      {
        ...product("EUW3-PublicIPv4:InUseAddress", "Hrs", "0.0050000000"),
        sku: "T7GTF6TYY473HUA4",
      },
      product("EUW3-VpcEndpoint-Hours", "Hrs", "0.0110000000"),
      product("EUW3-VpcEndpoint-GWLBE-Hours", "Hrs", "0.0120000000"),
      product("EUW3-VpcEndpoint-Bytes", "GB", { 0: "0.01", [TIB(1024)]: "0.006" }),
    ],
    AWSELB: [
      product("EUW3-LoadBalancerUsage", "Hrs", "0.0264600000", balancer(":Application")),
      product("EUW3-LCUUsage", "LCU-Hrs", "0.0084000000", balancer(":Application")),
      product("EUW3-LoadBalancerUsage", "Hrs", "0.0264600000", balancer(":Network")),
      product("EUW3-LCUUsage", "LCU-Hrs", "0.0063000000", balancer(":Network")),
      product("EUW3-LoadBalancerUsage", "Hrs", "0.0294000000", balancer("")),
      product("EUW3-DataProcessing-Bytes", "GB", "0.0084000000", balancer("")),
    ],
    AmazonS3: [
      product(
        "EUW3-TimedStorage-ByteHrs",
        "GB-Mo",
        { 0: "0.024", 51200: "0.023", 512000: "0.022" },
        general,
      ),
      product("EUW3-TimedStorage-SIA-ByteHrs", "GB-Mo", "0.0131", general),
      product("EUW3-Requests-Tier1", "Requests", "0.0000053000"),
      product("EUW3-Requests-Tier2", "Requests", "0.0000004200"),
      product("EUW3-Select-Returned-Bytes", "GB", "0.0008000000"),
      product("EUW3-Select-Scanned-Bytes", "GB", "0.0022500000"),
    ],
    AmazonEFS: [
      {
        ...product("EUW3-TimedStorage-ByteHrs", "GB-Mo", "0.3300000000", general),
        sku: "ZKMCWHF772GJA2M9",
      },
      product("EUW3-IATimedStorage-ByteHrs", "GB-Mo", "0.0261000000"),
      product("EUW3-TimedStorage-Z-ByteHrs", "GB-Mo", "0.1760000000"),
    ],
    AmazonECR: [
      product("EUW3-TimedStorage-ByteHrs", "GB-Mo", "0.1000000000"),
      product("Global-TimedStorage-ByteHrs", "GB-Mo", "0.0000000000"),
    ],
    AmazonSageMaker: [
      product("EUW3-Studio:JupyterLab-ml.t3.medium", "Hrs", "0.0570000000"),
      product("EUW3-Studio:KernelGateway-ml.t3.medium", "Hrs", "0.0570000000"),
      product("EUW3-Host:ml.m5.large", "Hrs", "0.1340000000"),
      product("EUW3-AsyncInf:ml.m5.large", "Hrs", "0.1340000000"),
      product("EUW3-Studio:VolumeUsage.gp3", "GB-Mo", "0.1299200000"),
    ],
    AWSDataTransfer: [
      product("Global-DataTransfer-Out-Bytes", "GB", "0.0000000000", outbound),
      product(
        "EUW3-DataTransfer-Out-Bytes",
        "GB",
        { 0: "0.09", [TIB(10)]: "0.085", [TIB(50)]: "0.07", [TIB(150)]: "0.05" },
        outbound,
      ),
      product("EUW3-USE1-AWS-Out-Bytes", "GB", "0.02", { transferType: "InterRegion Outbound" }),
      product("EUW3-DataTransfer-Regional-Bytes", "GB", "0.01", { transferType: "IntraRegion" }),
    ],
    AmazonCloudFront: [
      product("EU-DataTransfer-Out-Bytes", "GB", {
        0: "0",
        [TIB(1)]: "0.085",
        [TIB(10)]: "0.08",
        [TIB(50)]: "0.06",
        [TIB(150)]: "0.04",
        [TIB(500)]: "0.03",
        [TIB(1024)]: "0.025",
        [TIB(5120)]: "0.02",
      }),
      product("US-DataTransfer-Out-Bytes", "GB", "0.08"),
      product("EU-Requests-Tier2-HTTPS", "Requests", "0.0000012000"),
    ],
    AmazonRoute53: [
      product("HostedZone", "HostedZone", { 0: "0.50", 25: "0.10" }),
      product("DNS-Queries", "Queries", { 0: "0.0000004", 1000000000: "0.0000002" }),
    ],
    AmazonEKS: [
      product("EUW3-AmazonEKS-Hours:perCluster", "Hours", "0.1000000000"),
      product("EUW3-AmazonEKS-Hours:extendedSupport", "Hours", "0.5000000000"),
    ],
    AmazonCloudWatch: [
      product("EUW3-DataProcessing-Bytes", "GB", "0.5985", { operation: "PutLogEvents" }),
      product("EUW3-DataProcessing-Bytes", "GB", "0.25", { operation: "PutLogEventsIA" }),
      product("EUW3-TimedStorage-ByteHrs", "GB-Mo", "0.0315"),
      product("EUW3-DataScanned-Bytes", "GB", "0.0059"),
      product("EUW3-CW:AlarmMonitorUsage", "Alarms", "0.1"),
    ],
    awskms: [
      product("eu-west-3-KMS-Keys", "Keys", "1.0000000000"),
      product("eu-west-3-KMS-Requests", "Requests", { 0: "0.0000000000", 20000: "0.0000030000" }),
    ],
    AWSSecretsManager: [
      product("EUW3-AWSSecretsManager-Secrets", "Secrets", "0.4000000000"),
      product("EUW3-AWSSecretsManagerAPIRequest", "API Requests", "0.0000050000"),
    ],
    AWSSystemsManager: [product("EUW3-PS-Advanced-Param-Tier1", "Hours", "0.0000700000")],
    AWSLambda: [
      product("EUW3-Request-ARM", "Requests", "0.0000002000"),
      product("Global-Request-ARM", "Requests", "0.0000000000"),
      product("EUW3-Lambda-GB-Second-ARM", "Lambda-GB-Second", "0.0000133334"),
      product("EUW3-Lambda-GB-Second", "Lambda-GB-Second", "0.0000166667"),
    ],
    AmazonApiGateway: [
      product("EUW3-ApiGatewayHttpRequest", "Requests", {
        0: "0.00000117",
        300000000: "0.00000106",
      }),
    ],
    AmazonCognito: [
      product("Global-CognitoFreeTierMAU", "User", "0.0000000000"),
      product("EUW3-CognitoUserPoolsMAU", "User", "0.0055"),
      product("EUW3-CognitoLiteMAU", "User", {
        0: "0.0055",
        90000: "0.0046",
        990000: "0.00325",
        9990000: "0.0025",
      }),
      product("EUW3-CognitoEssentialsMAU", "User", "0.015"),
      product("EUW3-CognitoPlusMAU", "User", "0.02"),
    ],
  };
}
