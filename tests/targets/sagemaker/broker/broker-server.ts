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
  /** Address that the caller has for API Gateway, whatever headers say. */
  sourceIp = INSIDE;
  /** Milliseconds that the broker's clock is ahead. */
  ahead = 0;
  key: BrokerServices["key"] = () => Promise.resolve(this.keyBytes);
  presignFault: Error | undefined;
  /** Profiles that an address was asked for, in order. */
  readonly opened: string[] = [];
  readonly log: Decision[] = [];
  /** Addresses that open Studio, and cookies: nothing that may be logged. */
  readonly secrets: string[] = [];

  private readonly keyBytes = randomBytes(32);
  private handle: Broker | undefined;
  private readonly server = createServer((request, response) => {
    const [rawPath = "", rawQueryString = ""] = (request.url ?? "").split("?");
    const cookies = request.headers.cookie?.split("; ");
    // As API Gateway hands it over; headers are in there, and the broker must not care.
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

/** A browser of its own: it keeps the broker's cookie as browsers do, and follows nothing by itself. */
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

  /** Begins a login and goes through the login page; returns the address that leads back. */
  async logIn(path = "/"): Promise<string> {
    const begun = await this.get(path);
    assert.equal(begun.status, 302, begun.body);
    const loggedIn = await this.get(begun.location);
    assert.equal(loggedIn.status, 302, loggedIn.body);
    return loggedIn.location;
  }

  /** A whole login: what the broker answers at its end. */
  async open(path = "/"): Promise<Seen> {
    return this.get(await this.logIn(path));
  }

  private keep(setCookie: string): void {
    const [pair = "", ...attributes] = setCookie.split("; ");
    // What browsers demand of a name with this prefix; else they drop the cookie.
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

/** For a `describe`: a broker of its own for each test, whose log must hold no secret at the end. */
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

/** Fails unless the broker has answered with a page that says no, and no profile was opened. */
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

/** Fails unless the answer leads into this profile, by an address made for it and nothing else. */
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
