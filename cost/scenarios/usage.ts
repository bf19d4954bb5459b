interface UsageEntry {
  /** Counted item, for one month and the whole stack. */
  readonly doc: string;
  readonly unit: string;
}

/** Every quantity that a bill depends on and no stack declares: for the whole stack, per month. */
export const USAGE = {
  monthlyActiveUsers: { doc: "People who log in at least once", unit: "user" },
  s3StorageGb: { doc: "Data kept in all buckets together, S3 Standard", unit: "GB" },
  s3PutRequests: { doc: "PUT, COPY, POST and LIST requests to S3", unit: "request" },
  s3GetRequests: { doc: "GET and all other requests to S3", unit: "request" },
  natGatewayGb: { doc: "Data through the NAT gateways, both directions", unit: "GB" },
  interfaceEndpointGb: { doc: "Data through the interface endpoints", unit: "GB" },
  internetOutGb: { doc: "Data from the stack to the internet, without CloudFront", unit: "GB" },
  rdsBackupGb: { doc: "Database backups and snapshots kept", unit: "GB" },
  databaseSurplusVcpuHours: {
    doc: "CPU that a burstable database takes beyond its baseline, over 24 hours",
    unit: "vCPU-hour",
  },
  dnsQueries: { doc: "Queries that the hosted zones answer", unit: "query" },
  notebooks: { doc: "Notebooks that are open at the same time", unit: "notebook" },
  notebookHours: {
    doc: "Hours in which notebooks are in use, without idle hours",
    unit: "hour",
  },
  notebookDays: { doc: "Days on which each notebook is in use, summed over all", unit: "day" },
  notebookDisksGb: { doc: "Disks that notebooks need, running or not", unit: "GB" },
  homeFileSystemGb: { doc: "Data in the home file system of Studio", unit: "GB" },
  loginRequests: { doc: "Requests to the login of Studio", unit: "request" },
  controlPlaneLogGb: { doc: "Logs that the control plane of EKS writes", unit: "GB" },
  notebookLogGb: {
    doc: "Logs of notebooks that you send to CloudWatch, from pods or from Studio; no role here does it",
    unit: "GB",
  },
  imageStorageGb: { doc: "Images of your own for notebooks, in a registry of ECR", unit: "GB" },
  functionLogGb: {
    doc: "Logs of the stack's own functions, their API and its endpoint",
    unit: "GB",
  },
  databaseLogGb: { doc: "Messages of the database, above all about connections", unit: "GB" },
  cloudFrontGb: { doc: "Data from CloudFront to the internet", unit: "GB" },
  cloudFrontRequests: { doc: "HTTPS requests to CloudFront", unit: "request" },
} as const satisfies Readonly<Record<string, UsageEntry>>;

/** Name of one usage quantity, e.g. `natGatewayGb`. */
export type UsageName = keyof typeof USAGE;

/** Monthly usage of a stack by name. An absent quantity is unknown, not zero. */
export type Usage = Readonly<Partial<Record<UsageName, number>>>;
