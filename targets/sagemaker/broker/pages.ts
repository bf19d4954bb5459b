import { createHash } from "node:crypto";
import { defined } from "../../../settings/defined";
import { markup } from "../../../settings/foreign-text";
import type { Facts, Reason } from "./denial";
import { html, type HttpResponse } from "./http";
import { FORM_FIELD, OPEN_PATH, type Question } from "./question";

interface Page {
  readonly status: number;
  readonly title: string;
  /** Explanation and advice, as plain text; the whole text is escaped. */
  readonly text: (facts: Facts & { readonly address: string }) => string;
}

const AGAIN = "Start again with the link below.";
const TEAM = "Ask the administrators of the platform";

const INTERRUPTED: Page = {
  status: 400,
  title: "This login cannot be completed",
  text: () =>
    "It was started in another browser or tab, took longer than ten minutes, or is already " +
    `complete. ${AGAIN}`,
};

const UNAVAILABLE: Page = {
  status: 502,
  title: "The login is not available at the moment",
  text: () =>
    "A service that it needs does not respond as expected. Try again in a minute. " +
    `If that does not help, ${TEAM.toLowerCase()}; the log shows the cause.`,
};

const PAGES: Readonly<Record<Reason, Page>> = {
  "address-not-allowed": {
    status: 403,
    title: "Your network is not allowed",
    text: ({ address }) =>
      `Your address, ${address}, is not in a network from which users may log in. Use the network ` +
      `or VPN of your team. ${TEAM} to add your network.`,
  },
  "page-unknown": {
    status: 404,
    title: "Page not found",
    text: () => "This site has only the login of the platform. Follow the link below.",
  },
  "method-refused": {
    status: 405,
    title: "Method not allowed",
    text: () => `A page of this site was used in a way that it does not allow. ${AGAIN}`,
  },
  "profile-name-invalid": {
    status: 400,
    title: "This is not a valid profile name",
    text: () =>
      "A profile name has 1 to 63 letters, digits and hyphens. Correct it in the address, or " +
      "remove it to open your own profile.",
  },
  "cookie-missing": INTERRUPTED,
  "cookie-forged": INTERRUPTED,
  "cookie-expired": INTERRUPTED,
  "state-mismatch": INTERRUPTED,
  "form-mismatch": INTERRUPTED,
  "provider-refused": {
    status: 400,
    title: "The login was not completed",
    text: () => `The login page sent you back without logging you in. ${AGAIN}`,
  },
  "code-missing": INTERRUPTED,
  "code-refused": INTERRUPTED,
  "token-refused": {
    status: 403,
    title: "Your login could not be verified",
    text: () => `The information from the login page did not pass the checks. ${AGAIN}`,
  },
  "group-missing": {
    status: 403,
    title: "You are not in a group of the platform",
    text: ({ user = "" }) =>
      `You are logged in as ${user}, who is neither in ml-users nor in ml-admins. ${TEAM} to add you.`,
  },
  "profile-missing": {
    status: 403,
    title: "You have no profile",
    text: ({ user = "" }) =>
      `You are logged in as ${user}, who has no Studio profile. ${TEAM} to create one.`,
  },
  "profile-foreign": {
    status: 403,
    title: "This is not your profile",
    text: ({ user = "", profile = "" }) =>
      `You are logged in as ${user} and may not open ${profile}. The link below opens your own.`,
  },
  "profile-unknown": {
    status: 404,
    title: "Profile not found",
    text: ({ profile = "" }) =>
      `There is no profile ${profile}. Correct the name in the address. The link below opens your own.`,
  },
  "provider-unavailable": UNAVAILABLE,
  "key-unavailable": UNAVAILABLE,
  "studio-unavailable": UNAVAILABLE,
  fault: { ...UNAVAILABLE, status: 500 },
};

const STYLE =
  "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;" +
  "color:#1b1f24;background:#fff}a{color:#0550ae}button{font:inherit}";

/** Content security policy: no scripts, no loads, no frames. The only style is allowed by its hash. */
function policy(formAction: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The page that explains to people why a request was refused, and what they can do. */
export function denialPage(
  reason: Reason,
  facts: Facts & { readonly address: string },
): HttpResponse {
  const { status, title, text } = PAGES[reason];
  const links = `<a href="/">Log in</a> · <a href="/logout">Log out</a>`;
  return html(status, page(title, text(facts), `<p>${links}</p>`), {
    "content-security-policy": policy("'none'"),
    ...defined({ allow: facts.allow }),
  });
}

/** The page that asks an administrator whether to open another person's profile, with a button that opens it. */
export function questionPage(
  { user, profile, form }: Question,
  cookies: readonly string[],
): HttpResponse {
  const text =
    `You are logged in as ${user}. The profile ${profile} belongs to another person: what you do there ` +
    "is done as that person, with their data and rights. Go on only if you meant to open it.";
  const button = [
    `<form method="post" action="${OPEN_PATH}">`,
    `<input type="hidden" name="${FORM_FIELD}" value="${markup(form)}">`,
    `<button>Open the profile ${markup(profile)}</button></form>`,
    `<p><a href="/">Open my own profile</a></p>`,
  ].join("\n");
  const answer = html(200, page("Open another person's profile?", text, button), {
    // Browsers apply it to the redirect after the form, too, which leads to Studio.
    "content-security-policy": policy("'self' https://*.sagemaker.aws"),
  });
  return { ...answer, cookies };
}

/** @param end HTML after the text. */
function page(title: string, text: string, end: string): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${markup(title)}</title>`,
    `<style>${STYLE}</style></head>`,
    `<body><h1>${markup(title)}</h1><p>${markup(text)}</p>`,
    `${end}</body></html>`,
  ].join("\n");
}
