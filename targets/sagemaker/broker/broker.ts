import { defined } from "../../../settings/defined";
import {
  addressCheck,
  admit,
  isProfileName,
  type Access,
  type Admission,
  type Identity,
} from "./admission";
import { Denial, nameOf, type Facts, type Reason } from "./denial";
import { redirect, single, type HttpRequest, type HttpResponse } from "./http";
import { CALLBACK_PATH, type IdentityProvider } from "./identity-provider";
import { ATTEMPT, sameText, type LoginAttempt } from "./login-attempt";
import { denialPage, questionPage } from "./pages";
import { formText, OPEN_PATH, QUESTION, type Question } from "./question";
import { cleared, readSigned, signed } from "./signed-cookie";

/** One line of the log: the decision about a request, and the user. It never holds a code, a token or an
 * address that grants access. */
export interface Decision extends Facts {
  readonly outcome: "redirected" | "asked" | "opened" | "refused" | "failed";
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

/** Answers a request to open Studio. */
export type Broker = (request: HttpRequest) => Promise<HttpResponse>;

type Answer = HttpResponse & { readonly decision: Omit<Decision, "address"> };

interface Page {
  readonly method: "GET" | "POST";
  readonly answer: (request: HttpRequest) => Answer | Promise<Answer>;
}

/**
 * The login broker. It redirects people to the login page of the user pool, verifies who returns from it,
 * and redirects them to their own Studio profile. An administrator who asked for another person's is asked first.
 *
 * Limit: the address that opens Studio is not bound to the caller's network. Anybody who has it while it is
 * valid gets the session, and anybody who has the cookies of the session keeps it.
 */
export function broker(services: BrokerServices): Broker {
  const isAllowed = addressCheck(services.access.allowedCidrs);
  const pages = new Map<string, Page>([
    ["/", { method: "GET", answer: (request) => begin(services, request) }],
    [CALLBACK_PATH, { method: "GET", answer: (request) => finish(services, request) }],
    [OPEN_PATH, { method: "POST", answer: (request) => openForeign(services, request) }],
    ["/logout", { method: "GET", answer: () => logout(services) }],
  ]);

  return async (request) => {
    const { sourceIp: address } = request.requestContext.http;
    try {
      if (!isAllowed(address)) {
        throw new Denial("address-not-allowed");
      }
      const { decision, ...response } = await pageOf(pages, request).answer(request);
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
  if (request.requestContext.http.method !== page.method) {
    throw new Denial("method-refused", { allow: page.method });
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
    ...redirect(provider.authorizeUrl(attempt), [
      await signed(ATTEMPT, attempt, await key(), now()),
    ]),
    decision: { outcome: "redirected", reason: "login" },
  };
}

async function finish(services: BrokerServices, request: HttpRequest): Promise<Answer> {
  const query = new URLSearchParams(request.rawQueryString);
  const key = await services.key();
  const cookies = request.cookies ?? [];
  const attempt = await readSigned<LoginAttempt>(ATTEMPT, cookies, key, services.now());
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
  const admission = admit(identity, attempt.profile, services.access.profiles);
  return admission.reason === "administrator"
    ? ask(services, identity, admission.profile)
    : open(services, identity, admission, cleared(ATTEMPT));
}

/** Asks an administrator before another person's profile is opened. */
async function ask(
  { key, random, now }: BrokerServices,
  identity: Identity,
  profile: string,
): Promise<Answer> {
  const question: Question = { ...identity, profile, form: random() };
  const cookies = [await signed(QUESTION, question, await key(), now()), cleared(ATTEMPT)];
  const { user } = identity;
  return {
    ...questionPage(question, cookies),
    decision: { outcome: "asked", reason: "administrator", user, profile },
  };
}

/** Opens the profile of a question whose button was pressed. */
async function openForeign(services: BrokerServices, request: HttpRequest): Promise<Answer> {
  const cookies = request.cookies ?? [];
  const question = await readSigned<Question>(
    QUESTION,
    cookies,
    await services.key(),
    services.now(),
  );
  if (!sameText(formText(request), question.form)) {
    throw new Denial("form-mismatch");
  }
  // Again, since the list may have changed since the question.
  const admission = admit(question, question.profile, services.access.profiles);
  return open(services, question, admission, cleared(QUESTION));
}

async function open(
  services: BrokerServices,
  { user }: Identity,
  { profile, reason }: Admission,
  clearedCookie: string,
): Promise<Answer> {
  return {
    ...redirect(await studioAddress(services, { user, profile }), [clearedCookie]),
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
    ...redirect(provider.logoutUrl, [cleared(ATTEMPT), cleared(QUESTION)]),
    decision: { outcome: "redirected", reason: "logout" },
  };
}

function asDenial(error: unknown): Denial {
  return error instanceof Denial ? error : new Denial("fault", { detail: nameOf(error) });
}
