/** The `aws:*` settings of a stack that decide which account is used, and how it is reached. */
export interface AwsAccess {
  readonly region: string;
  readonly profile?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly assumeRoles?: readonly {
    readonly roleArn: string;
    readonly externalId?: string;
    readonly sessionName?: string;
  }[];
  readonly endpoints?: readonly Readonly<Record<string, string>>[];
}

/** Every name of `AwsAccess`, and whether its value is a secret even where the stack file has it in clear. */
const SETTINGS: Readonly<Record<keyof AwsAccess, "plain" | "secret">> = {
  region: "plain",
  profile: "plain",
  accessKey: "secret",
  secretKey: "secret",
  token: "secret",
  assumeRoles: "plain",
  endpoints: "plain",
};

/** Names of the settings of access, in their order. */
const ACCESS_NAMES = Object.keys(SETTINGS) as readonly (keyof AwsAccess)[];

/** Letters of the names whose values are secrets: a misspelt one holds a secret, too. */
const SECRETS = ACCESS_NAMES.filter((name) => SETTINGS[name] === "secret").map(lettersOf);

/** True for a setting of access whose value is a secret, also one that is written with other case or hyphens. */
export function isSecretAccess(name: string): boolean {
  return SECRETS.includes(lettersOf(name));
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, "");
}

/**
 * The settings of access among those of a stack.
 *
 * @param values settings behind `aws:` by their names; undefined where a value cannot be read.
 */
export function accessFrom<T>(
  values: Readonly<Record<string, T | undefined>>,
): Partial<Record<keyof AwsAccess, T>> {
  return Object.fromEntries(
    ACCESS_NAMES.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}
