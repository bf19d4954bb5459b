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

/** One line of the log: the decision about a request, and the user. It never holds a code, a token or an
 * address that grants access. */
export interface Decision extends Facts {
  readonly outcome: "redirected" | "opened" | "refused" | "failed";
  readonly reason: Reason | Admission["reason"] | "login" | "logout";
  /** IP address of the caller. */
  readonly address: string;
}

/** Everything that the broker uses from outside; `handler.ts` has the real ones. */
export interface BrokerServices {
  readonly access: Access;
  readonly provider: IdentityProvider;
  /** Key for the signature of cookies; rejects with a `Denial` when it is unavailable. */
  readonly key: () => Promise<Buffer>;
  /** Creates an address that opens a Studio profile for anybody who has it. */
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
 * The login broker. It redirects people to the login page of the user pool, verifies who returns from it,
 * and redirects them to their own Studio profile.
 *
 * Limit: the address that opens Studio is not bound to the caller's network. Anybody who has it while it is
 * valid gets the session, and anybody who has the cookies of the session keeps it.
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
  // Not HEAD either: a program that previews an address must not use the code in it.
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
