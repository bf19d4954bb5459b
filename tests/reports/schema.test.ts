import assert from "node:assert/strict";
import { join } from "node:path";
import { priceStack } from "../../commands/price-stack";
import { AuditFixture, EC2 } from "../leftovers/audit-fixture";
import { bookWithout } from "../support/books";
import { goldenText } from "../support/golden";
import { run, smallOrLarge } from "../support/printed";
import { TODAY } from "../support/resources";
import { assertSchema } from "../support/schema";

const ROOT = join(__dirname, "..", "..");

describe("docs/output.schema.json", () => {
  it("is that of the comparison of the shipped stacks", async () => {
    const { out } = await run(["--json", "--equal", "--stacks", "ec2,sagemaker"], {
      priceStack: (stack, pricing) => priceStack(ROOT, stack, { ...pricing, today: TODAY }),
    });
    assertSchema("compare", out);
  });

  it("is that of every kind of comparison", async () => {
    const currency = ["--currency", "EUR", "--rate", "0.92"];
    for (const argv of [[], ["--scenario", "notes"], currency, ["--regions", "eu-west-3"]]) {
      assertSchema("compare", (await run(["--json", ...argv])).out);
    }
    const book = bookWithout(/^vpc\.natGateway\.hour$/);
    const { out } = await run(["--json", "--equal"], {
      priceStack: (stack, pricing) => Promise.resolve(smallOrLarge(stack, pricing, book)),
    });
    assertSchema("compare", out);
  });

  it("is that of live stacks and of leftovers", async () => {
    assertSchema("live", goldenText("live.json"));
    const seen = new AuditFixture();
    seen.placeLookAlikes();
    seen.tag(`${EC2}:vpc/vpc-9`);
    assertSchema("leftovers", (await seen.run(["--account", "--json"])).out);
  });

  it("refuses a field that is absent, of another type, or not in it", async () => {
    const { out } = await run(["--json"]);
    const document = JSON.parse(out) as Record<string, unknown>;
    for (const wrong of [
      { ...document, date: undefined },
      { ...document, date: 1 },
      { ...document, more: 1 },
    ]) {
      assert.throws(() => {
        assertSchema("compare", JSON.stringify(wrong));
      });
    }
  });
});
