import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook, pricedRegions } from "../../../cost/price-book";
import type { DeclaredResource } from "../../../cost/rule";
import { ENDPOINT_TYPES } from "../../../settings/versions/serving";
import { declaredPlatform } from "../../support/declared";
import { declared, TODAY, UNKNOWN } from "../../support/resources";

const CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";

/** Cents a month of a stack's lines, by label. */
function bill(resources: readonly DeclaredResource[], region = "eu-west-3"): object {
  const { lines } = estimate(resources, {
    book: priceBook(region, USD),
    usage: {},
    today: TODAY,
  });
  return Object.fromEntries(lines.map(({ label, amount }) => [label, exactCents(amount)]));
}

/** An endpoint with a configuration of these variants. */
function endpoint(
  variants: unknown,
  names: unknown = "configuration-id",
): readonly DeclaredResource[] {
  return [
    declared(CONFIGURATION, "configuration", { productionVariants: variants }),
    declared("aws:sagemaker/endpoint:Endpoint", "endpoint", { endpointConfigName: names }),
  ];
}

const M5 = { instanceType: "ml.m5.large", initialInstanceCount: 1 };
const label = (type: string): string => `Model server (endpoint, ${type}, billed day and night)`;

describe("price of an endpoint", () => {
  it("counts all hours of a month, for each instance of each variant", () => {
    assert.deepEqual(bill(endpoint([M5])), { [label("ml.m5.large")]: 9782 }); // 730 × 0.134
    const two = { instanceType: "ml.g4dn.xlarge", initialInstanceCount: 2 };
    assert.deepEqual(bill(endpoint([M5, two])), {
      [label("ml.m5.large")]: 9782,
      [label("ml.g4dn.xlarge")]: 125706, // 2 × 730 × 0.861
    });
    // Not 1.4 × EC2's, which is exact: SageMaker's own price list has 1.4302.
    assert.deepEqual(bill(endpoint([{ ...M5, instanceType: "ml.g6.xlarge" }])), {
      [label("ml.g6.xlarge")]: 104405, // 730 × 1.4302 = 1044.046
    });
  });

  it("does not count a configuration that an update has still to delete", () => {
    const old = declared(CONFIGURATION, "old", { productionVariants: [M5] });
    assert.deepEqual(bill([old, ...endpoint([M5])]), { [label("ml.m5.large")]: 9782 });
    assert.deepEqual(bill([old]), {});
  });

  it("is refused without a configuration, an instance type or a number of instances", () => {
    assert.throws(() => bill(endpoint([M5], "elsewhere")), /the stack has no configuration "else/);
    assert.throws(() => bill(endpoint([M5], UNKNOWN)), /endpointConfigName is known only after/);
    assert.throws(() => bill(endpoint([{ initialInstanceCount: 1 }])), /instanceType is not decl/);
    assert.throws(() => bill(endpoint([{ ...M5, initialInstanceCount: UNKNOWN }])), /known only/);
  });

  it("is refused where the region does not sell the type, with the nearest that it sells", () => {
    assert.throws(
      () => bill(endpoint([{ ...M5, instanceType: "ml.g5.xlarge" }])),
      /^CostError: ml\.g5\.xlarge is not sold as an endpoint of SageMaker in eu-west-3.* sold there is ml\.g4dn\.xlarge; choose it in serving\.instanceType$/,
    );
  });

  it("is the same of what the program declares, in a preview too, and nothing while it is off", async () => {
    for (const preview of [true, false]) {
      const cents = async (overrides: object): Promise<Record<string, number | undefined>> => {
        const all = await declaredPlatform({ target: "sagemaker", ...overrides }, preview);
        return bill(all) as Record<string, number | undefined>;
      };
      const on = { "serving.endpoint": "true" };
      const [off, cpu] = [await cents({}), await cents(on)];
      // The log group of the endpoint changes no line: it counts with those of functions.
      assert.deepEqual(cpu, { ...off, [label("ml.m5.large")]: 9782 });
      const gpu = await cents({ ...on, "serving.instanceType": "ml.g4dn.xlarge" });
      assert.equal(gpu[label("ml.g4dn.xlarge")], 62853); // 730 × 0.861
    }
  });
});

describe("prices of endpoints", () => {
  const key = (type: string, use: string): string => `sagemaker.${type}.${use}.hour`;

  it("are those of Studio where both are from AWS, but for rounding, as the derived ones assume", () => {
    let pairs = 0;
    for (const region of pricedRegions()) {
      const book = priceBook(region, USD);
      for (const type of ENDPOINT_TYPES) {
        const [host, studio] = ["hosting", "studio"].map((use) =>
          book.has(key(type, use)) ? book.price(key(type, use)) : undefined,
        );
        if (studio !== undefined) {
          assert.ok(host !== undefined, `${region} has no price of an endpoint on ${type}`);
          const exact = host.confidence === "exact";
          const apart = Math.abs(host.perUnit / studio.perUnit - 1);
          assert.ok(apart < (exact ? 0.0013 : 1e-9), `${region} ${type}: ${apart}`);
          pairs += exact ? 1 : 0;
        }
      }
    }
    assert.ok(pairs >= 14, `${pairs} pairs`);
  });

  it("are there for the default type in every region", () => {
    for (const region of pricedRegions()) {
      assert.ok(priceBook(region, USD).has(key("ml.m5.large", "hosting")), region);
    }
  });
});
