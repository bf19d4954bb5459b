import type { Finding } from "../../aws/finding";
import type { Clients } from "../clients";

/** Units a month at a unit price of `cost/prices`. */
export interface Charge {
  readonly priceKey: string;
  readonly quantity: number;
}

/** Facts about a finding that only its own service has. */
export interface Description {
  /** True if it is deleted and only listed for a while, or no longer costs anything. @default false */
  readonly gone?: boolean;
  /** True if AWS deletes it with its owner, as a root disk or a node of a group. @default false */
  readonly held?: boolean;
  /** Id of the resource that it exists in and is deleted with. It is a leftover only in one that the state has. */
  readonly partOf?: string;
  /** Time of its creation. */
  readonly since?: Date | undefined;
  /** Its size, e.g. "20 GB". */
  readonly size?: string;
  readonly charges?: readonly Charge[];
}

/** Descriptions by id. */
export type Descriptions = readonly (readonly [id: string, description: Description])[];

/** Way to ask AWS about findings of a kind. A finding that is not in the answer is gone. */
export interface Describe {
  /** IAM action that it takes. */
  readonly permission: string;
  readonly ask: (clients: Clients, findings: readonly Finding[]) => Promise<Descriptions>;
}

/** Tags by their keys. */
export type Tags = Readonly<Record<string, string>>;

/** A kind of resource that a stack can leave behind: everything that the audit knows about it. */
export interface Kind {
  /** Name in a sentence, e.g. "volume". */
  readonly name: string;
  readonly plural: string;
  /** Way to ask AWS whether one exists and what it is like; `listed` where its finder has just asked its service. */
  readonly describe: Describe | "listed";
  /**
   * Costs of each one; empty if it is free. `described` if only AWS tells, `usage` if they depend on usage
   * that AWS does not tell.
   */
  readonly charges:
    | readonly Charge[]
    | ((finding: Finding) => readonly Charge[] | undefined)
    | "described"
    | "usage";
  /** True if it holds data that a kept stack retains. @default false */
  readonly holdsData?: boolean;
  /**
   * True if users and their controllers create such resources too, with the stack's tags; a function where the
   * tags of one tell. @default false: only Pulumi does
   */
  readonly byUsers?: boolean | ((tags: Tags) => boolean);
  /** Lines for bash that remove one, in their order. */
  readonly remove: (finding: Finding) => readonly string[];
  /** Kinds that must be removed before it. @default none */
  readonly after?: readonly string[];
}

/**
 * Test for `byUsers`: the program gives all its security groups, load balancers and target groups a name tag, and
 * the controllers of a cluster give theirs none.
 */
export function hasNoName({ Name }: Tags): boolean {
  return Name === undefined;
}

/** Charges of what is free. */
export const FREE: readonly Charge[] = [];

/** Bytes in a GiB, in which AWS measures what it calls GB. */
export const GIB = 2 ** 30;

/** Size and price of what is billed by the GB-month. For a snapshot this is the most: it holds changes only. */
export function gigabytes(
  size: number,
  priceKey: string,
): { size: string; charges: readonly Charge[] } {
  const quantity = Number(size.toFixed(1));
  return { size: `${quantity} GB`, charges: [{ priceKey, quantity }] };
}

/** Filters take 200 values. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html */
const MAX_FILTER_VALUES = 200;

/** Asks about up to 200 findings in one request. */
export function manyAtOnce(
  permission: string,
  ask: (clients: Clients, ids: ReadonlySet<string>) => Promise<Descriptions>,
): Describe {
  return {
    permission,
    ask: async (clients, findings) => {
      const answers: (readonly [string, Description])[] = [];
      for (let start = 0; start < findings.length; start += MAX_FILTER_VALUES) {
        const ids = findings.slice(start, start + MAX_FILTER_VALUES).map(({ id }) => id);
        answers.push(...(await ask(clients, new Set(ids))));
      }
      return answers;
    },
  };
}

/** Asks about each finding in a request of its own; an answer that there is no such thing means that it is gone. */
export function oneByOne(
  permission: string,
  ask: (clients: Clients, finding: Finding) => Promise<Description>,
): Describe {
  return {
    permission,
    ask: (clients, findings) =>
      Promise.all(
        findings.map(async (finding) => [finding.id, await orGone(ask(clients, finding))] as const),
      ),
  };
}

/** Errors by which services say that something does not exist. */
const UNKNOWN = /NotFound|NoSuch|Could not find|does not exist/i;

/** An answer about something, or the answer that it is gone where AWS says that it does not exist. */
export async function orGone(answer: Promise<Description>): Promise<Description> {
  try {
    return await answer;
  } catch (error) {
    const { name, message } = error as Error;
    if (UNKNOWN.test(`${name} ${message}`)) {
      return { gone: true };
    }
    throw error;
  }
}
