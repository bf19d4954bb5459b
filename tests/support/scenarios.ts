import fc from "fast-check";
import { readScenario, type Scenario } from "../../cost/scenarios/scenario";

/** Two people with a notebook of 1.5 vCPU and 6 GiB each, 5 hours on 10 days: figures for mental arithmetic. */
export const PAIR: Scenario = {
  ...readScenario("team"),
  name: "pair",
  people: 2,
  notebookVcpus: 1.5,
  notebookGib: 6,
  notebookDiskGb: 20,
  hoursPerDay: 5,
  daysPerMonth: 10,
};

/** Any scenario that the prices of eu-west-3 cover: S3 up to 50 TB, CloudFront up to 10. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    people: fc.integer({ min: 1, max: 60 }),
    notebooksPerPerson: fc.integer({ min: 1, max: 3 }),
    hoursPerDay: fc.integer({ min: 1, max: 96 }).map((quarters) => quarters / 4),
    daysPerMonth: fc.integer({ min: 1, max: 30 }),
    notebookDiskGb: fc.integer({ min: 5, max: 200 }),
    homeGbPerPerson: fc.integer({ min: 0, max: 20 }),
    monthlyActiveUsers: fc.integer({ min: 0, max: 200_000 }),
    s3StorageGb: fc.integer({ min: 0, max: 51_000 }),
    s3PutRequests: fc.integer({ min: 0, max: 10_000_000 }),
    s3GetRequests: fc.integer({ min: 0, max: 10_000_000 }),
    natGatewayGb: fc.integer({ min: 0, max: 10_000 }),
    internetOutGb: fc.integer({ min: 0, max: 200_000 }),
    rdsBackupGb: fc.integer({ min: 0, max: 1_000 }),
    dnsQueries: fc.integer({ min: 0, max: 1_000_000_000 }),
    controlPlaneLogGb: fc.integer({ min: 0, max: 1_000 }),
    functionLogGb: fc.integer({ min: 0, max: 1_000 }),
    databaseLogGb: fc.integer({ min: 0, max: 1_000 }),
    cloudFrontGb: fc.integer({ min: 0, max: 11_000 }),
    cloudFrontRequests: fc.integer({ min: 0, max: 100_000_000 }),
  })
  .map((numbers) => ({ ...readScenario("team"), ...numbers }));

/** A scenario, and another with at least as much of everything. */
export const lessAndMore: fc.Arbitrary<readonly [Scenario, Scenario]> = fc
  .tuple(anyScenario, anyScenario)
  .map(([one, other]) => [lower(one, other), upper(one, other)]);

function lower(one: Scenario, other: Scenario): Scenario {
  return merged(one, other, Math.min);
}

function upper(one: Scenario, other: Scenario): Scenario {
  return merged(one, other, Math.max);
}

function merged(one: Scenario, other: Scenario, pick: (a: number, b: number) => number): Scenario {
  const right = other as unknown as Readonly<Record<string, unknown>>;
  const entries = Object.entries(one).map(([name, value]) => [
    name,
    typeof value === "number" ? pick(value, right[name] as number) : value,
  ]);
  return Object.fromEntries(entries) as Scenario;
}
