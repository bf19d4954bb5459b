import assert from "node:assert/strict";
import fc from "fast-check";
import { nodePlatform, typeOf } from "../../../cost/compare/node-platform";
import { isAsBig, usableGib } from "../../../cost/compare/notebook-machine";
import { notebookPlatform } from "../../../cost/compare/notebook-platform";
import { cheapestOf, type Addition, type Offer } from "../../../cost/compare/offer";
import type { NodePlan } from "../../../cost/compare/capacity";
import { hoursUp, surplusVcpuHours } from "../../../cost/compare/ways";
import { exactly } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { priceBook } from "../../../cost/price-book";
import { readScenario, type Scenario } from "../../../cost/scenarios/scenario";
import { usageOf } from "../../../cost/scenarios/scenario-usage";
import { INSTANCE_TYPES } from "../../../settings/values/instance-types";
import { bookWithout } from "../../support/books";
import { CLUSTERS, nodes, STUDIO } from "../../support/clusters";
import { pricedStack } from "../../support/priced";
import { anyScenario, lessAndMore, PAIR } from "../../support/scenarios";

const book = priceBook("eu-west-3", USD);
const team = readScenario("team");

/** A cluster whose stack has machines of a type. */
function cluster(target: "ec2" | "eks", type = "t3.large"): ReturnType<typeof nodePlatform> {
  return nodePlatform(
    { ...pricedStack("large", 3, usageOf(team)), machines: nodes(target, type, 3) },
    book,
  );
}

function studio(idleMinutes = 60): ReturnType<typeof notebookPlatform> {
  const types = STUDIO.capacity;
  return notebookPlatform(
    {
      stack: "Studio",
      target: "sagemaker",
      product: "Studio",
      service: "SageMaker",
      types,
      idleMinutes,
    },
    book,
  );
}

/** `730 × ec2.t3.large.hour` of each line. */
function formulas({ lines }: Offer): string[] {
  return lines.map(({ quantity, priceKey }) => `${quantity} × ${priceKey}`);
}

function offerIn(offers: readonly Offer<NodePlan>[], mode: string): Offer<NodePlan> {
  return offers.find((one) => one.mode === mode) ?? assert.fail(`no offer ${mode}`);
}

function usd({ amount }: Pick<Offer, "amount">): number {
  return Math.round(amount.leastCents) / 100;
}

describe("the nodes of one type", () => {
  const eks = cluster("eks").offersOf(typeOf("t3.large"), team);
  const ec2 = cluster("ec2").offersOf(typeOf("t3.large"), team);

  it("are paid for all hours of the month when always on", () => {
    // 10 × 730 × 0.0944 = 689.12; 500 GB × 0.0928 = 46.40
    assert.deepEqual(formulas(offerIn(eks, "always on")), [
      "7300 × ec2.t3.large.hour",
      "500 × ebs.gp3.gbMonth",
    ]);
    assert.equal(usd(offerIn(eks, "always on")), 735.52);
    // One of eleven is the control plane: 730 h, 7,300 h, 550 GB
    assert.deepEqual(formulas(offerIn(ec2, "always on")), [
      "730 × ec2.t3.large.hour",
      "7300 × ec2.t3.large.hour",
      "550 × ebs.gp3.gbMonth",
    ]);
  });

  it("run from the first start to the last stop in working hours; only stopped ones keep disks", () => {
    // 6 hours, 2 of spread, 1 idle: 9 × 20 = 180 of 730 hours. 500 × 180 ÷ 730 = 123.29 GB
    assert.equal(hoursUp(team, 60), 9);
    assert.equal(hoursUp({ ...team, people: 1 }, 60), 7); // nobody to differ from
    assert.equal(hoursUp({ ...team, hoursPerDay: 23 }, 60), 24);
    const [hours, disks, ...more] = offerIn(eks, "working hours").lines;
    assert.equal(hours?.quantity, 1800);
    assert.ok(Math.abs((disks?.quantity ?? 0) - (500 * 180) / 730) < 1e-9);
    // 10 × 1 vCPU × 6 h − 10 × 0.6 × 9 h = 6 vCPU-hours on 20 days
    assert.deepEqual(
      more.map(({ label, priceKey }) => [label, priceKey]),
      [["Surplus CPU credits (t3)", "ec2.cpuCredits.t3.vcpuHour"]],
    );
    assert.ok(Math.abs((more[0]?.quantity ?? 0) - 120) < 1e-9);
    assert.deepEqual(formulas(offerIn(ec2, "working hours")).slice(0, 3), [
      "730 × ec2.t3.large.hour",
      "1800 × ec2.t3.large.hour",
      "550 × ebs.gp3.gbMonth",
    ]);
  });

  it("cost what AWS asks for a year's reservation", () => {
    // 4 × 730 × 0.107 = 312.44, 200 GB × 0.0928 = 18.56
    const xlarge = cluster("eks").offersOf(typeOf("t3a.xlarge"), team);
    assert.equal(usd(offerIn(xlarge, "1 year, no upfront")), 331);
    assert.deepEqual(formulas(offerIn(xlarge, "1 year, all upfront")), [
      "2920 × ec2.t3a.xlarge.reserved1yAllUpfront.hour",
      "200 × ebs.gp3.gbMonth",
    ]);
  });

  it("are not offered in a way that the region does not sell", () => {
    const platform = nodePlatform(
      { ...pricedStack("large", 3, {}), machines: nodes("eks", "t3.large", 3) },
      bookWithout(/AllUpfront/),
    );
    assert.deepEqual(
      platform.offers(team).map(({ mode }) => mode),
      ["always on", "working hours", "1 year, no upfront"],
    );
  });
});

describe("surplus CPU credits", () => {
  it("are the use beyond the baseline of the hours that a machine runs", () => {
    // 10 × 1 × 6 = 60 a day; 10 × 0.6 × 6 = 36, × 24 = 144
    assert.equal(surplusVcpuHours(team, 6, 6), 480); // 24 × 20
    assert.equal(surplusVcpuHours(team, 6, 24), 0);
    assert.equal(surplusVcpuHours(team, Infinity, 6), 0);
  });

  it("are priced for nodes, and for Studio as far as the scenario says", () => {
    const surplus = (billed: number): Addition[] =>
      studio()
        .offers({
          ...team,
          notebookGib: 3,
          studioCreditsBilledPercent: billed,
        })[0]!
        .lines.filter(({ unit }) => unit === "vCPU-hour");
    assert.deepEqual(surplus(0), []);
    // ml.t3.medium: 10 × (1 × 6 − 0.4 × 7) = 32 vCPU-hours on 20 days
    assert.ok(Math.abs(surplus(100)[0]!.quantity - 640) < 1e-9);
    assert.ok(Math.abs(surplus(25)[0]!.quantity - 160) < 1e-9);
  });

  it("are none where notebooks take less than the baseline", () => {
    const shared: Scenario = { ...team, notebookVcpus: 0.4, notebookPeakVcpus: 2 };
    const lines = cluster("eks")
      .offers(shared)
      .flatMap((offer) => offer.lines);
    assert.ok(lines.length > 0 && lines.every(({ unit }) => unit !== "vCPU-hour"));
  });
});

describe("the cheapest nodes", () => {
  it("are the cheapest of all types, disks and credits counted in", () => {
    for (const target of ["ec2", "eks"] as const) {
      const platform = cluster(target);
      for (const best of platform.offers(team)) {
        const alike = [...INSTANCE_TYPES.values()].filter(
          ({ architecture }) => architecture === "amd64",
        );
        const all = alike.flatMap((type) =>
          platform.offersOf(type, team).filter(({ mode }) => mode === best.mode),
        );
        assert.ok(all.length > 10);
        const least = Math.min(...all.map(({ amount }) => amount.leastCents));
        assert.deepEqual(best.amount, exactly(least), best.mode);
      }
    }
  });

  it("cost the sum of their lines, each of them in whole cents", () => {
    for (const target of ["ec2", "eks"] as const) {
      for (const { lines, amount, mode } of cluster(target).offers(team)) {
        const cents = lines.map(({ quantity, priceKey }) =>
          Math.round(quantity * book.price(priceKey).perUnit * 100),
        );
        const sum = cents.reduce((all, one) => all + one, 0);
        assert.deepEqual(amount, exactly(sum), `${target}, ${mode}`);
      }
    }
  });

  it("have the architecture of the stack, and a number that its settings accept", () => {
    const arm = cluster("eks", "t4g.large").offers(team);
    assert.ok(arm.length === 4);
    assert.ok(arm.every(({ machines }) => typeOf(machines.instanceType).architecture === "arm64"));
    const few = nodePlatform(
      {
        ...pricedStack("large", 3, {}),
        machines: {
          ...nodes("eks", "t3.large", 3),
          cluster: { ...CLUSTERS.eks, accepts: (count) => count <= 3 },
        },
      },
      book,
    );
    assert.ok(few.offers(team).every(({ machines }) => machines.count === 3));
  });

  it("are never dearer than those of the declared type, for any scenario", () => {
    fc.assert(
      fc.property(anyScenario, fc.constantFrom("ec2", "eks"), (scenario, target) => {
        const platform = cluster(target);
        const declared = cheapestOf(platform.offersOf(typeOf("t3.large"), scenario));
        const cheapest = cheapestOf(platform.offers(scenario));
        return (
          declared === undefined ||
          (cheapest?.amount.leastCents ?? Infinity) <= declared.amount.leastCents
        );
      }),
    );
  });
});

describe("the machine of a notebook", () => {
  it("has the memory beside what the system keeps", () => {
    // 4 GiB × 0.925 − 0.5 = 3.2; 8 × 0.925 − 0.5 = 6.9
    assert.equal(usableGib(typeOf("t3.medium"), team), 3788 / 1024 - 0.5);
    const fits = (notebookGib: number, changes: Partial<Scenario> = {}): boolean =>
      isAsBig(typeOf("t3.medium"), { ...team, notebookGib, ...changes });
    assert.deepEqual([fits(3.1), fits(3.2), fits(4)], [true, false, false]);
    assert.ok(fits(4, { studioSystemGib: 0, hiddenMemoryPercent: 0 }));
    assert.ok(!fits(1, { notebookPeakVcpus: 4 }));
    assert.ok(!isAsBig(undefined, team));
  });

  it("is the cheapest that is as big as a notebook", () => {
    const of = (notebookVcpus: number, notebookGib: number): string | undefined =>
      studio().offers({ ...PAIR, notebookVcpus, notebookGib })[0]?.machines.instanceType;
    assert.equal(of(1.5, 6), "ml.t3.large"); // 0.113; ml.m5.large 0.134
    assert.equal(of(2, 8.5), "ml.r5.large"); // 0.178; ml.t3.xlarge 0.227
    assert.equal(of(4, 8), "ml.t3.xlarge"); // 0.227; ml.c5.xlarge has 8 GiB gross
    assert.equal(of(16, 29), "ml.c5.4xlarge");
    assert.equal(of(128, 6), undefined);
  });

  it("is paid for used hours and an idle hour a day, until the month is full", () => {
    // 2 × 10 days × (5 + 1) h × 0.113 = 13.56
    const cents = (hoursPerDay: number, idleMinutes = 60): number =>
      studio(idleMinutes).offers({ ...PAIR, hoursPerDay })[0]!.amount.leastCents;
    assert.ok(Math.abs(cents(5) - 1356) < 1e-6);
    assert.ok(Math.abs(cents(5, 480) - 2938) < 1e-6); // 2 × 10 × (5 + 8) = 260 h
    const always = studio(60).offers({ ...PAIR, daysPerMonth: 30, hoursPerDay: 24 })[0]!;
    assert.ok(Math.abs(always.amount.leastCents - 2 * 730 * 11.3) < 1e-6);
  });
});

describe("offers, for any scenario", () => {
  it("never cost less for more people, hours or days", () => {
    const platforms = [cluster("ec2"), cluster("eks"), studio()];
    fc.assert(
      fc.property(lessAndMore, ([less, more]) =>
        platforms.every((platform) => {
          const dearer = platform.offers(more);
          return platform
            .offers(less)
            .every(
              ({ mode, amount }) =>
                amount.leastCents <=
                (dearer.find((one) => one.mode === mode)?.amount.leastCents ?? Infinity) + 1e-6,
            );
        }),
      ),
    );
  });

  it("never cost less for larger notebooks or a larger spread of hours", () => {
    const size = fc.record({
      notebookVcpus: fc.integer({ min: 1, max: 64 }).map((quarters) => quarters / 4),
      notebookGib: fc.integer({ min: 1, max: 256 }).map((quarters) => quarters / 4),
      spreadHours: fc.integer({ min: 0, max: 23 }),
      studioSystemGib: fc.integer({ min: 0, max: 8 }),
      hiddenMemoryPercent: fc.integer({ min: 0, max: 30 }),
      studioCreditsBilledPercent: fc.integer({ min: 0, max: 100 }),
    });
    const platforms = [cluster("ec2"), cluster("eks"), studio()];
    fc.assert(
      fc.property(size, size, (one, other) => {
        const pick = (choose: (...values: number[]) => number): Scenario => ({
          ...team,
          ...Object.fromEntries(
            Object.entries(one).map(([name, value]) => [
              name,
              choose(value, other[name as keyof typeof one]),
            ]),
          ),
        });
        const [less, more] = [pick(Math.min), pick(Math.max)];
        return platforms.every((platform) => {
          const cents = (scenario: Scenario): number =>
            cheapestOf<Offer>(platform.offers(scenario))?.amount.leastCents ?? Infinity;
          const [before, after] = [cents(less), cents(more)];
          return before <= after + 1e-6 || after === Infinity;
        });
      }),
    );
  });
});
