import { breakEvenMap } from "../../cost/compare/break-even-map";
import type { EqualComparison } from "../../cost/compare/equal-service";
import type { LiveReport } from "../../cost/live/live-report";
import { missingPrices } from "../../cost/missing-prices";
import { billsOf, explained, stackBlocks } from "../compare";
import { list, type Block } from "../document";
import { besideBlocks, breakEvenBlocks, sensitivityBlocks, serviceBlocks } from "../equal";
import { liveCostBlocks, trainingBlocks, unreadBlocks } from "../live";
import { scenarioInShort } from "../remarks";
import type { Report } from "../report";
import { liveBars, runBars, serviceBars, stackBars } from "./bars";
import { blocksHtml } from "./blocks";
import { figure } from "./chart";
import { mapChart, monthCurves } from "./curves";
import { decision } from "./decision";
import { html } from "./escape";
import { sources } from "./sources";
import { STYLE } from "./style";

/** The beginning of each page, by which a file is recognised as one that may be overwritten. */
export const HTML_HEAD = '<!doctype html>\n<html lang="en">\n<!-- A report of ml-platform -->\n';

/** Nothing is loaded and nothing runs: a style sheet inside the page is all that it has. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The comparison as one HTML file without scripts and without anything to load.
 *
 * @param report with equal service.
 * @param live the stacks that are up. @default no section on them
 */
export function htmlPage(report: Report, live?: LiveReport): string {
  const { scenario, currency, today, equal, section } = report;
  const title = `What the platform costs: ${scenario.name}`;
  const body = [
    `<h1>${html(title)}</h1>`,
    `<p>${html(`${scenarioInShort(scenario)}. ${currency.code} a month of 730 hours, ${today}.`)}</p>`,
    `<p class="decision">${html(decision(report))}</p>`,
    stacksSection(report),
    ...(equal === undefined || equal.services.length === 0 ? [] : equalSections(equal, report)),
    ...(equal === undefined ? [] : notHeld(equal)),
    ...(live === undefined ? [] : [liveSection(live, report), ...trainingSection(live)]),
    ...(section === undefined
      ? []
      : [sectionOf("An earlier estimate", folded("Its figures", section.blocks))]),
    sectionOf("Assumptions and sources", [
      ...folded("Assumptions, usage, and what is not priced", [
        ...list(
          "Without a known price: sums that contain them are lower bounds (≥)",
          missingPrices(billsOf(report)),
        ),
        ...explained(report),
      ]),
      ...folded("Sources of the prices", sources(report)),
    ]),
  ];
  return (
    `${HTML_HEAD}<head>\n<meta charset="utf-8">\n` +
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n` +
    `<title>${html(title)}</title>\n<style>${STYLE}</style>\n</head>\n` +
    `<body>\n<main>\n${body.join("\n")}\n</main>\n</body>\n</html>\n`
  );
}

function sectionOf(title: string, parts: readonly string[]): string {
  return `<section>\n<h2>${html(title)}</h2>\n${parts.join("\n")}\n</section>`;
}

function folded(title: string, blocks: readonly Block[]): string[] {
  return blocks.length === 0
    ? []
    : [`<details><summary>${html(title)}</summary>\n${blocksHtml(blocks)}\n</details>`];
}

function stacksSection(report: Report): string {
  const blocks = stackBlocks(report, "categories");
  return sectionOf("The stacks as declared", [figure(stackBars(report, blocksHtml(blocks)))]);
}

function equalSections(equal: EqualComparison, report: Report): string[] {
  const { candidates } = equal;
  const { scenario } = report;
  const services = figure(serviceBars(equal, report, blocksHtml(serviceBlocks(equal, report))));
  const beside = folded(
    "Work of people, notebooks left on, control planes",
    besideBlocks(equal, report),
  );
  const changes = sensitivityBlocks(equal);
  return [
    sectionOf("Equal service: every stack with the machines for all notebooks", [
      services,
      ...beside,
    ]),
    ...(candidates.length === 0
      ? []
      : [
          sectionOf("Break-even: the cheapest by people and hours", [
            figure(mapChart(breakEvenMap(candidates, scenario), scenario)),
            ...folded("Break-even of each two stacks", breakEvenBlocks(equal)),
          ]),
        ]),
    ...(changes.length === 0 ? [] : [sectionOf("Sensitivity", [blocksHtml(changes)])]),
    ...(candidates.length === 0
      ? []
      : [sectionOf("A month by hours of use", [figure(monthCurves(candidates, report))])]),
  ];
}

/** Reasons why no stack holds the notebooks, since there is no table then that could say them. */
function notHeld({ services, refused }: EqualComparison): string[] {
  return services.length > 0
    ? []
    : [
        sectionOf("Equal service", [
          blocksHtml(
            list(
              "Cannot hold these notebooks",
              refused.map(({ stack, reason }) => `${stack}: ${reason}`),
            ),
          ),
        ]),
      ];
}

function liveSection(live: LiveReport, report: Report): string {
  const blocks = blocksHtml(liveCostBlocks(live, { detail: "categories", explain: false }));
  const isPriced = live.stacks.some(({ cost }) => cost !== undefined);
  return sectionOf("Live against the estimate", [
    isPriced ? figure(liveBars(live, report, blocks)) : blocks,
  ]);
}

function trainingSection(live: LiveReport): string[] {
  const runs = live.stacks.flatMap(({ runs: found = [] }) => found);
  const unread = unreadBlocks(live);
  const parts = [
    ...(runs.length === 0 ? [] : [figure(runBars(runs, blocksHtml(trainingBlocks(live))))]),
    ...(unread.length === 0 ? [] : [blocksHtml(unread)]),
  ];
  return parts.length === 0 ? [] : [sectionOf("The same training on each live stack", parts)];
}
