import { type ConfigSource, type Fault, fault } from "../contract";
import { accepts, boolean, type Entry, Invalid, isRecord, mustBe } from "./setting";

/** Form of a setting of the AWS provider, with the example for a command. */
interface Form extends Pick<Entry<unknown>, "allowed" | "parse"> {
  readonly example: string;
}

const TEXT: Form = { allowed: "text", example: "TEXT", parse: (raw) => raw };
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
const OBJECT: Form = {
  allowed: "names and values, in YAML or JSON",
  example: "'{...}'",
  parse: (raw) => json(raw, isRecord),
};
/** Tags, to which the program adds its own: so it has to refuse what the provider would refuse. */
const TAGS: Form = {
  allowed: "tags, with text as values, and nothing else, in YAML or JSON",
  example: `'{"tags":{...}}'`,
  parse: (raw) => json(raw, isTags),
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
    allowedAccountIds: LIST,
    forbiddenAccountIds: LIST,
    assumeRoles: LIST,
    endpoints: LIST,
    userAgents: LIST,
    sharedConfigFiles: LIST,
    sharedCredentialsFiles: LIST,
    assumeRoleWithWebIdentity: OBJECT,
    ignoreTags: OBJECT,
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
  return written(config).flatMap(({ name, form, raw }) =>
    fault.when(
      raw !== undefined && !accepts(form, raw),
      mustBe(`aws:${name}`, form, `got "${raw ?? ""}"`),
      `pulumi config set aws:${name} ${form.example}`,
    ),
  );
}

function written(
  config: ConfigSource,
): { readonly name: string; readonly form: Form; readonly raw: string | undefined }[] {
  return Object.entries(config)
    .filter(([key]) => key.startsWith("aws:"))
    .map(([key, raw]) => {
      const name = key.slice("aws:".length);
      return { name, form: FORMS.get(name) ?? TEXT, raw };
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

function isTags(value: unknown): boolean {
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
