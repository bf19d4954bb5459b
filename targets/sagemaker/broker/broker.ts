import { defined } from "../../../settings/defined";
import { addressCheck, admit, isProfileName, type Access, type Admission } from "./admission";
import { Denial, nameOf, type Facts, type Reason } from "./denial";
import { redirect, single, type HttpRequest, type HttpResponse } from "./http";
import { CALLBACK_PATH, type IdentityProvider } from "./identity-provider";
import {
  attemptCookie,
  CLEARED_COOKIE,
  readAttempt,
  sameText,
  type LoginAttempt,
} from "./login-attempt";
import { denialPage } from "./pages";

/** One line of the log: what was decided about a request, and for whom. Never a code, token or address
 * that opens something. */
export interface Decision extends Facts {
  readonly outcome: "redirected" | "opened" | "refused" | "failed";
  readonly reason: Reason | Admission["reason"] | "login" | "logout";
  /** Caller's address. */
  readonly address: string;
}

/** What the broker needs of the world; `handler.ts` has the real one. */
export interface BrokerServices {
  readonly access: Access;
  readonly provider: IdentityProvider;
  /** Key that cookies are signed with; rejects with a `Denial` when it cannot be had. */
  readonly key: () => Promise<Buffer>;
  /** The address that opens a Studio profile for whoever has it. */
  readonly presign: (profile: string) => Promise<string>;
  /** Random text that nobody can guess and that needs no escaping. */
  readonly random: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (decision: Decision) => void;
}

export type Broker = (request: HttpRequest) => Promise<HttpResponse>;

type Answer = HttpResponse & { readonly decision: Omit<Decision, "address"> };
type Page = (request: HttpRequest) => Answer | Promise<Answer>;

/**
 * The login broker: it sends people to the login page of the user pool, learns who came back and sends
 * them on into their own Studio profile.
 *
 * What it cannot do: the address that opens Studio is not bound to the caller's network. Who has it
 * within its seconds of life gets the session, and who has the session's cookies keeps it.
 */
export function broker(services: BrokerServices): Broker {
  const isAllowed = addressCheck(services.access.allowedCidrs);
  const pages = new Map<string, Page>([
    ["/", (request) => begin(services, request)],
    [CALLBACK_PATH, (request) => finish(services, request)],
    ["/logout", () => logout(services)],
  ]);

  return async (request) => {
    const { sourceIp: address } = request.requestContext.http;
    try {
      if (!isAllowed(address)) {
        throw new Denial("address-not-allowed");
      }
      const { decision, ...response } = await pageOf(pages, request)(request);
      services.log({ ...decision, address });
      return response;
    } catch (error) {
      const { reason, facts } = asDenial(error);
      const response = denialPage(reason, { ...facts, address });
      const outcome = response.statusCode < 500 ? "refused" : "failed";
      services.log({ outcome, reason, ...facts, address });
      return response;
    }
  };
}

function pageOf(pages: ReadonlyMap<string, Page>, request: HttpRequest): Page {
  const page = pages.get(request.rawPath);
  if (page === undefined) {
    throw new Denial("page-unknown");
  }
  // Also not HEAD: who looks ahead at an address must not use up the code in it.
  if (request.requestContext.http.method !== "GET") {
    throw new Denial("method-refused");
  }
  return page;
}

async function begin(
  { provider, key, random, now }: BrokerServices,
  request: HttpRequest,
): Promise<Answer> {
  const query = new URLSearchParams(request.rawQueryString);
  const profile = query.has("profile") ? (single(query, "profile") ?? "") : undefined;
  if (profile !== undefined && !isProfileName(profile)) {
    throw new Denial("profile-name-invalid");
  }
  const attempt: LoginAttempt = {
    state: random(),
    nonce: random(),
    verifier: random(),
    ...defined({ profile }),
  };
  return {
    ...redirect(provider.authorizeUrl(attempt), [await attemptCookie(attempt, await key(), now())]),
    decision: { outcome: "redirected", reason: "login" },
  };
}

async function finish(services: BrokerServices, request: HttpRequest): Promise<Answer> {
  const query = new URLSearchParams(request.rawQueryString);
  const key = await services.key();
  const attempt = await readAttempt(request.cookies ?? [], key, services.now());
  if (!sameText(single(query, "state") ?? "", attempt.state)) {
    throw new Denial("state-mismatch");
  }
  if (query.has("error")) {
    throw new Denial("provider-refused");
  }
  const code = single(query, "code");
  if (code === undefined || code === "") {
    throw new Denial("code-missing");
  }
  const { nonce, verifier } = attempt;
  const identity = await services.provider.identify({ code, nonce, verifier });
  const { user } = identity;
  const { profile, reason } = admit(identity, attempt.profile, services.access.profiles);
  return {
    ...redirect(await studioAddress(services, { user, profile }), [CLEARED_COOKIE]),
    decision: { outcome: "opened", reason, user, profile },
  };
}

async function studioAddress(
  { presign }: BrokerServices,
  { user, profile }: { readonly user: string; readonly profile: string },
): Promise<string> {
  try {
    return await presign(profile);
  } catch (error) {
    throw new Denial("studio-unavailable", { user, profile, detail: nameOf(error) });
  }
}

function logout({ provider }: BrokerServices): Answer {
  return {
    ...redirect(provider.logoutUrl, [CLEARED_COOKIE]),
    decision: { outcome: "redirected", reason: "logout" },
  };
}

function asDenial(error: unknown): Denial {
  return error instanceof Denial ? error : new Denial("fault", { detail: nameOf(error) });
}
