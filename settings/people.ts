import { entriesOf, Refusal, repeated, type Setting } from "./setting";

/** Groups of the user pool. `ml-admins` may do all that `ml-users` may. */
export const GROUPS = ["ml-admins", "ml-users"] as const;
export type Group = (typeof GROUPS)[number];

/** A person of the platform: the same on every target. */
export interface Person {
  /** Login name; also database role, Studio profile, namespace and S3 prefix, so it is narrow. */
  readonly name: string;
  /** Where Cognito sends the invitation. */
  readonly email: string;
  readonly group: Group;
}

/** Valid as PostgreSQL role, Studio profile, Kubernetes namespace part and S3 prefix at once. */
const NAME = /^(?=.{1,32}$)[a-z](-?[a-z0-9])*$/;
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
/** Roles that RDS, PostgreSQL or this program own in the database. */
const RESERVED = ["platform", "postgres", "public", "rdsadmin"];
/** Enough for the largest scenario; IAM allows 1,000 roles in an account by default. */
const MOST = 200;

/** The people who get a login and a role of their own. */
export const people: Setting<readonly Person[]> = {
  doc: "People: `name`, `email` and `group` (`ml-admins` or `ml-users`) of each.",
  allowed: `a list of 1 to ${MOST} people, each with name, email and group`,
  example: `--path 'users[0].email' ada@your-company.com`,
  parse: (raw) => {
    const entries = raw.trimStart().startsWith("[") ? entriesOf(raw) : undefined;
    if (entries === undefined || entries.length < 1 || entries.length > MOST) {
      return new Refusal();
    }
    const details = [...entries.flatMap(entryFaults), ...namedTwice(entries)];
    return details.length === 0 ? (entries as Person[]) : new Refusal(details);
  },
};

function entryFaults(entry: unknown, index: number): string[] {
  const at = `users[${index}]`;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    return [`${at} must have name, email and group; got ${JSON.stringify(entry)}`];
  }
  const { name, email, group, ...others } = entry as Record<string, unknown>;
  const fault = (field: string, allowed: string, got: unknown): string =>
    `${at}.${field} must be ${allowed}; ${got === undefined ? "it is not set" : `got ${JSON.stringify(got)}`}`;
  return [
    ...(typeof name === "string" && NAME.test(name) && !RESERVED.includes(name)
      ? []
      : [
          fault(
            "name",
            `1 to 32 lower-case letters, digits and single hyphens, begin with a letter, and not be ${RESERVED.join(", ")}`,
            name,
          ),
        ]),
    ...(typeof email === "string" && EMAIL.test(email)
      ? []
      : [fault("email", "an e-mail address", email)]),
    ...(GROUPS.some((known) => known === group)
      ? []
      : [fault("group", `one of ${GROUPS.join(", ")}`, group)]),
    ...Object.keys(others).map((key) => `${at}.${key} is not known; remove it`),
  ];
}

function namedTwice(entries: readonly unknown[]): string[] {
  return (["name", "email"] as const).flatMap((field) => {
    const values = entries.map((entry) => {
      const value = (entry as Partial<Person> | null)?.[field];
      return typeof value === "string" ? value.toLowerCase() : undefined;
    });
    return repeated(values.filter((value) => value !== undefined)).map((value) => {
      const whose = values.flatMap((one, index) => (one === value ? [`users[${index}]`] : []));
      return `${whose.join(" and ")} have the same ${field} "${value}"`;
    });
  });
}
