interface UsageEntry {
  /** What is counted, over one month and the whole stack. */
  readonly doc: string;
  readonly unit: string;
}

/** Every quantity that a bill depends on and a declaration cannot tell: stack-wide, per month. */
export const USAGE = {
  monthlyActiveUsers: { doc: "People who log in at least once", unit: "user" },
  s3StorageGb: { doc: "Data kept in all buckets together, S3 Standard", unit: "GB" },
  s3PutRequests: { doc: "PUT, COPY, POST and LIST requests to S3", unit: "request" },
  s3GetRequests: { doc: "GET and all other requests to S3", unit: "request" },
  natGatewayGb: { doc: "Data through the NAT gateways, both directions", unit: "GB" },
  interfaceEndpointGb: { doc: "Data through the interface endpoints", unit: "GB" },
  internetOutGb: { doc: "Data from the stack to the internet, CloudFront apart", unit: "GB" },
  rdsBackupGb: { doc: "Database backups and snapshots kept", unit: "GB" },
  dnsQueries: { doc: "Queries that the hosted zones answer", unit: "query" },
  logGb: { doc: "Logs that the stack writes to CloudWatch", unit: "GB" },
  cloudFrontGb: { doc: "Data from CloudFront to the internet", unit: "GB" },
  cloudFrontRequests: { doc: "HTTPS requests to CloudFront", unit: "request" },
  studioHours: {
    doc: "Hours that all notebooks together run in Studio, idle time before the stop included",
    unit: "hour",
  },
  studioSpaceGb: { doc: "Disks of all Studio spaces together, stopped ones too", unit: "GB" },
  homeFileSystemGb: { doc: "Files in the home file system of the Studio domain", unit: "GB" },
  loginRequests: { doc: "Requests to the login broker of Studio", unit: "request" },
} as const satisfies Readonly<Record<string, UsageEntry>>;

/** Name of one usage quantity, e.g. `natGatewayGb`. */
export type UsageName = keyof typeof USAGE;

/** Monthly usage of a stack by name; what is absent is unknown, not zero. */
export type Usage = Readonly<Partial<Record<UsageName, number>>>;
