import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import type { DeclaredResource } from "../../../cost/rule";
import type { Usage } from "../../../cost/scenarios/usage";
import { declared, studio, TODAY } from "../../support/resources";

/** Cents a month by label. Undefined is an amount that depends on usage. */
function bill(resources: readonly DeclaredResource[], usage: Usage = {}): object {
  const book = priceBook("eu-west-3", USD);
  const { lines } = estimate(resources, { book, usage, today: TODAY });
  return Object.fromEntries(lines.map((line) => [line.label, exactCents(line.amount)]));
}

describe("price of Studio", () => {
  const platform = studio("ml.t3.medium");
  const usage = {
    notebooks: 10,
    notebookHours: 1200,
    notebookDays: 200,
    notebookDisksGb: 100,
    homeFileSystemGb: 10,
  };

  it("counts running hours, disks and the home file system", () => {
    assert.deepEqual(bill(platform, usage), {
      // 1,200 and an idle one on each of 200 days: 1,400 × 0.057
      "Studio notebooks (ml.t3.medium, stopped after 60 idle minutes)": 7980,
      "Studio disks (5 GB each or more)": 1299, // 100 × 0.12992
      "Home file system": 330, // 10 × 0.33
    });
  });

  it("uses the idle time and disk size that the profiles declare", () => {
    const late = studio("ml.t3.medium", { idleMinutes: 480, spaceGib: 100 });
    assert.deepEqual(bill(late, usage), {
      // 1,200 + 200 × 8 = 2,800 × 0.057
      "Studio notebooks (ml.t3.medium, stopped after 480 idle minutes)": 15960,
      "Studio disks (100 GB each or more)": 12992, // 10 × 100 × 0.12992
      "Home file system": 330,
    });
  });

  it("never counts more hours than the month has", () => {
    const never = studio("ml.t3.medium", { idleMinutes: 525_600 });
    assert.ok(Object.values(bill(never, usage)).includes(41610)); // 10 × 730 × 0.057
  });

  it("depends on usage, and is refused without a declared instance type", () => {
    assert.deepEqual(Object.values(bill(platform)), [undefined, undefined, undefined]);
    for (const name of ["notebookHours", "notebookDays", "notebooks"] as const) {
      const { lines, missingUsage } = estimate(platform, {
        book: priceBook("eu-west-3", USD),
        usage: { ...usage, [name]: undefined },
        today: TODAY,
      });
      assert.equal(lines.find(({ unit }) => unit === "hour")?.amount.plusUsage, true);
      assert.ok(missingUsage.includes(name), name);
    }
    const [domain, profile] = platform;
    assert.throws(() => bill([domain]), /instanceType is not declared/);
    const { userSettings } = profile.inputs as Record<string, Record<string, object>>;
    const parts = ["jupyterLabAppSettings", "spaceStorageSettings"].map((name) => [
      domain,
      declared(profile.type, "ada", {
        userSettings: {
          ...userSettings,
          [name]: { defaultResourceSpec: { instanceType: "ml.t3.medium" } },
        },
      }),
    ]);
    assert.throws(() => bill(parts[0]!), /idleTimeoutInMinutes is not declared/);
    assert.throws(() => bill(parts[1]!), /defaultEbsVolumeSizeInGb is not declared/);
  });

  it("counts once for all profiles, and reads a domain that still has the defaults", () => {
    const [domain, profile] = platform;
    const grace = { ...profile, name: "sagemaker-grace" };
    assert.deepEqual(bill([domain, profile, grace], usage), bill(platform, usage));
    const { userSettings } = profile.inputs;
    const old = declared(domain.type, "studio", { defaultUserSettings: userSettings });
    const bare = declared(profile.type, "ada", { userSettings: { executionRole: "arn" } });
    assert.deepEqual(bill([old, bare], usage), bill(platform, usage));
  });
});

describe("price of the Studio login", () => {
  it("counts API requests", () => {
    const api = declared("aws:apigatewayv2/api:Api", "api");
    assert.deepEqual(bill([api], { loginRequests: 2_000_000 }), {
      "Requests to the login": 234, // 2 × 1.17
    });
  });

  it("counts function requests and memory beyond the free tier", () => {
    const fn = declared("aws:lambda/function:Function", "fn", {
      memorySize: 512,
      architectures: ["arm64"],
    });
    assert.deepEqual(bill([fn], { loginRequests: 2_000_000 }), {
      "Function requests (beyond 1,000,000 free)": 20, // 1 × 0.20
      // 2,000,000 × 1 s × 0.5 GB − 400,000 = 600,000 × 0.0000133334 = 8.00004
      "Function memory (1 s a request, beyond 400,000 GB-seconds free)": 800,
    });
    assert.deepEqual(Object.values(bill([fn], { loginRequests: 600 })), [0, 0]);
  });

  it("assumes x86 and 128 MB for a function without architecture and memory", () => {
    const plain = declared("aws:lambda/function:Function", "fn");
    const { lines } = estimate([plain], {
      book: priceBook("us-east-1", USD),
      usage: { loginRequests: 5_000_000 },
      today: TODAY,
    });
    // 5,000,000 × 1 s × 0.125 GB − 400,000 = 225,000 × 0.0000166667 = 3.7500075
    assert.deepEqual(
      lines
        .filter(({ unit }) => unit === "GB-second")
        .map((line) => [line.priceKey, exactCents(line.amount)]),
      [["lambda.x86.gbSecond", 375]],
    );
  });
});
