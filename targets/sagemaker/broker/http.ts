/**
 * The part of a request that the broker reads, in API Gateway's payload format 2.0:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * Without headers: the caller can write anything into `X-Forwarded-For`, and perhaps into `Host`.
 */
export interface HttpRequest {
  readonly rawPath: string;
  /** Without the question mark. */
  readonly rawQueryString: string;
  /** `name=value` each; absent when the browser sends none. */
  readonly cookies?: readonly string[];
  /** Absent when the browser sends none. */
  readonly body?: string;
  /** True if `body` is in base64. @default false */
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly http: {
      readonly method: string;
      /** Address of the caller in the TCP connection to API Gateway. */
      readonly sourceIp: string;
    };
  };
}

/** A response in the same format. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
  readonly body?: string;
}

/** Headers of every response: nothing is cached, and no address with a code is sent to another site. */
const PRIVATE = { "cache-control": "no-store", "referrer-policy": "no-referrer" } as const;

/** A redirect of the browser. */
export function redirect(location: string, cookies: readonly string[] = []): HttpResponse {
  return { statusCode: 302, headers: { ...PRIVATE, location }, cookies };
}

/** A page for people. `headers` are added to those of every page. */
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

/** The value of a query parameter; undefined when it is absent or repeated. */
export function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name);
  return others.length === 0 ? value : undefined;
}
