import { escaped } from "../../settings/foreign-text";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an element or a quoted attribute: no markup, no control characters, no turned direction. */
export function html(text: string): string {
  return escaped(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
