import assert from "node:assert/strict";
import { exactly } from "../../../cost/amount";
import type { NodePlan } from "../../../cost/compare/capacity";
import { nodePlatform, typeOf, type NodePlatform } from "../../../cost/compare/node-platform";
import { assumedDisks } from "../../../cost/compare/notebook-platform";
import { addedLine, cheapestOf, otherLines, type Offer } from "../../../cost/compare/offer";
import { CostError } from "../../../cost/cost-error";
import { USD } from "../../../cost/currency";
import { priceBook, type PriceBook } from "../../../cost/price-book";
import { readScenario, type Scenario } from "../../../cost/scenarios/scenario";
import { usageOf } from "../../../cost/scenarios/scenario-usage";
import { bookWithout } from "../../support/books";
import { nodes, STUDIO } from "../../support/clusters";
import { pricedStack } from "../../support/priced";

const book = priceBook("eu-west-3", USD);
const team = readScenario("team");

/** A cluster whose stack has machines of t3.large. */
function cluster(target: "ec2" | "eks", prices = book): NodePlatform {
  return nodePlatform(
    { ...pricedStack("large", 3, usageOf(team)), machines: nodes(target, "t3.large", 3) },
    prices,
  );
}

function offerIn(offers: readonly Offer<NodePlan>[], mode: string): Offer<NodePlan> {
  return offers.find((one) => one.mode === mode) ?? assert.fail(`no offer ${mode}`);
}

describe("everything beside the machines", () => {
  it("is the estimate without them, and refuses machines that it does not have", () => {
    const { estimate } = pricedStack("large", 3, usageOf(team), { instanceType: "t3.large" });
    const plan = { kind: "nodes", instanceType: "t3.large", count: 3, notebooksEach: 1 } as const;
    const machines = cluster("ec2").declared(plan, team);
    const others = otherLines(estimate.lines, machines);
    // Homes cost as much a gigabyte as root disks, and stay.
    assert.deepEqual(
      others.flatMap(({ label, priceKey }) => (/^ec2\.|^ebs\./.test(priceKey) ? [label] : [])),
      ["Notebook homes (5 GB each or more)"],
    );
    assert.equal(others.length, estimate.lines.length - 3);
    const four = cluster("ec2").declared({ ...plan, count: 4 }, team);
    assert.throws(() => otherLines(estimate.lines, four), /does not have 2190 × Instance/);
    const partly = cluster("ec2").declared({ ...plan, count: 2 }, team);
    // 2 of 3 machines: one worker of 730 hours and a disk of 50 GB stay.
    assert.deepEqual(
      otherLines(estimate.lines, partly)
        .filter(({ priceKey }) => /^ec2\.|^ebs\./.test(priceKey))
        .map(({ label, quantity, amount }) => [label, quantity, amount.leastCents]),
      [
        ["Notebook homes (5 GB each or more)", 100, 928],
        ["Volume (gp3)", 50, 464],
        ["Instance (on-demand, Linux, t3.large)", 730, 6891],
      ],
    );
  });

  it("is told from disks without a price, whose sums are at least the rest", () => {
    const without = bookWithout(/^ebs\.gp3/);
    const stack = pricedStack("large", 3, usageOf(team), {
      instanceType: "t3.large",
      book: without,
    });
    const platform = cluster("ec2", without);
    const always = offerIn(platform.offersOf(typeOf("t3.large"), team), "always on");
    // 11 × 730 × 0.0944
    assert.deepEqual(
      { ...always.amount, leastCents: Math.round(always.amount.leastCents) },
      { leastCents: 75803, atLeast: true, plusUsage: false },
    );
    const plan = { kind: "nodes", instanceType: "t3.large", count: 3, notebooksEach: 1 } as const;
    const others = otherLines(stack.estimate.lines, platform.declared(plan, team));
    assert.deepEqual(
      others.filter(({ problem }) => problem !== undefined).map(({ label }) => label),
      ["Notebook homes (5 GB each or more)"],
    );
  });
});

describe("a price that a region lacks", () => {
  const team3: Scenario = { ...team, notebookVcpus: 2 };
  const cheapestWith = (prices: PriceBook, scenario: Scenario): Offer<NodePlan> | undefined =>
    cheapestOf(cluster("eks", prices).offers(scenario));

  it("of CPU credits makes no type cheap", () => {
    const credits = /^ec2\.cpuCredits/;
    const [all, some] = [book, bookWithout(credits)].map((prices) => cheapestWith(prices, team3)!);
    assert.match(all!.machines.instanceType, /^t3/);
    assert.ok(all!.lines.some(({ priceKey }) => credits.test(priceKey)));
    assert.equal(some!.amount.atLeast, false);
    assert.ok(some!.lines.every(({ priceKey }) => !credits.test(priceKey)));
    assert.ok(some!.amount.leastCents > all!.amount.leastCents);
  });

  it("of the declared type's CPU credits leaves it at least the rest", () => {
    const platform = cluster("eks", bookWithout(/^ec2\.cpuCredits/));
    const of = (mode: string): boolean =>
      offerIn(platform.offersOf(typeOf("t3.large"), team), mode).amount.atLeast;
    assert.deepEqual([of("always on"), of("working hours")], [false, true]);
  });

  it("on demand takes a type out of all ways to pay", () => {
    const { instanceType } = cheapestWith(book, team)!.machines;
    const prices = bookWithout(new RegExp(`^ec2\\.${instanceType.replace(".", "\\.")}\\.hour$`));
    const platform = cluster("eks", prices);
    assert.ok(
      platform.offers(team).every(({ machines }) => machines.instanceType !== instanceType),
    );
    assert.deepEqual(platform.offersOf(typeOf(instanceType), team), []);
  });

  it("of an added line makes it unknown, with the reason; of a machine it is refused", () => {
    const disks = assumedDisks(STUDIO.assumed, team);
    const line = addedLine(disks, bookWithout(/studioStorage/));
    assert.deepEqual(line.amount, { leastCents: 0, atLeast: true, plusUsage: false });
    assert.match(line.problem ?? "", /no price "sagemaker\.studioStorage\.gbMonth" for region/);
    // 10 × 10 GB × 0.12992
    assert.deepEqual(addedLine(disks, book).amount, exactly(1299));
    assert.throws(
      () => addedLine({ ...disks, priceKey: "ec2.t3.large.hour" }, bookWithout(/^ec2\.t3/)),
      CostError,
    );
  });
});
