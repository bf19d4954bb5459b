import { Denial, nameOf } from "./denial";

/** Length of HMAC-SHA-256's own output: more adds nothing, less can be guessed sooner. */
const KEY_BYTES = 32;

/**
 * The key that cookies are signed with, fetched when it is first needed and kept as long as this
 * copy of the function lives. A failure is not kept: the next request tries again.
 *
 * @param fetchKey gives the key in base64.
 * @returns a function that rejects with a `Denial` while there is no key.
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
