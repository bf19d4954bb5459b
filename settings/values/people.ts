import type { Fault } from "../contract";
import { parseList, isRecord, Invalid, duplicatesOf, type Setting } from "../schema/setting";
import { escapeControlChars } from "../schema/message";

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
/**
 * Roles that RDS, PostgreSQL or this program own in the database, and names that PostgreSQL refuses. Those
 * that begin with `pg_` and `rds_` cannot be written anyway.
 * https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/parser/gram.y (RoleId)
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.View.html
 */
const RESERVED = ["none", "platform", "postgres", "public", "rdsadmin"];
const NAMES = `1 to 32 lower-case letters, digits and single hyphens, begin with a letter, and not be ${RESERVED.join(", ")}`;
/**
 * Enough for the largest scenario; IAM allows 1,000 roles in an account by default.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST = 200;

/** Sets the first person, part by part. No address here that could be somebody's: invitations go there. */
const EXAMPLE = [
  "--path 'users[0].name' NAME",
  "--path 'users[0].email' ADDRESS",
  "--path 'users[0].group' ml-admins",
];

/** The people who get a login and a role of their own. */
export const people: Setting<readonly Person[]> = {
  doc: "People: `name`, `email` and `group` (`ml-admins` or `ml-users`) of each.",
  allowed: `a list of 1 to ${MOST} people, each with name, email and group`,
  example: EXAMPLE.join("\n"),
  parse: (raw) => {
    const entries = raw.trimStart().startsWith("[") ? parseList(raw) : undefined;
    if (entries === undefined || entries.length < 1) {
      return new Invalid([noList(raw)]);
    }
    const first = entries.slice(0, MOST);
    const faults = [
      ...first.flatMap(entryFaults),
      ...takenTwice(first),
      // Removed from the end: what goes shifts all that follows.
      ...entries
        .slice(MOST)
        .map((_, beyond) => tooMany(MOST + beyond))
        .reverse(),
      ...first.flatMap(noPerson).reverse(),
    ];
    return faults.length === 0 ? (entries as Person[]) : new Invalid(faults);
  },
};

/** What is no list has to go first: nothing can be set inside of it. */
function noList(raw: string): Fault {
  return {
    problem: `users must be ${people.allowed}; got "${raw}"`,
    fix: ["rm users", ...EXAMPLE.map((part) => `set ${part}`)]
      .map((command) => `pulumi config ${command}`)
      .join("\n"),
  };
}

function tooMany(index: number): Fault {
  return {
    problem: `users must be ${MOST} people at most; users[${index}] is one more`,
    fix: `pulumi config rm --path 'users[${index}]'`,
  };
}

function noPerson(entry: unknown, index: number): Fault[] {
  return isRecord(entry)
    ? []
    : [
        {
          problem: `users[${index}] must have name, email and group; got ${JSON.stringify(entry)}`,
          fix: `pulumi config rm --path 'users[${index}]'`,
        },
      ];
}

function entryFaults(entry: unknown, index: number): Fault[] {
  if (!isRecord(entry)) {
    return [];
  }
  const at = `users[${index}]`;
  const { name, email, group, ...others } = entry;
  const nameFits = typeof name === "string" && NAME.test(name) && !RESERVED.includes(name);
  const emailFits = typeof email === "string" && EMAIL.test(email);
  return [
    ...(nameFits ? [] : [fault(`${at}.name`, NAMES, name, "NAME")]),
    ...(emailFits ? [] : [fault(`${at}.email`, "an e-mail address", email, "ADDRESS")]),
    ...(GROUPS.some((known) => known === group)
      ? []
      : [fault(`${at}.group`, `one of ${GROUPS.join(", ")}`, group, "ml-users")]),
    ...Object.keys(others).map((key) => ({
      problem: `${at} must have name, email and group only; got ${JSON.stringify(key)}`,
      fix: `pulumi config rm --path '${at}.${escapeControlChars(key)}'`,
    })),
  ];
}

function fault(path: string, allowed: string, got: unknown, example: string): Fault {
  const given = got === undefined ? "it is not set" : `got ${JSON.stringify(got)}`;
  return {
    problem: `${path} must be ${allowed}; ${given}`,
    fix: `pulumi config set --path '${path}' ${example}`,
  };
}

/** Names and addresses that several people have, with a command for each of them but the first. */
function takenTwice(entries: readonly unknown[]): Fault[] {
  return (["name", "email"] as const).flatMap((field) => {
    const values = entries.map((entry) => {
      const value = (entry as Partial<Person> | null)?.[field];
      return typeof value === "string" ? value.toLowerCase() : undefined;
    });
    return duplicatesOf(values.filter((value) => value !== undefined)).map((value) => {
      const whose = values.flatMap((one, index) => (one === value ? [`users[${index}]`] : []));
      const word = field === "name" ? "NAME" : "ADDRESS";
      return {
        problem: `each of users must have a name and an email of their own; ${whose.join(" and ")} have the same ${field} "${value}"`,
        fix: whose
          .slice(1)
          .map((at) => `pulumi config set --path '${at}.${field}' ${word}`)
          .join("\n"),
      };
    });
  });
}
