import { RefreshError } from "./refresh-error";

/** Version of an offer's prices in one region. */
export interface OfferVersion {
  /** Time at which AWS published the offer. */
  readonly published: string;
  /** Part of the address, e.g. `20261120160258`. */
  readonly version: string;
  readonly url: string;
}

interface RegionIndex {
  readonly publicationDate?: string;
  readonly regions?: Record<string, { currentVersionUrl?: string } | undefined>;
}

/**
 * Reads the current version of an offer's prices in a region, from a small file.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-fetching-bulk-api.html
 *
 * @param key code of the region, or `aws-other`.
 * @throws RefreshError when AWS refuses the index, or when it has no such region.
 */
export async function offerVersion(
  base: string,
  offer: string,
  key: string,
): Promise<OfferVersion> {
  const url = `${base}/offers/v1.0/aws/${offer}/current/region_index.json`;
  let index: RegionIndex;
  try {
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`${response.status} ${response.statusText}`);
    }
    index = (await response.json()) as RegionIndex;
  } catch (error) {
    throw new RefreshError(`${url} cannot be read: ${String(error)}`);
  }
  const path = index.regions?.[key]?.currentVersionUrl;
  const version = /\/(\d{14})\//.exec(path ?? "")?.[1];
  if (path === undefined || version === undefined || index.publicationDate === undefined) {
    throw new RefreshError(`${url} has no version of prices for ${key}`);
  }
  return { published: index.publicationDate, version, url: `${base}${path}` };
}
