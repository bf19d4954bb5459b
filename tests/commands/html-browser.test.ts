import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { run, smallOrLarge } from "../support/printed";

/** Chromium as Debian, Ubuntu and Alpine install it; `CHROMIUM` names another one. */
const CHROMIUM = [
  process.env["CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
].find((file) => file !== "" && existsSync(file));

const LONG = "a-stack-with-a-name-that-is-longer-than-a-telephone-is-wide-0123456789";

describe("the HTML report in a browser", function () {
  let folder: string;
  let browser: Browser | undefined;
  let address: string;

  before(async function () {
    if (CHROMIUM === undefined) {
      console.log("      skipped: there is no Chromium; install it or set CHROMIUM to its path");
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "html-"));
    const { status, err } = await run(["--html", join(folder, "report.html")], {
      stacks: () => ["small", "large", LONG],
      priceStack: (stack, pricing) =>
        Promise.resolve({
          ...smallOrLarge(stack === "small" ? stack : "large", pricing),
          stack,
        }),
    });
    assert.deepEqual([status, err], [0, ""]);
    address = pathToFileURL(join(folder, "report.html")).href;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });

  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const width of [360, 800, 1400]) {
    for (const colorScheme of ["light", "dark"] as const) {
      it(`asks for nothing, reports no error and is ${width} pixels wide, ${colorScheme}`, async () => {
        assert.ok(browser !== undefined);
        const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
        const [said, requests]: [string[], string[]] = [[], []];
        page.on("console", (message) => said.push(message.text()));
        page.on("pageerror", (error) => said.push(error.message));
        page.on("request", (request) => requests.push(request.url()));
        await page.goto(address);
        // Also what is folded has to fit.
        await page.evaluate(
          "document.querySelectorAll('details').forEach((one) => one.open = true)",
        );
        assert.deepEqual(said, []);
        assert.deepEqual(requests, [address]);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
        await assertDrawn(page, width);
        await page.close();
      });
    }
  }

  it("is printed in dark ink on white, also from a dark screen", async () => {
    assert.ok(browser !== undefined);
    const page = await browser.newPage({ colorScheme: "dark" });
    await page.goto(address);
    await page.emulateMedia({ media: "print" });
    const ink = await page.evaluate("getComputedStyle(document.body).color");
    assert.equal(ink, "rgb(27, 27, 27)");
    await page.close();
  });
});

/** A drawing, and its first text. */
interface Drawn {
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly fill: string;
}

/** One drawing of each chart is shown, inside the page, with texts that are large enough to read. */
async function assertDrawn(page: Page, width: number): Promise<void> {
  const drawn = await page.evaluate<
    readonly Drawn[]
  >(`[...document.querySelectorAll("svg[role=img]")]
    .map((svg) => ({ box: svg.getBoundingClientRect(), text: svg.querySelector("text") }))
    .filter(({ box }) => box.width > 0)
    .map(({ box: { left, right }, text }) =>
      ({ left, right, height: text.getBoundingClientRect().height, fill: getComputedStyle(text).fill }))`);
  assert.equal(drawn.length, 4);
  const ink = await page.evaluate("getComputedStyle(document.body).color");
  for (const { left, right, height, fill } of drawn) {
    assert.ok(left >= 0 && right <= width);
    assert.ok(height >= 10, `${height} pixels`);
    assert.equal(fill, ink);
  }
}
