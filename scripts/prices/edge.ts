import { RefreshError } from "./refresh-error";

/**
 * Places of CloudFront's viewers near a region, as in its usage types.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
 */
const PLACES: readonly (readonly [region: RegExp, place: string])[] = [
  [/^eu-/, "EU"],
  [/^us-/, "US"],
  [/^ca-/, "CA"],
  [/^sa-/, "SA"],
  [/^ap-south-/, "IN"],
  [/^ap-northeast-[13]$/, "JP"],
  [/^ap-(northeast-2|southeast-[135])$/, "AP"],
  [/^ap-southeast-2$/, "AU"],
  [/^me-/, "ME"],
  [/^af-/, "ZA"],
];

/**
 * Place of CloudFront's viewers near a region.
 *
 * @throws RefreshError for a region without one.
 */
export function edgePlace(region: string): string {
  const found = PLACES.find(([pattern]) => pattern.test(region));
  if (found === undefined) {
    throw new RefreshError(
      `scripts/prices/edge.ts has no place of CloudFront's viewers for ${region}; add it there`,
    );
  }
  return found[1];
}
