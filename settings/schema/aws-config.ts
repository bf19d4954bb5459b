import type { ConfigSource, Fault, StackSource } from "../contract";
import { isSecretAccess } from "./aws-access";
import { boolean, type Entry, Invalid, isRecord, mustBe } from "./setting";
import { isTags, tagFaults } from "./tags";

/** Form of a setting of the AWS provider, with the example for a command. */
interface Form extends Pick<Entry<unknown>, "allowed" | "parse" | "meant"> {
  readonly example: string;
}

const TEXT: Form = {
  allowed: "text on one line",
  example: "TEXT",
  // A list and names with values reach the program as JSON.
  parse: (raw) => (/^(?=.*\S)\P{Cc}+$/u.test(raw) && !isStructured(raw) ? raw : new Invalid()),
};
const NUMBER: Form = {
  allowed: "a whole number",
  example: "NUMBER",
  parse: (raw) => (/^\d{1,9}$/.test(raw) ? Number(raw) : new Invalid()),
};
const BOOLEAN: Form = boolean("", true);
const LIST: Form = {
  allowed: "a list, in YAML or JSON",
  example: "'[...]'",
  parse: (raw) => json(raw, Array.isArray),
};
const TEXTS: Form = {
  ...LIST,
  allowed: "a list of texts, in YAML or JSON",
  parse: (raw) => json(raw, isTextList),
};
/** Each entry has names of its own, which the provider checks. */
const OBJECTS: Form = {
  ...LIST,
  allowed: "a list of names and values, in YAML or JSON",
  parse: (raw) => json(raw, (entries) => Array.isArray(entries) && entries.every(isRecord)),
};
/** Unquoted, `012345678901` would be read as an octal number, and a number never has the zero that ids begin with. */
const ACCOUNTS: Form = {
  ...LIST,
  allowed: "a list of account ids, each 12 digits in quotes",
  parse: (raw) => json(raw, (ids) => Array.isArray(ids) && ids.every(isAccount)),
};
const OBJECT: Form = {
  allowed: "names and values, in YAML or JSON",
  example: "'{...}'",
  parse: (raw) => json(raw, isRecord),
};
const IGNORED_TAGS: Form = {
  ...OBJECT,
  allowed: "keys and keyPrefixes, each a list of texts, in YAML or JSON",
  parse: (raw) => json(raw, (value) => isRecord(value) && Object.values(value).every(isTextList)),
};
/** Tags, to which the program adds its own: so it has to refuse what the provider would refuse. */
const TAGS: Form = {
  allowed: "tags, with text as values, and nothing else, in YAML or JSON",
  example: `'{"tags":{...}}'`,
  parse: (raw) => {
    const value = json(raw, isTags);
    const faults = isTags(value) ? tagFaults(value.tags ?? {}) : [];
    return faults.length > 0 ? new Invalid(faults) : value;
  },
};

/**
 * Every setting of the AWS provider. Written down here, since loading its SDK takes long; a test compares
 * the two. Source: https://www.pulumi.com/registry/packages/aws/installation-configuration/
 */
const FORMS = new Map<string, Form>(
  Object.entries({
    accessKey: TEXT,
    secretKey: TEXT,
    token: TEXT,
    profile: TEXT,
    region: TEXT,
    stsRegion: TEXT,
    customCaBundle: TEXT,
    httpProxy: TEXT,
    httpsProxy: TEXT,
    noProxy: TEXT,
    retryMode: TEXT,
    ec2MetadataServiceEndpoint: TEXT,
    ec2MetadataServiceEndpointMode: TEXT,
    s3UsEast1RegionalEndpoint: TEXT,
    tagPolicyCompliance: TEXT,
    maxRetries: NUMBER,
    tokenBucketRateLimiterCapacity: NUMBER,
    insecure: BOOLEAN,
    s3UsePathStyle: BOOLEAN,
    useDualstackEndpoint: BOOLEAN,
    useFipsEndpoint: BOOLEAN,
    skipCredentialsValidation: BOOLEAN,
    skipMetadataApiCheck: BOOLEAN,
    skipRegionValidation: BOOLEAN,
    skipRequestingAccountId: BOOLEAN,
    allowedAccountIds: ACCOUNTS,
    forbiddenAccountIds: ACCOUNTS,
    assumeRoles: OBJECTS,
    endpoints: OBJECTS,
    userAgents: TEXTS,
    sharedConfigFiles: TEXTS,
    sharedCredentialsFiles: TEXTS,
    assumeRoleWithWebIdentity: OBJECT,
    ignoreTags: IGNORED_TAGS,
    defaultTags: TAGS,
  }),
);

/** Names of the settings with the prefix `aws:`. */
export const AWS_NAMES: readonly string[] = [...FORMS.keys()];

/**
 * The `aws:*` settings of a stack by the provider's names, as values instead of text. A value is
 * undefined when it is encrypted, and cannot be read here, or when `awsFaults` refuses it.
 */
export function awsConfig(config: ConfigSource): Record<string, unknown> {
  return Object.fromEntries(
    written(config).map(({ name, form, raw }) => {
      const value = raw === undefined ? undefined : form.parse(raw);
      return [name, value instanceof Invalid ? undefined : value];
    }),
  );
}

/** Finds settings of the AWS provider whose value has not the form that the provider takes. */
export function awsFaults(config: ConfigSource): Fault[] {
  return written(config).flatMap(({ name, form, raw }) => {
    const value = raw === undefined ? undefined : form.parse(raw);
    if (!(value instanceof Invalid)) {
      return [];
    }
    // The example of a form that can tell what was meant is a value, and might be the opposite.
    const meant = form.meant === undefined ? form.example : form.meant(raw ?? "");
    const flag = isSecretAccess(name) ? "--secret " : "";
    const fix = meant === undefined ? {} : { fix: `pulumi config set ${flag}aws:${name} ${meant}` };
    const faults = holdsSecret(name, raw ?? "")
      ? [mustBe(`aws:${name}`, form, "its value, a secret, is not shown")]
      : value.explain(`aws:${name}`, form, raw);
    return faults.map((problem) => (typeof problem === "string" ? { problem, ...fix } : problem));
  });
}

/** True for a value that the provider takes for one of its settings. */
export function acceptsAws(name: string, raw: string): boolean {
  return !((FORMS.get(name) ?? TEXT).parse(raw) instanceof Invalid);
}

/** Warnings for secrets that a stack file has in clear, and so everybody who reads the repository. */
export function clearSecrets({ source, isEncrypted }: StackSource): Fault[] {
  return Object.keys(source)
    .filter((key) => key.startsWith("aws:"))
    .filter((key) => holdsSecret(key.slice("aws:".length), source[key] ?? ""))
    .filter((key) => !(isEncrypted?.(key) ?? source[key] === undefined))
    .map((key) => ({
      problem: `${key} is in the stack file in clear, where everybody who may read the file can use it; better is aws:profile, or the environment`,
      fix: `pulumi config set --secret ${key}`,
    }));
}

/** True for a value with a secret in it: a key, the password of a proxy, a token in a list of names and values. */
function holdsSecret(name: string, raw: string): boolean {
  return (
    isSecretAccess(name) || /:\/\/[^/@\s]*:[^/@\s]+@/.test(raw) || /"webIdentityToken"/i.test(raw)
  );
}

/** The settings of the provider that a stack has; other names behind `aws:` are refused elsewhere. */
function written(
  config: ConfigSource,
): { readonly name: string; readonly form: Form; readonly raw: string | undefined }[] {
  return Object.entries(config)
    .filter(([key]) => key.startsWith("aws:"))
    .flatMap(([key, raw]) => {
      const name = key.slice("aws:".length);
      const form = FORMS.get(name);
      return form === undefined ? [] : [{ name, form, raw }];
    });
}

function json(raw: string, isAllowed: (value: unknown) => boolean): unknown {
  try {
    const value: unknown = JSON.parse(raw);
    return isAllowed(value) ? value : new Invalid();
  } catch {
    return new Invalid();
  }
}

function isStructured(raw: string): boolean {
  return !(json(raw, (value) => typeof value === "object" && value !== null) instanceof Invalid);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function isAccount(id: unknown): boolean {
  return typeof id === "string" && /^\d{12}$/.test(id);
}
