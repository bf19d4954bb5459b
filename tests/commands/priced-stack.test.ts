import assert from "node:assert/strict";
import { join } from "node:path";
import { priceStack } from "../../commands/priced-stack";
import { DEFAULT_USAGE_FILE, readUsage } from "../../cost/usage";
import { SettingsError } from "../../settings/load";
import { stackNames } from "../../settings/stack-file";
import { TODAY } from "../support/resources";

const folder = join(__dirname, "..", "..");
const TEAM = { usage: readUsage(DEFAULT_USAGE_FILE).usage, today: TODAY };

describe("every stack of this repository", () => {
  for (const stack of stackNames(folder)) {
    it(`has a price for all that it declares: ${stack}`, async () => {
      const { target, estimate } = await priceStack(folder, stack, TEAM);
      assert.ok(estimate.totals.sharedCents > 0);
      assert.ok(estimate.totals.targetCents > 0, `nothing of target ${target} is priced`);
    });
  }

  it("has a file, else the message names those that have", async () => {
    await assert.rejects(priceStack(folder, "no-such", TEAM), SettingsError);
  });
});
