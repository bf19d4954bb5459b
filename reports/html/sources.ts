import { priceBook } from "../../cost/price-book";
import { list, type Block } from "../document";
import { counted } from "../numbers";
import { billsOf } from "../compare";
import type { Report } from "../report";

/** The sources of the prices of a report, with the day on which each was last confirmed. */
export function sources(report: Report): Block[] {
  const regions = new Set(report.stacks.map(({ estimate }) => estimate.region));
  const keys = new Set(
    billsOf(report).flatMap(({ lines }) => lines.map(({ priceKey }) => priceKey)),
  );
  const found = new Map<string, number>();
  for (const region of regions) {
    const book = priceBook(region, report.currency);
    for (const key of [...keys].filter((one) => book.has(one))) {
      const { source, retrieved } = book.price(key);
      const { what = source, where = "" } = book.sources[source] ?? {};
      const text = `${what}: ${where}, ${retrieved}`;
      found.set(text, (found.get(text) ?? 0) + 1);
    }
  }
  return list(
    "Public prices of AWS",
    [...found].map(([text, count]) => `${text}: ${counted(count, "price")}`).sort(),
  );
}
