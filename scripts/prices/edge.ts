import { RefreshError } from "./refresh-error";

/**
 * Where CloudFront's viewers are near a region, as its usage types name the place.
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
 * The place of a region at CloudFront.
 *
 * @throws RefreshError when nothing says it.
 */
export function edgePlace(region: string): string {
  const found = PLACES.find(([pattern]) => pattern.test(region));
  if (found === undefined) {
    throw new RefreshError(
      `nothing says where the viewers of CloudFront near ${region} are; add it to scripts/prices/edge.ts`,
    );
  }
  return found[1];
}
