import { Denial, nameOf } from "./denial";

/** Length of the output of HMAC-SHA-256: a longer key adds nothing, a shorter one is easier to guess. */
const KEY_BYTES = 32;

/**
 * Caches the key for the signature of cookies. It is fetched when it is first needed and kept as long as this
 * instance of the function exists. A failure is not cached: the next request tries again.
 *
 * @param fetchKey returns the key in base64.
 * @returns a function that rejects with a `Denial` while the key is unavailable.
 */
export function cookieKey(fetchKey: () => Promise<string | undefined>): () => Promise<Buffer> {
  let kept: Promise<Buffer> | undefined;
  return () => {
    kept ??= decode(fetchKey).catch((error: unknown) => {
      kept = undefined;
      throw new Denial("key-unavailable", { detail: nameOf(error) });
    });
    return kept;
  };
}

async function decode(fetchKey: () => Promise<string | undefined>): Promise<Buffer> {
  const key = Buffer.from((await fetchKey()) ?? "", "base64");
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`the key must have ${KEY_BYTES} bytes; got ${key.length}`);
  }
  return key;
}
