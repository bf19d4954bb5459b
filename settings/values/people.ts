import { DATABASE_LOGINS } from "./database-logins";
import { EMAIL } from "./email";
import { type Fault, fault } from "../contract";
import { defined } from "../defined";
import {
  duplicatesOf,
  Invalid,
  isRecord,
  mustBe,
  parseList,
  type Setting,
} from "../schema/setting";
import { isTypeable, listed, quoted, shellWord } from "../foreign-text";
import { meantValue } from "../schema/meant";
import { GROUPS, type Group } from "./groups";

/** A user of the platform; the same on every target. */
export interface Person {
  /** Login name. It is also a database role, Studio profile, namespace and S3 prefix. */
  readonly name: string;
  /** Address to which Cognito sends the invitation. */
  readonly email: string;
  readonly group: Group;
}

/** Names that are valid as PostgreSQL role, Studio profile, part of a Kubernetes namespace and S3 prefix. */
const NAME = /^(?=.{1,32}$)[a-z](-?[a-z0-9])*$/;
/**
 * Database roles of RDS, PostgreSQL and this program, and names that PostgreSQL refuses. `NAME` excludes
 * those that begin with `pg_` or `rds_`.
 * https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/parser/gram.y (RoleId)
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.View.html
 */
const RESERVED = [
  ...Object.values(DATABASE_LOGINS),
  "none",
  "postgres",
  "public",
  "rdsadmin",
].toSorted();
const NAMES = `1 to 32 lower-case letters, digits and single hyphens, begin with a letter, and not be ${RESERVED.join(", ")}`;
/**
 * Most users: enough for the largest scenario. IAM allows 1,000 roles in an account by default.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST = 200;

/** Parts of the first user. ADDRESS is not an address on purpose: Cognito would send the invitation there. */
const EXAMPLE = [
  "--path 'users[0].name' NAME",
  "--path 'users[0].email' ADDRESS",
  "--path 'users[0].group' ml-admins",
];

/** The users who get a login and a role of their own. */
export const people: Setting<readonly Person[]> = {
  type: "list",
  doc: "Users, each with `name`, `email` and `group` (`ml-admins` or `ml-users`).",
  allowed: `a list of 1 to ${MOST} users, each with name, email and group`,
  example: EXAMPLE.join("\n"),
  parse: (raw) => {
    const entries = raw.trimStart().startsWith("[") ? parseList(raw) : undefined;
    if (entries === undefined || entries.length < 1) {
      return new Invalid([notAList(raw)]);
    }
    const first = entries.slice(0, MOST);
    const faults = [
      ...first.flatMap(entryFaults),
      ...duplicateFaults(first),
      // Removed from the end: each removal changes the index of the users after it.
      ...entries
        .slice(MOST)
        .map((_, beyond) => tooMany(MOST + beyond))
        .reverse(),
      ...first.flatMap(notARecord).reverse(),
    ];
    return faults.length === 0 ? (entries as Person[]) : new Invalid(faults);
  },
};

/** Removes the value first: if `users` is not a list, `--path` cannot set a part of it. */
function notAList(raw: string): Fault {
  return {
    problem: `users must be ${people.allowed}; got ${quoted(raw)}`,
    fix: ["rm users", ...EXAMPLE.map((part) => `set ${part}`)]
      .map((command) => `pulumi config ${command}`)
      .join("\n"),
  };
}

function tooMany(index: number): Fault {
  return {
    problem: `users must be ${MOST} users at most; users[${index}] is one more`,
    fix: `pulumi config rm --path 'users[${index}]'`,
  };
}

function notARecord(entry: unknown, index: number): readonly Fault[] {
  return fault.when(
    !isRecord(entry),
    `users[${index}] must have name, email and group; got ${quoted(entry)}`,
    `pulumi config rm --path 'users[${index}]'`,
  );
}

function entryFaults(entry: unknown, index: number): readonly Fault[] {
  if (!isRecord(entry)) {
    return [];
  }
  const at = `users[${index}]`;
  const { name, email, group, ...others } = entry;
  const isName = typeof name === "string" && NAME.test(name) && !RESERVED.includes(name);
  const isEmail = typeof email === "string" && EMAIL.test(email);
  const isGroup = GROUPS.some((known) => known === group);
  const groups = `one of ${GROUPS.join(", ")}`;
  return [
    ...partFault(isName, `${at}.name`, { allowed: NAMES, got: name, value: "NAME" }),
    ...partFault(isEmail, `${at}.email`, {
      allowed: "an e-mail address",
      got: email,
      value: "ADDRESS",
    }),
    ...partFault(isGroup, `${at}.group`, { allowed: groups, got: group, value: meantGroup(group) }),
    ...Object.keys(others).map((key) => ({
      problem: `${at} must have name, email and group only; got ${quoted(key)}`,
      ...defined({ fix: removal(at, key) }),
    })),
  ];
}

/** The command that removes a part with this name; undefined for a name that nobody could type. */
function removal(at: string, key: string): string | undefined {
  const part = /^[\w-]+$/.test(key) ? `.${key}` : `["${key.replaceAll('"', '\\"')}"]`;
  return isTypeable(key) ? `pulumi config rm --path ${shellWord(at + part)}` : undefined;
}

function partFault(
  isValid: boolean,
  path: string,
  { allowed, got, value }: { allowed: string; got: unknown; value: string | undefined },
): readonly Fault[] {
  const wrong = got === undefined ? "it is not set" : `got ${quoted(got)}`;
  return fault.when(
    !isValid,
    mustBe(path, { allowed }, wrong),
    value && `pulumi config set --path '${path}' ${value}`,
  );
}

/** The group that a word stands for; that with fewer rights where there is none. */
function meantGroup(group: unknown): string | undefined {
  if (typeof group !== "string") {
    return group === undefined ? "ml-users" : undefined;
  }
  return meantValue(group, GROUPS, {
    admin: "ml-admins",
    admins: "ml-admins",
    user: "ml-users",
    users: "ml-users",
  });
}

/** Finds names and addresses of several users; the fix has a command for each user but the first. */
function duplicateFaults(entries: readonly unknown[]): Fault[] {
  return (["name", "email"] as const).flatMap((field) => {
    const values = entries.map((entry) => {
      const value = (entry as Partial<Person> | null)?.[field];
      return typeof value === "string" ? value.toLowerCase() : undefined;
    });
    return duplicatesOf(values.filter((value) => value !== undefined)).map((value) => {
      const whose = values.flatMap((other, index) => (other === value ? [`users[${index}]`] : []));
      const word = field === "name" ? "NAME" : "ADDRESS";
      return {
        problem: `each of users must have a name and an email of their own; ${whose.length === 2 ? whose.join(" and ") : listed(whose)} have the same ${field} ${quoted(value)}`,
        fix: whose
          .slice(1)
          .map((at) => `pulumi config set --path '${at}.${field}' ${word}`)
          .join("\n"),
      };
    });
  });
}
