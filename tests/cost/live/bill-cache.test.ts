import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { billsOf, type Bill, type BilledStack } from "../../../cost/live/bill-cache";
import { askCostExplorer, type BillQuery } from "../../../cost/live/cost-explorer";
import { CostExplorerService } from "../../support/cost-explorer-service";

const NOW = new Date("2026-11-23T12:00:00Z");
const HOUR = 3_600_000;

describe("the bill from Cost Explorer", () => {
  let service: CostExplorerService;
  let cache: string;
  let stack: BilledStack;

  beforeEach(async () => {
    service = new CostExplorerService();
    const url = await service.start();
    cache = mkdtempSync(join(tmpdir(), "billed-"));
    stack = {
      stackId: "0123abcd",
      access: { accessKey: "one", secretKey: "two", endpoints: [{ costexplorer: url }] },
      upSince: new Date("2026-11-20T23:30:00Z"),
    };
    service.days = [
      { day: "2026-11-20", stackId: "0123abcd", service: "Amazon EC2", amount: "0.1000000001" },
      { day: "2026-11-22", stackId: "0123abcd", service: "Amazon EC2", amount: "1.2" },
      { day: "2026-11-21", stackId: "0123abcd", service: "Amazon RDS", amount: "0.1" },
      { day: "2026-11-22", stackId: "0123abcd", service: "Amazon RDS", amount: "0.2" },
      { day: "2026-11-22", stackId: "ffffffff", service: "Amazon RDS", amount: "99" },
      // Before the creation of the stack: somebody else's costs.
      { day: "2026-11-19", stackId: "0123abcd", service: "Amazon RDS", amount: "99" },
    ];
  });

  afterEach(() => {
    service.stop();
    rmSync(cache, { recursive: true });
  });

  const ask = async (stacks: readonly BilledStack[] = [stack], now = NOW): Promise<Bill[]> =>
    billsOf(stacks, { now, cache, ask: askCostExplorer });

  it("is summed over all pages by stack and service, from the stack's first day", async () => {
    const [answer, ...others] = await ask();
    assert.deepEqual(others, []);
    assert.deepEqual(answer?.billed?.usd, {
      "0123abcd": { "Amazon EC2": 1.3000000001, "Amazon RDS": 0.3 },
    });
    assert.deepEqual([answer.billed.since, answer.billed.until], ["2026-11-20", "2026-11-22"]);
    assert.equal(answer.from, "2026-11-20");
    assert.equal(answer.problem, undefined);
    // 20, 21 | 22, 23: two pages of two days.
    assert.equal(answer.paidRequests, 2);
    const [first, second] = service.calls.map(({ input }) => input as Record<string, unknown>);
    assert.deepEqual(first?.["TimePeriod"], { Start: "2026-11-20", End: "2026-11-24" });
    assert.equal(second?.["NextPageToken"], "2");
  });

  it("is requested by day, tag and service, without credits, refunds and taxes", async () => {
    await ask();
    const input = service.calls[0]?.input as Record<string, unknown>;
    assert.equal(input["Granularity"], "DAILY");
    assert.deepEqual(input["GroupBy"], [
      { Type: "TAG", Key: "StackId" },
      { Type: "DIMENSION", Key: "SERVICE" },
    ]);
    assert.deepEqual(input["Filter"], {
      And: [
        { Tags: { Key: "StackId", Values: ["0123abcd"] } },
        { Not: { Dimensions: { Key: "RECORD_TYPE", Values: ["Credit", "Refund", "Tax"] } } },
      ],
    });
  });

  it("is requested once per account access", async () => {
    const others = [
      { ...stack, stackId: "11111111", upSince: new Date("2026-11-22T00:00:00Z") },
      { ...stack, stackId: "22222222", access: { ...stack.access, accessKey: "other" } },
    ];
    const answers = await ask([stack, ...others]);
    assert.deepEqual(
      answers.map(({ stackIds }) => stackIds),
      [["0123abcd", "11111111"], ["22222222"]],
    );
    assert.equal(answers[0]?.from, "2026-11-20");
  });

  it("is cached for a day in a file that only its owner can read", async () => {
    const [before] = await ask();
    const [kept] = await ask([stack], new Date(NOW.getTime() + 24 * HOUR - 1));
    assert.equal(service.calls.length, 2);
    assert.deepEqual(kept, { ...before, paidRequests: 0 });
    const [file = ""] = readdirSync(cache);
    assert.equal(statSync(join(cache, file)).mode & 0o777, 0o600);
    assert.doesNotMatch(file, /one|two|0123abcd/);
    // An answer from the future, after somebody has set the clock back, does not count.
    await ask([stack], new Date(NOW.getTime() - 1));
    assert.equal(service.calls.length, 4);
    const [again] = await ask([stack], new Date(NOW.getTime() + 24 * HOUR));
    assert.ok((again?.paidRequests ?? 0) > 0);
  });

  it("is shown although it cannot be kept, on a full disk or without a place", async () => {
    const nowhere = join("/dev/null", "cache");
    const [bill] = await billsOf([stack], { now: NOW, cache: nowhere, ask: askCostExplorer });
    assert.equal(bill?.problem, undefined);
    assert.equal(bill?.paidRequests, 2);
  });

  it("is requested again when the set of stacks changes or the cache is damaged", async () => {
    await ask();
    const other = { ...stack, stackId: "11111111" };
    await ask([stack, other]);
    assert.equal(service.calls.length, 4);
    await ask([other, stack]);
    assert.equal(service.calls.length, 4);
    readdirSync(cache).forEach((file) => {
      writeFileSync(join(cache, file), "{");
    });
    await ask();
    assert.equal(service.calls.length, 6);
  });

  it("goes back at most 13 months, the limit for daily data", async () => {
    let asked: BillQuery | undefined;
    await billsOf([{ ...stack, upSince: new Date("2020-01-01T00:00:00Z") }], {
      now: NOW,
      cache,
      ask: (question) => {
        asked = question;
        return Promise.resolve({
          usd: {},
          since: null,
          until: "2026-11-22",
          problem: null,
          requests: 1,
        });
      },
    });
    assert.equal(asked?.from, "2025-10-24"); // 395 days before
  });

  it("explains a cost allocation tag that is inactive, unknown or recent", async () => {
    const said = async (tag: "Active" | "Inactive" | undefined): Promise<Bill> => {
      service.tag = tag;
      service.days = [];
      const [answer] = await ask();
      assert.equal(answer?.billed?.until, null);
      assert.equal(answer.paidRequests, 3);
      return answer;
    };
    const activate = /aws ce update-cost-allocation-tags-status .*TagKey=StackId,Status=Active/;
    const inactive = (await said("Inactive")).problem ?? "";
    assert.match(inactive, /not activated for billing.*24 hours/);
    assert.match(inactive, activate);
    const unseen = (await said(undefined)).problem ?? "";
    assert.match(unseen, /not seen the tag StackId yet.*24 hours/);
    assert.match(unseen, activate);
    const late = (await said("Active")).problem ?? "";
    assert.match(late, /24 hours behind/);
    assert.doesNotMatch(late, activate);
  });

  it("is not cached while there is no data", async () => {
    service.tag = "Inactive";
    assert.equal((await ask())[0]?.billed?.until, null);
    assert.deepEqual(readdirSync(cache), []);
    service.tag = "Active";
    const [answer] = await ask();
    assert.deepEqual([answer?.billed?.until, answer?.problem], ["2026-11-22", undefined]);
  });

  it("is not cached across accounts that the environment selects", async () => {
    const before = { ...process.env };
    try {
      for (const name of ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"]) {
        for (const value of ["mine", "yours"]) {
          process.env[name] = value;
          const [fresh] = await ask();
          assert.equal(fresh?.paidRequests, 2, `${name}=${value}`);
          assert.equal((await ask())[0]?.paidRequests, 0);
        }
      }
    } finally {
      process.env = before;
    }
  });

  it("is returned when only the tag's status is denied", async () => {
    service.days = [];
    service.refusals = { ListCostAllocationTags: ["AccessDeniedException", "no"] };
    const [answer] = await ask();
    assert.match(
      answer?.problem ?? "",
      /no cost with the tag StackId.*AccessDeniedException, ce:ListCostAllocationTags/,
    );
  });

  it("names the missing permission, and does not cache the failure", async () => {
    service.refusals = {
      GetCostAndUsage: ["AccessDeniedException", "User ada is not authorized."],
    };
    const [refused] = await ask();
    assert.equal(refused?.billed, undefined);
    assert.match(
      refused?.problem ?? "",
      /User ada is not authorized\. .*ce:GetCostAndUsage.*--no-billed/,
    );
    service.refusals = {};
    const [answer] = await ask();
    assert.equal(answer?.billed?.until, "2026-11-22");
  });

  it("explains missing data, another currency and an unreachable service", async () => {
    service.refusals = { GetCostAndUsage: ["DataUnavailableException", "no data"] };
    assert.match((await ask())[0]?.problem ?? "", /no data of this account yet.*24 hours/);
    service.refusals = {};
    service.currency = "CNY";
    assert.match((await ask())[0]?.problem ?? "", /answers in CNY; amounts here are in US dollars/);
    const fails = {
      now: NOW,
      cache,
      ask: () => Promise.reject(new Error("connect ECONNREFUSED")),
    };
    const [answer] = await billsOf([stack], fails);
    assert.match(
      answer?.problem ?? "",
      /to Cost Explorer failed: connect ECONNREFUSED.*--no-billed/,
    );
  });
});
