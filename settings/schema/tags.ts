import { printable, quoted } from "../foreign-text";
import { PERSON_TAG, TAG_KEYS } from "../names";
import { duplicatesOf, isRecord } from "./setting";

/**
 * Forms of tags that every service takes; some take more.
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
const KEY = /^[\p{L}\p{N} +\-=._:/@]{1,128}$/u;
const VALUE = /^[\p{L}\p{N} +\-=._:/@]{0,256}$/u;
const SIGNS = "letters, digits, spaces and any of + - = . _ : / @";
/** AWS keeps this beginning for itself, in keys and in values, whatever its case. */
const RESERVED = /^aws:/i;

/** Tags of a resource. https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MOST_TAGS = 50;
/** Tags that this program gives a resource at most: those of the stack, and some of its own kind. */
const OWN_TAGS = Object.keys(TAG_KEYS).length + 4;
/** Keys that this program gives to roles. */
const OWN_KEYS = [...Object.values(TAG_KEYS), "Name", PERSON_TAG];

/** True for text that AWS takes as the value of a tag. */
function isTagValue(text: string): boolean {
  return VALUE.test(text) && !RESERVED.test(text);
}

/** Sentences on the tags that AWS would refuse, beside those of the program. */
export function tagFaults(tags: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(tags);
  const own = OWN_KEYS.filter((key) => !keys.includes(key));
  // IAM does not tell the case of keys apart, and refuses a role that has one twice.
  const folded = [...keys, ...own].map((key) => key.toLowerCase());
  const most = MOST_TAGS - OWN_TAGS;
  return [
    ...(keys.length > most
      ? [`${keys.length} are too many: this program adds its own to at most ${most}`]
      : []),
    ...Object.entries(tags).flatMap(([key, value]) => [
      ...(KEY.test(key) && !RESERVED.test(key)
        ? []
        : [`the key ${quoted(key)} must be 1 to 128 ${SIGNS}, and not begin with aws:`]),
      ...(isTagValue(value)
        ? []
        : [
            `the value of ${printable(key)} must be up to 256 ${SIGNS}, and not begin with aws:; it is ${quoted(value)}`,
          ]),
    ]),
    ...duplicatesOf(folded).map((key) => `the key ${quoted(key)} is there twice, in two cases`),
  ];
}

/** Tells tags with text as values from everything else that a stack file may have in their place. */
export function isTags(
  value: unknown,
): value is { readonly tags?: Readonly<Record<string, string>> } {
  return (
    isRecord(value) &&
    Object.entries(value).every(
      ([name, tags]) =>
        name === "tags" &&
        isRecord(tags) &&
        Object.values(tags).every((tag) => typeof tag === "string"),
    )
  );
}
