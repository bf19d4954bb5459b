/**
 * The part of a request that the broker reads, in API Gateway's payload format 2.0:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * No headers: `X-Forwarded-For` is whatever the caller says, and `Host` may be too.
 */
export interface HttpRequest {
  readonly rawPath: string;
  /** Without the question mark. */
  readonly rawQueryString: string;
  /** `name=value` each; absent when the browser sends none. */
  readonly cookies?: readonly string[];
  readonly requestContext: {
    readonly http: {
      readonly method: string;
      /** Other end of the TCP connection, as API Gateway sees it. */
      readonly sourceIp: string;
    };
  };
}

/** An answer in the same format. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
  readonly body?: string;
}

/** Headers of every answer: nothing is kept on the way, and no address with a code in it is passed on. */
const PRIVATE = { "cache-control": "no-store", "referrer-policy": "no-referrer" } as const;

/** Sends the browser elsewhere. */
export function redirect(location: string, cookies: readonly string[] = []): HttpResponse {
  return { statusCode: 302, headers: { ...PRIVATE, location }, cookies };
}

/** A page for a person. `headers` add to what every page has. */
export function html(
  statusCode: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): HttpResponse {
  return {
    statusCode,
    headers: {
      ...PRIVATE,
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...headers,
    },
    body,
  };
}

/** The value of a query parameter; undefined when it is absent or stands there more than once. */
export function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name);
  return others.length === 0 ? value : undefined;
}
