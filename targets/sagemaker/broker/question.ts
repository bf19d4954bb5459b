import type { Identity } from "./admission";
import { single, type HttpRequest } from "./http";
import type { SignedCookie } from "./signed-cookie";

/**
 * A question to an administrator before another person's profile is opened; otherwise a link could lead them there
 * unawares. The browser keeps it in a cookie until the button is pressed.
 */
export interface Question extends Identity {
  readonly profile: string;
  /** Random text that the form returns: shows that the button of this page was pressed. */
  readonly form: string;
}

/** Cookie of a question. `Strict`, so that no other site can answer it. */
export const QUESTION: SignedCookie = {
  name: "__Host-ml-platform-question",
  seconds: 120,
  sameSite: "Strict",
};

/** Path to which the page of a question posts the answer. */
export const OPEN_PATH = "/open";

/** Name of the form's only field. */
export const FORM_FIELD = "form";

/** Longest form in characters that is read; the broker's own has 48. */
const LONGEST_FORM = 200;

/** The random text that a form has returned; empty when it is absent, repeated or too long. */
export function formText({ body = "", isBase64Encoded = false }: HttpRequest): string {
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  return text.length > LONGEST_FORM ? "" : (single(new URLSearchParams(text), FORM_FIELD) ?? "");
}
