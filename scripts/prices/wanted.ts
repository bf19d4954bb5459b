import { edgePlace } from "./edge";
import {
  each,
  gbMonths,
  gigabytes,
  hours,
  iopsMonths,
  monthOfHours,
  throughputMonths,
  type Filter,
  type Measure,
  type Wanted,
} from "./filters";
import { wantedTypes } from "./wanted-types";

/** Offers that AWS does not list by region. */
const GLOBAL_OFFERS = new Set(["AmazonRoute53", "AmazonCloudFront"]);

/** True if an offer has the same prices in every region. Its index lists them as `aws-other`. */
export function isGlobal(offer: string): boolean {
  return GLOBAL_OFFERS.has(offer);
}

type More = Omit<Filter, "usage" | "units">;

/**
 * Every price that a region can have, with its product at AWS. Usage types are those of AWS's price list.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-ppslong.html
 *
 * @param keys keys of all regions. The refresh looks for their instance types in each region.
 */
export function wantedIn(region: string, keys: Iterable<string>): Wanted[] {
  return [
    ...wantedTypes([...keys]),
    ...disksAndNetwork(),
    ...databaseStorage(),
    ...storage(),
    ...transfer(),
    ...edge(region),
    ...services(),
    ...logins(),
  ];
}

/** Line of the table: our key and unit, AWS's usage type, and further conditions for the product. */
function one(offer: string) {
  return (
    key: string,
    { unit, units }: Measure,
    usage: string | readonly string[],
    more: More = {},
  ): Wanted => ({
    key,
    unit,
    offer,
    parts: [{ usage: typeof usage === "string" ? [usage] : usage, units, ...more }],
    optional: false,
  });
}

function disksAndNetwork(): Wanted[] {
  const ec2 = one("AmazonEC2");
  const vpc = one("AmazonVPC");
  const elb = one("AWSELB");
  const balancer = (operation: string): More => ({ where: { operation } });
  const io2 = [
    ec2("ebs.io2.gbMonth", gbMonths, "EBS:VolumeUsage.io2"),
    ec2("ebs.io2.iops.month", iopsMonths, "EBS:VolumeP-IOPS.io2"),
  ].map((wanted) => ({ ...wanted, optional: true }));
  return [
    ec2("ebs.gp2.gbMonth", gbMonths, "EBS:VolumeUsage.gp2"),
    ec2("ebs.gp3.gbMonth", gbMonths, "EBS:VolumeUsage.gp3"),
    ec2("ebs.gp3.extraIops.month", iopsMonths, "EBS:VolumeP-IOPS.gp3"),
    ec2("ebs.gp3.extraThroughput.month", throughputMonths, "EBS:VolumeP-Throughput.gp3"),
    ec2("ebs.io1.gbMonth", gbMonths, "EBS:VolumeUsage.piops"),
    ec2("ebs.io1.iops.month", iopsMonths, "EBS:VolumeP-IOPS.piops"),
    ...io2,
    ...["t3", "t3a", "t4g"].map((family) =>
      ec2(`ec2.cpuCredits.${family}.vcpuHour`, each("vCPU-hour"), `CPUCredits:${family}`, {
        where: { operatingSystem: "Linux" },
      }),
    ),
    ec2("ebs.st1.gbMonth", gbMonths, "EBS:VolumeUsage.st1"),
    ec2("ebs.snapshot.gbMonth", gbMonths, "EBS:SnapshotUsage"),
    ec2("vpc.natGateway.hour", hours, "NatGateway-Hours"),
    ec2("vpc.natGateway.gb", gigabytes, "NatGateway-Bytes"),
    vpc("vpc.publicIpv4.hour", hours, "PublicIPv4:InUseAddress"),
    vpc("vpc.interfaceEndpoint.hour", hours, "VpcEndpoint-Hours"),
    vpc("vpc.interfaceEndpoint.gb", gigabytes, "VpcEndpoint-Bytes"),
    elb("elb.alb.hour", hours, "LoadBalancerUsage", balancer("LoadBalancing:Application")),
    elb("elb.alb.lcu.hour", each("LCU-hour"), "LCUUsage", balancer("LoadBalancing:Application")),
    elb("elb.network.hour", hours, "LoadBalancerUsage", balancer("LoadBalancing:Network")),
    elb("elb.network.lcu", each("LCU-hour"), "LCUUsage", balancer("LoadBalancing:Network")),
    elb("elb.clb.hour", hours, "LoadBalancerUsage", balancer("LoadBalancing")),
    elb("elb.clb.gb", gigabytes, "DataProcessing-Bytes", balancer("LoadBalancing")),
  ];
}

/** AWS's name of each kind of storage, and of its IOPS and throughput. */
const DATABASE_STORAGE = [
  { type: "gp2", storage: "GP2-Storage", more: [] },
  {
    type: "gp3",
    storage: "GP3-Storage",
    more: [
      {
        key: "extraIops.month",
        usage: "GP3-PIOPS",
        measure: iopsMonths,
      },
      {
        key: "extraThroughput.month",
        usage: "GP3-Throughput",
        measure: throughputMonths,
      },
    ],
  },
  {
    type: "io1",
    storage: "PIOPS-Storage",
    more: [{ key: "iops.month", usage: "PIOPS", measure: iopsMonths }],
  },
];

function databaseStorage(): Wanted[] {
  const rds = one("AmazonRDS");
  // AWS lists a standby's storage for any engine, other storage for this one.
  const where = { databaseEngine: ["PostgreSQL", "Any"] };
  return [
    ...DATABASE_STORAGE.flatMap(({ type, storage: usage, more }) =>
      Object.entries({ singleAz: "RDS:", multiAz: "RDS:Multi-AZ-" }).flatMap(([az, head]) => {
        const key = `rds.postgres.${type}.${az}`;
        return [
          rds(`${key}.gbMonth`, gbMonths, `${head}${usage}`, { where }),
          ...more.map((extra) =>
            rds(`${key}.${extra.key}`, extra.measure, `${head}${extra.usage}`, { where }),
          ),
        ];
      }),
    ),
    ...["t3", "t4g"].map((family) =>
      rds(
        `rds.postgres.cpuCredits.${family}.vcpuHour`,
        each("vCPU-hour"),
        `CPUCredits:db.${family}`,
        { where },
      ),
    ),
    rds("rds.backup.gbMonth", gbMonths, "RDS:ChargedBackupUsage", { where }),
  ];
}

function storage(): Wanted[] {
  const s3 = one("AmazonS3");
  const efs = one("AmazonEFS");
  const kept = (at: number): More => ({ at, where: { storageClass: "General Purpose" } });
  const TIMED = "TimedStorage-ByteHrs";
  return [
    s3("s3.standard.gbMonth", gbMonths, TIMED, kept(1)),
    s3("s3.standard.over50Tb.gbMonth", gbMonths, TIMED, kept(60_000)),
    s3("s3.standard.over500Tb.gbMonth", gbMonths, TIMED, kept(600_000)),
    s3("s3.standard.put.thousand", each("1,000 requests", 1000), "Requests-Tier1"),
    s3("s3.standard.get.thousand", each("1,000 requests", 1000), "Requests-Tier2"),
    s3("s3.select.returned.gb", gigabytes, "Select-Returned-Bytes"),
    s3("s3.select.scanned.gb", gigabytes, "Select-Scanned-Bytes"),
    efs("efs.standard.gbMonth", gbMonths, TIMED, {
      where: { storageClass: "General Purpose" },
    }),
    efs("efs.infrequentAccess.gbMonth", gbMonths, "IATimedStorage-ByteHrs"),
    efs("efs.oneZone.gbMonth", gbMonths, "TimedStorage-Z-ByteHrs"),
    one("AmazonECR")("ecr.storage.gbMonth", gbMonths, TIMED),
    one("AmazonSageMaker")("sagemaker.studioStorage.gbMonth", gbMonths, "Studio:VolumeUsage.gp3"),
  ];
}

function transfer(): Wanted[] {
  const out = one("AWSDataTransfer");
  const band = (key: string, at: number): Wanted =>
    out(`dataTransfer.outInternet.${key}`, gigabytes, "DataTransfer-Out-Bytes", {
      at,
      where: { transferType: "AWS Outbound" },
    });
  return [
    band("gb", 5_000),
    band("over10Tb.gb", 20_000),
    band("over50Tb.gb", 100_000),
    band("over150Tb.gb", 200_000),
    out("dataTransfer.betweenZones.gb", gigabytes, "DataTransfer-Regional-Bytes", {
      where: { transferType: "IntraRegion" },
    }),
  ];
}

/** Quantities in GB, each in the middle of a band. */
const EDGE_BANDS = {
  gb: 5_000,
  "over10Tb.gb": 20_000,
  "over50Tb.gb": 100_000,
  "over150Tb.gb": 300_000,
  "over500Tb.gb": 700_000,
  "over1Pb.gb": 2_000_000,
  "over5Pb.gb": 6_000_000,
};

function edge(region: string): Wanted[] {
  const cloudFront = one("AmazonCloudFront");
  const route53 = one("AmazonRoute53");
  const place = edgePlace(region);
  return [
    ...Object.entries(EDGE_BANDS).map(([key, at]) =>
      cloudFront(`cloudFront.outInternet.${key}`, gigabytes, `${place}-DataTransfer-Out-Bytes`, {
        at,
      }),
    ),
    cloudFront(
      "cloudFront.https.tenThousand",
      each("10,000 requests", 10_000),
      `${place}-Requests-Tier2-HTTPS`,
    ),
    route53("route53.zone.month", each("zone-month"), "HostedZone"),
    route53("route53.queries.million", each("1,000,000 queries", 1_000_000), "DNS-Queries"),
  ];
}

function services(): Wanted[] {
  const watch = one("AmazonCloudWatch");
  const kms = one("awskms");
  const secrets = one("AWSSecretsManager");
  const lambda = one("AWSLambda");
  const perCluster = { usage: ["AmazonEKS-Hours:perCluster"], units: hours.units };
  const extended = { usage: ["AmazonEKS-Hours:extendedSupport"], units: hours.units };
  const eks = { unit: "hour", offer: "AmazonEKS", optional: false };
  return [
    { ...eks, key: "eks.cluster.hour", parts: [perCluster] },
    { ...eks, key: "eks.clusterExtendedSupport.hour", parts: [perCluster, extended] },
    watch("logs.ingest.gb", gigabytes, "DataProcessing-Bytes", {
      where: { operation: "PutLogEvents" },
    }),
    watch("logs.storage.gbMonth", gbMonths, "TimedStorage-ByteHrs"),
    watch("logs.insightsScanned.gb", gigabytes, "DataScanned-Bytes"),
    watch("cloudwatch.alarm.month", each("alarm-month"), "CW:AlarmMonitorUsage"),
    kms("kms.key.month", each("key-month"), "KMS-Keys"),
    kms("kms.requests.tenThousand", each("10,000 requests", 10_000), "KMS-Requests"),
    secrets("secretsManager.secret.month", each("secret-month"), [
      "AWSSecretsManager-Secrets",
      "AWSSecretsManager-Secret",
    ]),
    secrets("secretsManager.requests.tenThousand", each("10,000 requests", 10_000), [
      "AWSSecretsManagerAPIRequest",
      "AWSSecretsManager-APIRequests",
    ]),
    one("AWSSystemsManager")(
      "ssm.advancedParameter.month",
      monthOfHours("parameter-month"),
      "PS-Advanced-Param-Tier1",
    ),
    lambda("lambda.requests.million", each("1,000,000 requests", 1_000_000), "Request-ARM"),
    lambda("lambda.arm.gbSecond", each("GB-second"), "Lambda-GB-Second-ARM"),
    lambda("lambda.x86.gbSecond", each("GB-second"), "Lambda-GB-Second"),
  ];
}

function logins(): Wanted[] {
  const cognito = one("AmazonCognito");
  const lite = (key: string, at: number): Wanted =>
    cognito(`cognito.lite.${key}`, each("user"), "CognitoLiteMAU", { at });
  return [
    one("AmazonApiGateway")(
      "apiGateway.http.million",
      each("1,000,000 requests", 1_000_000),
      "ApiGatewayHttpRequest",
    ),
    lite("mau", 50_000),
    lite("over100k.mau", 500_000),
    lite("over1M.mau", 5_000_000),
    lite("over10M.mau", 50_000_000),
    cognito("cognito.essentials.mau", each("user"), "CognitoEssentialsMAU"),
    cognito("cognito.plus.mau", each("user"), "CognitoPlusMAU"),
  ];
}
