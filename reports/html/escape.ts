import { escaped, markup } from "../../settings/foreign-text";

/** Text for an element or a quoted attribute: no markup, no control characters, no turned direction. */
export function html(text: string): string {
  return markup(escaped(text));
}
