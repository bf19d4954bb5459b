import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  broker,
  type Broker,
  type BrokerServices,
  type Decision,
} from "../../../../targets/sagemaker/broker/broker";
import { identityProvider } from "../../../../targets/sagemaker/broker/identity-provider";
import { CLIENT_ID, OidcProvider } from "./oidc-provider";

/** Studio profiles of the people in these tests: ada administers, eve has none. */
export const PROFILES = { ada: "ada-studio", grace: "grace-studio", linus: "linus-studio" };
const ALLOWED = ["81.2.69.160/27", "192.0.2.7/32"];
const INSIDE = "81.2.69.170";

/** The broker as an HTTP service between a provider and a Studio, all on loopback. */
export class BrokerServer {
  readonly provider = new OidcProvider();
  url = "";
  /** The caller's address at API Gateway. Headers have no effect on it. */
  sourceIp = INSIDE;
  /** Milliseconds by which the broker's clock is ahead. */
  ahead = 0;
  /** True if API Gateway passes bodies on in base64, as it does with those of forms. */
  asBase64 = true;
  /** Profiles that exist, by login name. */
  profiles: Readonly<Record<string, string>> = PROFILES;
  key: BrokerServices["key"] = () => Promise.resolve(this.keyBytes);
  presignFault: Error | undefined;
  /** Profiles for which the broker requested an address, in order. */
  readonly opened: string[] = [];
  readonly log: Decision[] = [];
  /** Addresses that open Studio, and cookies. The broker must not log them. */
  readonly secrets: string[] = [];

  private readonly keyBytes = randomBytes(32);
  private handle: Broker | undefined;
  private readonly server = createServer((request, response) => {
    void text(request).then((body) => {
      void this.answer(request, body, response);
    });
  });

  private async answer(
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const [rawPath = "", rawQueryString = ""] = (request.url ?? "").split("?");
    const cookies = request.headers.cookie?.split("; ");
    // In the form of API Gateway. It contains headers, which the broker must ignore.
    const event = {
      version: "2.0",
      rawPath,
      rawQueryString,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      ...(cookies && { cookies }),
      ...(body !== "" && {
        body: this.asBase64 ? Buffer.from(body).toString("base64") : body,
        isBase64Encoded: this.asBase64,
      }),
      requestContext: { http: { method: request.method ?? "", sourceIp: this.sourceIp } },
    };
    const answer = await this.handle?.(event);
    const { statusCode = 500, headers, cookies: set, body: page } = answer ?? {};
    response.writeHead(statusCode, { ...headers, ...(set && { "set-cookie": [...set] }) });
    response.end(page);
  }

  async start(): Promise<void> {
    await this.provider.start();
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    this.provider.registered = { callback: `${this.url}/callback`, logout: `${this.url}/` };
    this.handleRequests();
  }

  /** Starts the broker, with the profiles as they are now; its key stays the same. */
  handleRequests(): void {
    const now = (): number => Date.now() + this.ahead;
    this.handle = broker({
      access: { profiles: this.profiles, allowedCidrs: ALLOWED },
      provider: identityProvider({
        issuer: this.provider.url,
        loginUrl: this.provider.url,
        brokerUrl: this.url,
        clientId: CLIENT_ID,
        fetch,
        now,
      }),
      key: () => this.key(),
      presign: (profile) => this.presign(profile),
      random: () => randomBytes(32).toString("base64url"),
      now,
      log: (decision) => this.log.push(decision),
    });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.provider.stop();
  }

  private presign(profile: string): Promise<string> {
    if (this.presignFault !== undefined) {
      return Promise.reject(this.presignFault);
    }
    this.opened.push(profile);
    const url = `https://d-1.studio.eu-west-3.sagemaker.aws/auth?token=${randomBytes(16).toString("hex")}`;
    this.secrets.push(url);
    return Promise.resolve(url);
  }
}

/** The part of an answer that a browser sees. */
export interface Seen {
  readonly status: number;
  readonly location: string;
  readonly headers: Headers;
  readonly body: string;
}

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True if a page of another site makes the request. @default false */
  readonly crossSite?: boolean;
}

/** Browser that keeps the broker's cookies as real ones do, and follows no redirect by itself. */
export class Browser {
  /** The cookie of a login that has begun. */
  cookie: string | undefined;
  /** The cookie of a question to an administrator. */
  question: string | undefined;

  constructor(private readonly server: BrokerServer) {}

  async get(path: string, options: Request = {}): Promise<Seen> {
    const { method = "GET", headers = {}, body, crossSite = false } = options;
    const url = new URL(path, this.server.url);
    // Lax cookies go with a link on another site, not with its form; Strict ones with neither.
    const sent = crossSite ? (method === "GET" ? [this.cookie] : []) : [this.cookie, this.question];
    const cookie = sent.filter((one) => one !== undefined).join("; ");
    const own = url.origin === this.server.url && cookie !== "";
    const response = await fetch(url, {
      redirect: "manual",
      method,
      headers: { ...(own && { cookie }), ...headers },
      ...(body !== undefined && { body }),
    });
    response.headers.getSetCookie().forEach((cookie) => {
      this.keep(cookie);
    });
    return {
      status: response.status,
      location: response.headers.get("location") ?? "",
      headers: response.headers,
      body: await response.text(),
    };
  }

  /** Begins a login and completes the login page. Returns the address that leads back. */
  async logIn(path = "/"): Promise<string> {
    const begun = await this.get(path);
    assert.equal(begun.status, 302, begun.body);
    const loggedIn = await this.get(begun.location);
    assert.equal(loggedIn.status, 302, loggedIn.body);
    return loggedIn.location;
  }

  /** Performs a whole login and returns the broker's last answer. */
  async open(path = "/"): Promise<Seen> {
    return this.get(await this.logIn(path));
  }

  /** Presses the button of a page, in this browser or by a form on another site. */
  async press({ body }: Seen, crossSite = false): Promise<Seen> {
    const [, action = ""] = /<form method="post" action="([^"]+)">/.exec(body) ?? [];
    const [, name = "", value = ""] = /name="(\w+)" value="([^"]+)"/.exec(body) ?? [];
    const form = new URLSearchParams({ [name]: value }).toString();
    return this.get(action, { method: "POST", body: form, crossSite });
  }

  private keep(setCookie: string): void {
    const [pair = "", ...attributes] = setCookie.split("; ");
    // Browsers require this of a name with this prefix. Else they drop the cookie.
    assert.match(pair, /^__Host-/);
    assert.ok(attributes.includes("Secure") && attributes.includes("Path=/"));
    assert.ok(!attributes.some((attribute) => attribute.startsWith("Domain")));
    const isQuestion = pair.startsWith("__Host-ml-platform-question=");
    const sameSite = `SameSite=${isQuestion ? "Strict" : "Lax"}`;
    assert.ok(attributes.includes("HttpOnly") && attributes.includes(sameSite), setCookie);
    const gone = attributes.includes("Max-Age=0");
    this[isQuestion ? "question" : "cookie"] = gone ? undefined : pair;
    if (!gone) {
      this.server.secrets.push(...pair.slice(pair.indexOf("=") + 1).split("."));
    }
  }
}

/** Creates a broker for each test of a `describe`. Its log must contain no secret at the end. */
export function eachWithBroker(): { readonly server: BrokerServer; readonly browser: Browser } {
  const current = {} as { server: BrokerServer; browser: Browser };
  beforeEach(async () => {
    current.server = new BrokerServer();
    current.browser = new Browser(current.server);
    await current.server.start();
  });
  afterEach(() => {
    const { log, secrets, provider } = current.server;
    current.server.stop();
    for (const secret of [...secrets, ...provider.secrets].filter((text) => text !== "")) {
      assert.ok(!JSON.stringify(log).includes(secret), `${secret} is in the log`);
    }
  });
  return current;
}

/** Fails unless the broker answered with a page of refusal and opened no profile. */
export function assertDenied(
  { opened, log }: BrokerServer,
  { status, location, headers, body }: Seen,
  expected: { readonly status: number; readonly reason: Decision["reason"] },
): void {
  const decision = log.at(-1);
  assert.equal(decision?.reason, expected.reason, JSON.stringify(decision));
  assert.equal(decision.outcome, expected.status < 500 ? "refused" : "failed");
  assert.equal(status, expected.status);
  assert.equal(location, "");
  assert.deepEqual(opened, []);
  assert.match(headers.get("content-type") ?? "", /^text\/html/);
  assert.match(body, /<h1>.+<\/h1><p>.+<\/p>/);
}

/** Fails unless the answer leads to this profile, by an address that was created for it only. */
export function assertOpened(
  { opened, secrets, log }: BrokerServer,
  { status, location }: Seen,
  expected: { readonly user: string; readonly profile: string },
): void {
  assert.deepEqual(opened, [expected.profile]);
  assert.equal(status, 302);
  assert.ok(secrets.includes(location), location);
  const { outcome, user, profile } = log.at(-1)!;
  assert.deepEqual({ outcome, user, profile }, { outcome: "opened", ...expected });
}
