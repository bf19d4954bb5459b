import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
      requestContext: { http: { method: request.method ?? "", sourceIp: this.sourceIp } },
    };
    void this.handle?.(event).then(({ statusCode, headers, cookies: set, body }) => {
      response.writeHead(statusCode, { ...headers, ...(set && { "set-cookie": [...set] }) });
      response.end(body);
    });
  });

  async start(): Promise<void> {
    await this.provider.start();
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    this.provider.registered = { callback: `${this.url}/callback`, logout: `${this.url}/` };
    const now = (): number => Date.now() + this.ahead;
    this.handle = broker({
      access: { profiles: PROFILES, allowedCidrs: ALLOWED },
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
}

/** Browser that keeps the broker's cookie as real ones do, and follows no redirect by itself. */
export class Browser {
  cookie: string | undefined;

  constructor(private readonly server: BrokerServer) {}

  async get(path: string, { method = "GET", headers = {} }: Request = {}): Promise<Seen> {
    const url = new URL(path, this.server.url);
    const own = url.origin === this.server.url && this.cookie !== undefined;
    const response = await fetch(url, {
      redirect: "manual",
      method,
      headers: { ...(own && { cookie: this.cookie ?? "" }), ...headers },
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

  private keep(setCookie: string): void {
    const [pair = "", ...attributes] = setCookie.split("; ");
    // Browsers require this of a name with this prefix. Else they drop the cookie.
    assert.match(pair, /^__Host-/);
    assert.ok(attributes.includes("Secure") && attributes.includes("Path=/"));
    assert.ok(!attributes.some((attribute) => attribute.startsWith("Domain")));
    assert.ok(attributes.includes("HttpOnly") && attributes.includes("SameSite=Lax"), setCookie);
    const gone = attributes.includes("Max-Age=0");
    this.cookie = gone ? undefined : pair;
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
