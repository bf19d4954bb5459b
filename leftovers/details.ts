import type { Clients } from "./clients";
import { DATA_DETAILS } from "./data-details";
import type { Entries } from "./detailed-kind";
import { EC2_DETAILS } from "./ec2-details";
import { QUESTIONS } from "./questions";
import type { Detail, Found, Look } from "./lookup";

/** Details of things of one kind, by id. What is asked for and not in the answer is gone. */
export interface Details {
  readonly kind: string;
  readonly byId: ReadonlyMap<string, Detail>;
}

/**
 * Asks services about what was found. Lists of tags name things for up to an hour after they have gone, such
 * as hosted zones and user pools: what its own service does not know is not there.
 */
export function detailLooks(clients: Clients, found: readonly Found[]): Look<Details>[] {
  const of = (kind: string): Found[] => found.filter((one) => one.kind === kind);
  const kinds = [
    ...[...EC2_DETAILS, ...DATA_DETAILS].map((one) => ({
      ...one,
      answers: (things: readonly Found[]) => inParts(things, (ids) => one.ask(clients, ids)),
    })),
    ...QUESTIONS.map((one) => ({
      ...one,
      answers: (things: readonly Found[]) =>
        Promise.all(
          things.map(async (thing) => [thing.id, await orGone(one.ask(clients, thing))] as const),
        ),
    })),
  ];
  return kinds
    .map((one) => ({ ...one, things: of(one.kind) }))
    .filter(({ things }) => things.length > 0)
    .map(({ kind, things, what, permission, answers }) => ({
      what: `more about ${what}`,
      permissions: [permission],
      look: async () => ({ kind, byId: complete(things, await answers(things)) }),
    }));
}

/** Filters take 200 values. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html */
const MOST = 200;

async function inParts(
  things: readonly Found[],
  ask: (ids: ReadonlySet<string>) => Promise<Entries>,
): Promise<Entries> {
  const answers: (readonly [string, Detail])[] = [];
  for (let start = 0; start < things.length; start += MOST) {
    answers.push(...(await ask(new Set(things.slice(start, start + MOST).map(({ id }) => id)))));
  }
  return answers;
}

function complete(things: readonly Found[], known: Entries): Details["byId"] {
  return new Map([...things.map(({ id }) => [id, { gone: true }] as const), ...known]);
}

/** How services say that they do not know a thing. */
const UNKNOWN = /NotFound|NoSuch|Could not find|does not exist/i;

async function orGone(answer: Promise<Detail>): Promise<Detail> {
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
