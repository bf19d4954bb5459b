import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { AwsAccess } from "../settings/schema/aws-access";
import type { Deployment, StoredStack } from "../cost/resources/stack-export";
import { audit, type Audit, type Verdict } from "../leftovers/audit";
import { clientsFor, type Clients } from "../leftovers/clients";
import { CouldNotLook } from "../leftovers/lookup";
import { SettingsError, type Result } from "../settings/contract";
import { quoted } from "../settings/foreign-text";
import { accepts, mustBe } from "../settings/schema/setting";
import { SHARED_SETTINGS } from "../settings/shared";
import { FLAG, readArguments, withOptions } from "./arguments";
import { STACK_ID } from "../settings/names";
import { storedStacks } from "./pulumi-state";
import { readStacks, STACK_OPTIONS } from "./stack-names";
import { asText } from "../reports/document";
import { leftoversBlocks, leftoversJson } from "../reports/leftovers";
import { accessOf } from "./live-context";
import { standardError, terminal, type Terminal } from "./standard-output";

const HELP = `Usage: npm run leftovers -- --stacks a,b [options]
       npm run leftovers -- --account [options]

Lists AWS resources that belong to a stack and are not in its Pulumi state. It finds them by their tags,
and by names that AWS services give. It changes nothing.

Options:
  --stacks a,b       stacks to audit, of one region and account, or --stack a; they may be destroyed
                     already, and their states gone
  --id STACKID       with one name: audit only the stack with this id, where several stacks had the name;
                     prints commands even if no state in this backend has the id
  --account          every stack of this project in the region
  --region REGION    region to audit (default: aws:region of the stack file, of the state, AWS_REGION)
  --no-state         do not read the Pulumi backend: resources of running stacks count as
                     leftovers, too
  --json             print JSON; docs/json.md describes it
  --help             print this text

Exit status: 0 no leftover; 1 a leftover, or a resource of an interrupted run; 2 wrong arguments, or AWS
refused a look-up.
`;

/** Dependencies of the command. */
export interface LeftoversContext extends Terminal {
  readonly now: Date;
  /** Reads the stacks of the backend, or those with these names that there are. */
  readonly stored: (stacks: readonly string[] | undefined) => Promise<readonly StoredStack[]>;
  /** Reads the access to AWS from the stack file, if there is one. */
  readonly access: (stack: string | undefined) => Partial<AwsAccess>;
  readonly clients: (access: AwsAccess) => Clients;
  /** Region of the environment. */
  readonly region: string | undefined;
  readonly progress: (done: number, all: number) => void;
}

interface Options {
  /** @default every stack of this project in the region */
  readonly stacks: readonly string[] | undefined;
  readonly id: string | undefined;
  readonly region: string | undefined;
  readonly state: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/**
 * Audits one stack or all, and prints the report.
 *
 * @returns the exit status: 0 no leftover, 1 leftover or interrupted, 2 wrong arguments or a refused look-up.
 */
export async function leftovers(
  argv: readonly string[],
  context: LeftoversContext,
): Promise<number> {
  const command = { script: COMMAND.script, help: HELP, read: readOptions };
  return withOptions(command, argv, context, async (options) => {
    try {
      return await audited(options, context);
    } catch (error) {
      if (error instanceof SettingsError || error instanceof CouldNotLook) {
        context.err(`${error.message}\n`);
        return 2;
      }
      throw error;
    }
  });
}

const TEXT = { type: "string" } as const;

/** The command, as npm runs it. */
export const COMMAND = {
  script: "leftovers",
  options: {
    ...STACK_OPTIONS,
    id: TEXT,
    region: TEXT,
    account: FLAG,
    "no-state": FLAG,
    json: FLAG,
    help: { ...FLAG, short: "h" },
  },
} as const;

function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Result<Options> {
  const read = readArguments(COMMAND, argv, env);
  if ("problem" in read) {
    return read;
  }
  const { id, region, account, json, help, "no-state": stateless } = read.ok.values;
  const named = readStacks(read.ok.values);
  if ("problem" in named) {
    return named;
  }
  const stacks = named.ok;
  if (!help && (stacks !== undefined) === account) {
    return { problem: "name stacks with --stacks, or ask for all with --account" };
  }
  if (id !== undefined && stacks !== undefined && stacks.length > 1) {
    return { problem: "--id needs one name: it is the id of one stack" };
  }
  if (id !== undefined && !STACK_ID.test(id)) {
    return {
      problem: `--id must be a stack's id, eight hexadecimal digits; got ${quoted(id)}`,
    };
  }
  if (region !== undefined && !accepts(SHARED_SETTINGS.region, region)) {
    return { problem: mustBe("--region", SHARED_SETTINGS.region, `got ${quoted(region)}`) };
  }
  return { ok: { stacks, id, region, state: !stateless, json, help } };
}

async function audited(options: Options, context: LeftoversContext): Promise<number> {
  const { stacks, id } = options;
  const states = new Map(
    (options.state ? await storedOf(stacks, context) : []).map(({ stack: name, deployment }) => [
      name,
      deployment,
    ]),
  );
  const access = accessFor(options, states, context);
  const { region } = access;
  const found = await audit(
    {
      region,
      states,
      progress: context.progress,
      ...(stacks !== undefined && { stacks }),
      ...(id !== undefined && { stackId: id }),
    },
    context.clients(access),
  );
  const report = {
    audit: found,
    now: context.now,
    ...(id !== undefined && { asked: id }),
    ...(access.profile !== undefined && { profile: access.profile }),
  };
  context.out(
    options.json
      ? `${leftoversJson(report)}\n`
      : `${asText(leftoversBlocks(report), { width: context.width, paint: context.paint })}\n`,
  );
  return statusOf(found);
}

async function storedOf(
  stacks: readonly string[] | undefined,
  { stored }: LeftoversContext,
): Promise<readonly StoredStack[]> {
  try {
    return await stored(stacks);
  } catch (error) {
    throw error instanceof SettingsError
      ? new SettingsError(`${error.message}\n--no-state audits without it`)
      : error;
  }
}

/**
 * The access to AWS of the stacks.
 *
 * @throws SettingsError when nothing names a region, or the stacks do not have one access.
 */
function accessFor(
  { stacks = [], region: asked }: Options,
  states: ReadonlyMap<string, Deployment>,
  context: LeftoversContext,
): AwsAccess {
  const found = (stacks.length === 0 ? [undefined] : stacks).map((stack) => {
    const access = context.access(stack);
    const region = asked ?? access.region ?? states.get(stack ?? "")?.region ?? context.region;
    return { ...access, region };
  });
  const [first] = found;
  if (first?.region === undefined) {
    throw new SettingsError(
      "no region to audit: there is no stack file with aws:region, no state and no AWS_REGION; give --region",
    );
  }
  const odd = found.findIndex((one) => !isDeepStrictEqual(one, first));
  if (odd >= 0) {
    throw new SettingsError(
      `the stacks ${quoted(stacks[0])} and ${quoted(stacks[odd])} differ in region or access to AWS; audit them one by one`,
    );
  }
  return { ...first, region: first.region };
}

function statusOf({ stacks, denied }: Audit): number {
  const bad: readonly Verdict[] = ["leftover", "interrupted"];
  if (stacks.some(({ leftovers: found }) => found.some(({ verdict }) => bad.includes(verdict)))) {
    return 1;
  }
  return denied.length > 0 ? 2 : 0;
}

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const { stderr, env } = process;
  process.exitCode = await leftovers(process.argv.slice(2), {
    now: new Date(),
    stored: (only) => storedStacks(folder, { only }),
    access: (stack) => (stack === undefined ? {} : accessOf(folder, stack)),
    clients: clientsFor,
    region: env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"],
    progress: (done, all) => {
      if (stderr.isTTY) {
        standardError(done === all ? "\r\u001b[K" : `\r${done} of ${all} look-ups`);
      }
    },
    ...terminal(),
  });
}

if (require.main === module) {
  void main();
}
