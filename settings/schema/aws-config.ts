import type { ConfigSource, Fault } from "../contract";
import { isRecord } from "./setting";

/** What a setting of the AWS provider holds. */
type Form = "text" | "number" | "boolean" | "list" | "object" | "tags";

/**
 * Every setting of the AWS provider: data of our own, since its SDK takes its time to load. A test holds it
 * against the SDK. Source: https://www.pulumi.com/registry/packages/aws/installation-configuration/
 */
const NAMES: Readonly<Record<Form, readonly string[]>> = {
  text: [
    ...["accessKey", "secretKey", "token", "profile", "region", "stsRegion"],
    ...["customCaBundle", "httpProxy", "httpsProxy", "noProxy", "retryMode"],
    ...["ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode"],
    ...["s3UsEast1RegionalEndpoint", "tagPolicyCompliance"],
  ],
  number: ["maxRetries", "tokenBucketRateLimiterCapacity"],
  boolean: [
    ...["insecure", "s3UsePathStyle", "useDualstackEndpoint", "useFipsEndpoint"],
    ...["skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"],
    "skipRequestingAccountId",
  ],
  list: [
    ...["allowedAccountIds", "forbiddenAccountIds", "assumeRoles", "endpoints", "userAgents"],
    ...["sharedConfigFiles", "sharedCredentialsFiles"],
  ],
  object: ["assumeRoleWithWebIdentity", "ignoreTags"],
  // Taken apart here, so what the provider would say of anything else has to be said here, too.
  tags: ["defaultTags"],
};
const FORMS: ReadonlyMap<string, Form> = new Map(
  (Object.keys(NAMES) as Form[]).flatMap((form) => NAMES[form].map((name) => [name, form])),
);

/** Names of the settings behind `aws:`. */
export const AWS_NAMES: readonly string[] = [...FORMS.keys()];

/** How a form reads after "must be", and what a person writes in its place. */
const WORDS: Readonly<Record<Exclude<Form, "text">, readonly [allowed: string, example: string]>> =
  {
    number: ["a whole number", "NUMBER"],
    boolean: ["true or false", "true"],
    list: ["a list, in YAML or JSON", "'[...]'"],
    object: ["names and values, in YAML or JSON", "'{...}'"],
    tags: ["tags, with text as values, and nothing else, in YAML or JSON", `'{"tags":{...}}'`],
  };

/**
 * The `aws:*` settings of a stack by the provider's names, as values instead of text. What is encrypted
 * and cannot be read here is undefined, and so is what `awsFaults` refuses.
 */
export function awsConfig(config: ConfigSource): Record<string, unknown> {
  return Object.fromEntries(
    written(config).map(([name, raw]) => [
      name,
      raw === undefined ? undefined : valueOf(FORMS.get(name) ?? "text", raw),
    ]),
  );
}

/** Settings of the AWS provider that are not of the form that it takes. */
export function awsFaults(config: ConfigSource): Fault[] {
  return written(config).flatMap(([name, raw]) => {
    const form = FORMS.get(name) ?? "text";
    if (form === "text" || raw === undefined || valueOf(form, raw) !== undefined) {
      return [];
    }
    const [allowed, example] = WORDS[form];
    return [
      {
        problem: `aws:${name} must be ${allowed}; got "${raw}"`,
        fix: `pulumi config set aws:${name} ${example}`,
      },
    ];
  });
}

function written(config: ConfigSource): [string, string | undefined][] {
  return Object.entries(config)
    .filter(([key]) => key.startsWith("aws:"))
    .map(([key, raw]) => [key.slice("aws:".length), raw]);
}

/** The value that text stands for; undefined where it is none of that form. */
function valueOf(form: Form, raw: string): unknown {
  switch (form) {
    case "text":
      return raw;
    case "number":
      return /^\d{1,9}$/.test(raw) ? Number(raw) : undefined;
    case "boolean":
      return { true: true, false: false }[raw];
    case "list":
    case "object":
      return structure(form, raw);
    case "tags": {
      const value = structure("object", raw);
      return isTags(value) ? value : undefined;
    }
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

function structure(form: "list" | "object", raw: string): unknown {
  try {
    const value: unknown = JSON.parse(raw);
    return (form === "list" ? Array.isArray(value) : isRecord(value)) ? value : undefined;
  } catch {
    return undefined;
  }
}
