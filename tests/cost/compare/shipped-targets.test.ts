import assert from "node:assert/strict";
import type { EqualComparison, EqualService } from "../../../cost/compare/equal-service";
import { SENSITIVE } from "../../../cost/compare/sensitivity";
import { readScenario } from "../../../cost/scenarios/scenario";
import { cheapest, shipped } from "../../support/shipped";

/** `eks, 4 × t3a.xlarge, working hours`. */
function nameOf({ stack, machines, service }: EqualService): string {
  const many = machines.kind === "nodes" ? `${machines.count} × ` : "";
  return `${stack}, ${many}${machines.instanceType}, ${service.mode}`;
}

/** US dollars by row. */
function totals({ services }: EqualComparison): Record<string, number> {
  return Object.fromEntries(
    services.map((one) => [nameOf(one), one.service.total.leastCents / 100]),
  );
}

/** Sum of products as AWS's calculator adds them up: each in cents, halves up. */
function sum(...products: readonly (readonly number[])[]): number {
  const cents = products.map((factors) =>
    Math.round(Number((factors.reduce((all, one) => all * one, 1) * 100).toPrecision(12))),
  );
  return cents.reduce((all, one) => all + one, 0) / 100;
}

describe("equal service of the three targets, computed by hand", () => {
  /** The front door of both: a load balancer, and as many of its capacity units as CloudFront has GB. */
  const door = (gb: number): number[][] => [
    [730, 0.02646],
    [gb, 0.0063],
  ];
  /** Everything of eks beside nodes: control plane, logs (10 and 0.1 GB, 5 of them free, stored for 30 days). */
  const eksTeam = [[730, 0.1], [5.1, 0.5985], [(5.1 * 30) / 30.416666667, 0.0315], ...door(1)];
  const ec2Team = [[0.5], [730, 0.005], ...door(1)];
  // 12.12 + 16.20; 36.50 + 5.00 + 3.65 for NAT, half of whose 100 GB cross zones, at 2 × 0.01
  const shared = 12.12 + 16.2 + 45.15 + 1;

  it("in the scenario team", async () => {
    const found = totals(await shipped(readScenario("team")));
    // Homes: 10 × 10 GB. Nodes in working hours: 6 + 2 + 1 = 9 hours on 20 days.
    const disks = [100, 0.0928];
    const rows: Record<string, number> = {
      // 10 × 20 × (6 + 1) hours; 10 × 10 GB; 10 × 1 GB of home file system
      "sagemaker, ml.t3.large, by use": sum([1400, 0.113], [100, 0.12992], [10, 0.33]),
      // 20 × (10 × 6 − 4 × 1.6 × 9) = 48 vCPU-hours of surplus
      "eks, 4 × t3a.xlarge, working hours": sum(
        ...eksTeam,
        [4 * 180, 0.1699],
        [(200 * 180) / 730, 0.0928],
        [48, 0.05],
        disks,
      ),
      // 20 × (10 × 6 − 10 × 0.6 × 9) = 120
      "eks, 10 × t3.large, working hours": sum(
        ...eksTeam,
        [10 * 180, 0.0944],
        [(500 * 180) / 730, 0.0928],
        [120, 0.05],
        disks,
      ),
      "eks, 4 × t3a.xlarge, always on": sum(...eksTeam, [4 * 730, 0.1699], [200, 0.0928], disks),
      "eks, 4 × t3a.xlarge, 1 year, no upfront": sum(
        ...eksTeam,
        [4 * 730, 0.107],
        [200, 0.0928],
        disks,
      ),
      // A year's fee of 875 is 0.099886 an hour
      "eks, 4 × t3a.xlarge, 1 year, all upfront": sum(
        ...eksTeam,
        [4 * 730, 0.099886],
        [200, 0.0928],
        disks,
      ),
      "ec2, 5 × t3a.xlarge, working hours": sum(
        ...ec2Team,
        [730, 0.1699],
        [4 * 180, 0.1699],
        [250, 0.0928],
        [48, 0.05],
        disks,
      ),
      "ec2, 11 × t3.large, working hours": sum(
        ...ec2Team,
        [730, 0.0944],
        [10 * 180, 0.0944],
        [550, 0.0928],
        [120, 0.05],
        disks,
      ),
      "ec2, 5 × t3a.xlarge, always on": sum(
        ...ec2Team,
        [730, 0.1699],
        [4 * 730, 0.1699],
        [250, 0.0928],
        disks,
      ),
      "ec2, 5 × t3a.xlarge, 1 year, no upfront": sum(
        ...ec2Team,
        [730, 0.107],
        [4 * 730, 0.107],
        [250, 0.0928],
        disks,
      ),
      "ec2, 5 × t3a.xlarge, 1 year, all upfront": sum(
        ...ec2Team,
        [730, 0.099886],
        [4 * 730, 0.099886],
        [250, 0.0928],
        disks,
      ),
    };
    assert.deepEqual(
      found,
      Object.fromEntries(
        Object.entries(rows).map(([name, target]) => [name, Number((shared + target).toFixed(2))]),
      ),
    );
    assert.equal(found["sagemaker, ml.t3.large, by use"], 248.96);
  });

  it("in the scenario company", async () => {
    const found = totals(await shipped(readScenario("company")));
    // 480 + 10.60 + 8.40; 16.20 without backups; 36.50 + 200 + 3.65; 2,000 GB × 2 × 0.01; 900 GB × 0.09
    const base = 499 + 16.2 + 240.15 + 40 + 81;
    // 200 people, 8 + 2 + 1 = 11 hours on 21 days = 231; 7 notebooks a node: 29 nodes
    const logs = [
      // 200 of the control plane and 2 of the database, 5 of them free
      [197, 0.5985],
      [(197 * 30) / 30.416666667, 0.0315],
    ];
    const disks = [10_000, 0.0928];
    assert.equal(
      found["eks, 29 × m7i-flex.4xlarge, working hours"]?.toFixed(2),
      (
        base +
        sum(
          [730, 0.1],
          ...logs,
          ...door(5),
          [29 * 231, 0.89376],
          [(1450 * 231) / 730, 0.0928],
          disks,
        )
      ).toFixed(2),
    );
    assert.equal(
      found["ec2, 30 × m6i.4xlarge, working hours"]?.toFixed(2),
      (
        base +
        sum([0.5], [3.65], ...door(5), [730, 0.896], [29 * 231, 0.896], [1500, 0.0928], disks)
      ).toFixed(2),
    );
    // 200 × 21 × (8 + 1) hours; 400 GB of homes; 12,600 requests to the login
    assert.equal(
      found["sagemaker, ml.r5.large, by use"]?.toFixed(2),
      (base + sum([37_800, 0.178], [10_000, 0.12992], [400, 0.33], [0.0126, 1.17])).toFixed(2),
    );
  });

  it("in the scenario notes", async () => {
    const found = totals(await shipped(readScenario("notes")));
    // 300 notebooks, 10 + 2 + 1 = 13 hours on 5 days = 65; 7 of 8 GiB a node of 64: 43 nodes
    assert.equal(
      found["eks, 43 × c6i.8xlarge, working hours"]?.toFixed(2),
      (
        shared + sum(...eksTeam, [43 * 65, 1.616], [(2150 * 65) / 730, 0.0928], [6000, 0.0928])
      ).toFixed(2),
    );
    assert.equal(
      found["ec2, 21 × m6i.16xlarge, working hours"]?.toFixed(2),
      (
        shared + sum(...ec2Team, [730, 3.584], [20 * 65, 3.584], [1050, 0.0928], [6000, 0.0928])
      ).toFixed(2),
    );
    // 300 × 5 × (10 + 1) hours; 6,000 GB; 100 GB
    assert.equal(
      found["sagemaker, ml.t3.xlarge, by use"]?.toFixed(2),
      (shared + sum([16_500, 0.227], [6000, 0.12992], [100, 0.33])).toFixed(2),
    );
  });
});

describe("equal service of the three targets", () => {
  it("shows the machines on both sides where a notebook is at the edge of a type", async () => {
    const { edges } = await shipped(readScenario("team"));
    // 4 GiB gross, as ml.t3.medium has them: 1,400 × 0.057 = 79.80 instead of 158.20
    assert.deepEqual(
      edges
        .filter(({ stack }) => stack === "sagemaker")
        .map(({ machines, notebookGib, total }) => [
          machines.instanceType,
          notebookGib,
          total.leastCents,
        ]),
      [["ml.t3.medium", 3, 17056]],
    );
    const far = await shipped({ ...readScenario("team"), notebookGib: 5.4 });
    assert.ok(far.edges.every(({ stack }) => stack !== "sagemaker"));
  });

  it("offers no type that the settings of a stack refuse, for notebooks of any size", async () => {
    // A notebook of 4 GiB, as the settings allow it, fits no node of 4 GiB.
    const mediums = async (sizes: string): Promise<string[]> => {
      const settings = { "notebooks.sizes": sizes };
      const { edges } = await shipped(readScenario("team"), { ec2: settings, eks: settings });
      return edges
        .filter(({ machines }) => machines.instanceType === "t3a.medium")
        .map(({ stack }) => stack);
    };
    assert.deepEqual(await mediums("2x4"), []);
    assert.deepEqual(await mediums("1x2"), ["ec2", "eks"]);
  });

  it("costs the same at a break-even that is put in, to the cent", async () => {
    for (const name of ["team", "company", "notes"]) {
      const scenario = readScenario(name);
      const { breakEvens } = await shipped(scenario);
      const crossed = breakEvens.filter(({ stretches }) => stretches.length > 1);
      assert.ok(crossed.length > 0, name);
      for (const { stacks, stretches } of crossed) {
        const hoursPerDay = stretches[0]!.toHours / scenario.daysPerMonth;
        const at = await shipped({ ...scenario, hoursPerDay });
        const [one, other] = stacks.map((stack) => cheapest(at, stack));
        assert.equal(one, other, `${name}: ${stacks.join()}`);
      }
    }
  });

  it("has another cheapest stack beyond each turn of the sensitivity, and not before", async () => {
    const scenario = readScenario("company");
    const { sensitivity, services } = await shipped(scenario);
    assert.deepEqual(
      sensitivity.map(({ field }) => field),
      [...SENSITIVE],
    );
    const turns = sensitivity.flatMap(({ field, now, cheapest, ...one }) => {
      assert.equal(cheapest, services[0]!.stack);
      assert.equal(now, scenario[field]);
      return [one.below, one.above].flatMap((turn) =>
        turn === undefined ? [] : [{ field, turn }],
      );
    });
    assert.ok(turns.length >= 4);
    for (const { field, turn } of turns) {
      const step = turn.at > scenario[field] ? 1.0001 : 0.9999;
      const first = async (value: number): Promise<string> =>
        (await shipped({ ...scenario, [field]: value })).services[0]!.stack;
      assert.equal(await first(turn.at / step), services[0]!.stack, field);
      assert.equal(await first(turn.at * step), turn.stack, field);
    }
  });

  it("uses the idle time and disk size that the stacks declare", async () => {
    const { services } = await shipped(readScenario("team"), {
      sagemaker: { "notebooks.idleMinutes": "480", "notebooks.homeGib": "100" },
      eks: { "notebooks.idleMinutes": "120", "nodes.diskGib": "100" },
    });
    const line = (stack: string, label: RegExp): number | undefined =>
      services
        .find((one) => one.stack === stack && one.service.mode !== "always on")
        ?.service.lines.find((one) => label.test(one.label))?.amount.leastCents;
    // Ten notebooks on 20 days: (1,200 + 200 × 8) × 0.113 = 316.40; 10 × 100 × 0.12992 = 129.92
    assert.equal(line("sagemaker", /^Studio notebooks/), 31640);
    assert.equal(line("sagemaker", /^Studio disks/), 12992);
    // 4 nodes, 20 × (6 + 2 + 2) = 200 hours × 0.1699 = 135.92; 400 GB × 200 ÷ 730 × 0.0928 = 10.17
    assert.equal(line("eks", /^Instance/), 13592);
    assert.equal(line("eks", /^Volume/), 1017);
  });
});
