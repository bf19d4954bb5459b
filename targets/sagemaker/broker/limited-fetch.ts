/** Most bytes of a response that are read. Cognito's tokens and keys have some 5 KB; the function has 512 MB. */
const MOST_BYTES = 64 * 1024;

/** An error about a response with more than the bytes that are read. */
class ResponseTooLargeError extends Error {
  override readonly name = "ResponseTooLargeError";
}

/** Returns a `fetch` whose responses are read to the end at once; it rejects when one is larger than 64 KiB. */
export function limited(unlimited: typeof fetch): typeof fetch {
  return async (...request) => {
    const response = await unlimited(...request);
    const { status, headers } = response;
    const body = response.body as ReadableStream<Uint8Array> | null;
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of body ?? []) {
      bytes += part.length;
      if (bytes > MOST_BYTES) {
        // Leaving the loop cancels the rest.
        throw new ResponseTooLargeError();
      }
      parts.push(part);
    }
    const noContent = status === 204 || status === 304;
    return new Response(noContent ? null : Buffer.concat(parts), { status, headers });
  };
}
