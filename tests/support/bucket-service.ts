import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Most versions of a list, and of a deletion. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
const PAGE = 1000;
/** Distance of two delete markers among the versions. */
const MARKER_EVERY = 10;

/** An answer that is not 200. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/**
 * S3 as far as the janitor needs it to empty and delete one versioned bucket. It computes the versions and
 * stores one bit of each: true once it is deleted.
 */
export class BucketService {
  readonly server: Server;
  /** Numbers of calls, by operation. */
  readonly calls: Record<string, number> = {};
  /** Buckets of all requests. */
  readonly asked = new Set<string>();
  /** Milliseconds until an answer, by operation. */
  latency: Readonly<Record<string, number>> = {};
  /** Number of next calls that S3 answers with `503 SlowDown`, by operation. */
  throttled: Record<string, number> = {};
  /** Codes with which S3 refuses to delete a version, by its number. */
  readonly refused = new Map<number, string>();
  /** Number of next deletions of a version that get `SlowDown` within an answer of 200, by the version's number. */
  readonly slow = new Map<number, number>();
  /** Most calls of an operation at the same time. */
  readonly most: Record<string, number> = {};
  /** Versions in all deletions, each counted as often as one named it. */
  named = 0;
  /** Most versions between their list and the answer to their deletion. */
  mostInHand = 0;
  /** True if lists encode keys, as they are asked to. */
  encodes = true;
  /** Operation that S3 denies to everybody. */
  denied = "";
  exists = true;
  left: number;
  private readonly gone: Uint8Array;
  private readonly now: Record<string, number> = {};
  private readonly inHand = new Set<number>();

  /**
   * @param keyOf key of a version by its number; has to sort as numbers do.
   */
  constructor(
    readonly bucket: string,
    count: number,
    private readonly keyOf = (index: number) => `users/ada/${String(index).padStart(9, "0")}`,
  ) {
    this.left = count;
    this.gone = new Uint8Array(count);
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  /** Numbers of the existing versions. */
  remaining(): number[] {
    return [...this.gone.keys()].filter((index) => this.gone[index] === 0);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) {
      body += String(part);
    }
    const url = new URL(request.url ?? "/", "http://localhost");
    const operation = operationOf(request.method ?? "", url.searchParams);
    this.asked.add(url.pathname.split("/")[1] ?? "");
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
    const now = (this.now[operation] = (this.now[operation] ?? 0) + 1);
    this.most[operation] = Math.max(this.most[operation] ?? 0, now);
    await new Promise((resolve) => setTimeout(resolve, this.latency[operation] ?? 0));
    this.now[operation] = (this.now[operation] ?? 0) - 1;
    response.setHeader("content-type", "application/xml");
    try {
      const [status, answer] = this.run(operation, url, body);
      response.statusCode = status;
      response.end(answer);
    } catch (error) {
      const { status = 500, code = String(error) } = error as Partial<Refusal>;
      response.statusCode = status;
      response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    }
  }

  private run(operation: string, url: URL, body: string): [number, string] {
    if (!this.exists || url.pathname.split("/")[1] !== this.bucket) {
      throw new Refusal(404, "NoSuchBucket");
    }
    if (operation === this.denied) {
      throw new Refusal(403, "AccessDenied");
    }
    const throttled = this.throttled[operation] ?? 0;
    if (throttled > 0) {
      this.throttled[operation] = throttled - 1;
      throw new Refusal(503, "SlowDown");
    }
    switch (operation) {
      case "ListObjectVersions":
        return [200, this.list(url.searchParams)];
      case "DeleteObjects":
        return [200, this.deleteAll(body)];
      case "DeleteBucket":
        if (this.left > 0) {
          throw new Refusal(409, "BucketNotEmpty");
        }
        this.exists = false;
        return [204, ""];
      case "HeadBucket":
        return [200, ""];
      default:
        throw new Refusal(501, "NotImplemented");
    }
  }

  private list(query: URLSearchParams): string {
    const marker = query.get("version-id-marker");
    let index = marker === null ? 0 : Number(marker) + 1;
    if (marker !== null && query.get("key-marker") !== this.keyOf(index - 1)) {
      throw new Refusal(400, "InvalidArgument");
    }
    let last = index;
    const items: string[] = [];
    for (; index < this.gone.length && items.length < PAGE; index += 1) {
      if (this.gone[index] === 0) {
        const kind = index % MARKER_EVERY === MARKER_EVERY - 1 ? "DeleteMarker" : "Version";
        items.push(
          `<${kind}><Key>${this.listed(index)}</Key><VersionId>${index}</VersionId></${kind}>`,
        );
        this.inHand.add(index);
        last = index;
      }
    }
    this.mostInHand = Math.max(this.mostInHand, this.inHand.size);
    const more = this.gone.indexOf(0, index) >= 0;
    const next = `<NextKeyMarker>${this.listed(last)}</NextKeyMarker><NextVersionIdMarker>${last}</NextVersionIdMarker>`;
    return (
      `<ListVersionsResult><Name>${this.bucket}</Name>${this.encodes ? "<EncodingType>url</EncodingType>" : ""}` +
      `<IsTruncated>${more}</IsTruncated>${more ? next : ""}${items.join("")}</ListVersionsResult>`
    );
  }

  private listed(index: number): string {
    return (this.encodes ? encoded : escaped)(this.keyOf(index));
  }

  private deleteAll(body: string): string {
    const named = body.matchAll(/<Key>([^<]*)<\/Key><VersionId>(\d+)<\/VersionId>/g);
    const wanted = [...named].map(([, key = "", id]) => ({ key, index: Number(id) }));
    if (wanted.length === 0 || wanted.length > PAGE) {
      throw new Refusal(400, "MalformedXML");
    }
    this.named += wanted.length;
    const errors = wanted.flatMap(({ key, index }) => {
      this.inHand.delete(index);
      // S3 also confirms the deletion of a version that does not exist.
      if (escaped(this.keyOf(index)) !== key) {
        return [];
      }
      const code = this.refusal(index);
      if (code === undefined) {
        this.left -= this.gone[index] === 0 ? 1 : 0;
        this.gone[index] = 1;
        return [];
      }
      const version = `<Key>${key}</Key><VersionId>${index}</VersionId>`;
      return [`<Error>${version}<Code>${code}</Code><Message>${code}</Message></Error>`];
    });
    return `<DeleteResult>${errors.join("")}</DeleteResult>`;
  }

  private refusal(index: number): string | undefined {
    const slow = this.slow.get(index) ?? 0;
    if (slow > 0) {
      this.slow.set(index, slow - 1);
      return "SlowDown";
    }
    return this.refused.get(index);
  }
}

/** Key in a list of encoding type `url`. */
function encoded(key: string): string {
  return encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
}

/** Key in a request. */
function escaped(key: string): string {
  return key.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The operation of a request, by its method and query. */
function operationOf(method: string, query: URLSearchParams): string {
  if (method === "POST" && query.has("delete")) {
    return "DeleteObjects";
  }
  if (method === "GET" && query.has("versions")) {
    return "ListObjectVersions";
  }
  return { DELETE: "DeleteBucket", HEAD: "HeadBucket" }[method] ?? `${method} ${query.toString()}`;
}
