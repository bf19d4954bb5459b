import type { Change, Refreshed } from "./refresh";

/** Changes of a refresh, as text for a terminal or pull request. */
export function refreshReport({ region, changes, confirmed, skipped, kept }: Refreshed): string {
  const counts = [
    `${changes.length} changed`,
    `${confirmed} confirmed`,
    ...(skipped.length > 0 ? [`${skipped.length} offers without a new version`] : []),
    ...(kept.length > 0 ? [`${kept.length} not looked up`] : []),
  ];
  return [
    `${region}: ${counts.join(", ")}`,
    ...changes.map((change) => `  ${change.key}  ${amounts(change)}`),
    ...(changes.length > 0 && kept.length > 0 ? [`  kept: ${kept.join(", ")}`] : []),
  ].join("\n");
}

function amounts({ before, after }: Change): string {
  if (before === undefined) {
    return `new: ${after}`;
  }
  const percent = (100 * (after - before)) / before;
  const sign = percent > 0 ? "+" : "−";
  return `${before} → ${after} (${sign}${Math.abs(percent).toFixed(1)} %)`;
}
