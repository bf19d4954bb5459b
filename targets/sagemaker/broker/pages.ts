import { createHash } from "node:crypto";
import type { Facts, Reason } from "./denial";
import { html, type HttpResponse } from "./http";

interface Page {
  readonly status: number;
  readonly title: string;
  /** What happened and what to do. Plain text: it is escaped as a whole. */
  readonly text: (facts: Facts & { readonly address: string }) => string;
}

const AGAIN = "Begin again with the link below.";
const TEAM = "Ask the people who run the platform";

const BROKEN_OFF: Page = {
  status: 400,
  title: "This login cannot be finished",
  text: () =>
    "It was begun in another browser or another tab, took longer than ten minutes, or is over " +
    `already. ${AGAIN}`,
};

const UNAVAILABLE: Page = {
  status: 502,
  title: "The login does not work at the moment",
  text: () =>
    "A service that it needs did not answer as it should. Try again in a minute. " +
    `If that does not help: ${TEAM.toLowerCase()}, who find the cause in the log.`,
};

const PAGES: Readonly<Record<Reason, Page>> = {
  "address-not-allowed": {
    status: 403,
    title: "Not from this network",
    text: ({ address }) =>
      `Your address, ${address}, is in none of the networks that may log in. Use the network or ` +
      `VPN of your team. ${TEAM} if your network should be among them.`,
  },
  "page-unknown": {
    status: 404,
    title: "There is no such page",
    text: () => "Here is only the login of the platform. Follow the link below to get to it.",
  },
  "method-refused": {
    status: 405,
    title: "Nothing can be sent to this page",
    text: () => `It can only be opened. ${AGAIN}`,
  },
  "profile-name-invalid": {
    status: 400,
    title: "This is no name of a profile",
    text: () =>
      "A profile's name has 1 to 63 letters, digits and hyphens. Correct it in the address, or " +
      "leave it out to open your own profile.",
  },
  "cookie-missing": BROKEN_OFF,
  "cookie-forged": BROKEN_OFF,
  "cookie-expired": BROKEN_OFF,
  "state-mismatch": BROKEN_OFF,
  "provider-refused": {
    status: 400,
    title: "The login was not completed",
    text: () => `The login page sent you back without having logged you in. ${AGAIN}`,
  },
  "code-missing": BROKEN_OFF,
  "code-refused": BROKEN_OFF,
  "token-refused": {
    status: 403,
    title: "Your login could not be verified",
    text: () => `What the login page said about you did not pass the checks. ${AGAIN}`,
  },
  "group-missing": {
    status: 403,
    title: "You are in no group of the platform",
    text: ({ user = "" }) =>
      `You are logged in as ${user}, who is in neither ml-users nor ml-admins. ${TEAM} to be added.`,
  },
  "profile-missing": {
    status: 403,
    title: "You have no profile",
    text: ({ user = "" }) =>
      `You are logged in as ${user}, for whom there is no Studio profile. ${TEAM} to get one.`,
  },
  "profile-foreign": {
    status: 403,
    title: "This is not your profile",
    text: ({ user = "", profile = "" }) =>
      `You are logged in as ${user} and may not open ${profile}. The link below opens your own.`,
  },
  "profile-unknown": {
    status: 404,
    title: "There is no such profile",
    text: ({ profile = "" }) =>
      `Nobody has a profile ${profile}. Correct the name in the address; the link below opens your own.`,
  },
  "provider-unavailable": UNAVAILABLE,
  "key-unavailable": UNAVAILABLE,
  "studio-unavailable": UNAVAILABLE,
  fault: { ...UNAVAILABLE, status: 500 },
};

const STYLE =
  "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;" +
  "color:#1b1f24;background:#fff}a{color:#0550ae}";

/** Nothing may run, load or frame; the one style is named by its hash. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page that tells a person why they are not let through, and what they can do. */
export function denialPage(
  reason: Reason,
  facts: Facts & { readonly address: string },
): HttpResponse {
  const { status, title, text } = PAGES[reason];
  const body = [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${escape(title)}</title>`,
    `<style>${STYLE}</style></head>`,
    `<body><h1>${escape(title)}</h1><p>${escape(text(facts))}</p>`,
    `<p><a href="/">Log in</a> · <a href="/logout">Log out</a></p></body></html>`,
  ].join("\n");
  return html(status, body, {
    "content-security-policy": POLICY,
    ...(reason === "method-refused" && { allow: "GET" }),
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
