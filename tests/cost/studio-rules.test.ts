import assert from "node:assert/strict";
import { estimate } from "../../cost/estimate";
import { priceBook } from "../../cost/price-book";
import type { DeclaredResource } from "../../cost/rule";
import type { Usage } from "../../cost/usage";
import { declared, TODAY } from "../support/resources";

/** Cents a month by label; undefined is an amount that depends on usage. */
function bill(resource: DeclaredResource, usage: Usage = {}): object {
  const { lines } = estimate([resource], { book: priceBook("eu-west-3"), usage, today: TODAY });
  return Object.fromEntries(lines.map((line) => [line.label, line.monthCents]));
}

describe("price of Studio", () => {
  const domain = declared("aws:sagemaker/domain:Domain", "studio", {
    defaultUserSettings: {
      jupyterLabAppSettings: { defaultResourceSpec: { instanceType: "ml.t3.medium" } },
    },
  });

  it("is that of the hours in which notebooks run, their disks and the home file system", () => {
    const usage = { studioHours: 1400, studioSpaceGb: 100, homeFileSystemGb: 10 };
    assert.deepEqual(bill(domain, usage), {
      "Studio notebooks (ml.t3.medium)": 7980, // 1,400 × 0.057
      "Studio disks": 1300, // 100 × 0.13
      "Home file system": 348, // 10 × 0.348
    });
  });

  it("depends on usage, and is refused when nothing says what notebooks run on", () => {
    assert.deepEqual(Object.values(bill(domain)), [undefined, undefined, undefined]);
    const unknown = declared(domain.type, "studio");
    assert.throws(() => bill(unknown), /instanceType is not declared/);
  });
});

describe("price of the login of Studio", () => {
  it("is by the request", () => {
    const api = declared("aws:apigatewayv2/api:Api", "api");
    assert.deepEqual(bill(api, { loginRequests: 2_000_000 }), {
      "Requests to the login": 234, // 2 × 1.17
    });
  });

  it("is for its function by request and memory, beyond what is free", () => {
    const fn = declared("aws:lambda/function:Function", "fn", {
      memorySize: 512,
      architectures: ["arm64"],
    });
    assert.deepEqual(bill(fn, { loginRequests: 2_000_000 }), {
      "Function requests (beyond 1,000,000 free)": 20, // 1 × 0.20
      // 2,000,000 × 1 s × 0.5 GB − 400,000 = 600,000 × 0.0000133334 = 8.00004
      "Function memory (1 s a request, beyond 400,000 GB-seconds free)": 800,
    });
    assert.deepEqual(Object.values(bill(fn, { loginRequests: 600 })), [0, 0]);
  });
});
