import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import type { AwsAccess } from "../settings/schema/aws-access";
import type { Deployment, StoredStack } from "../cost/resources/stack-export";
import { audit, type Audit, type Verdict } from "../leftovers/audit";
import { clientsFor, type Clients } from "../leftovers/clients";
import { SettingsError } from "../settings/contract";
import { storedStacks } from "./pulumi-state";
import { asText } from "../reports/document";
import { leftoversBlocks, leftoversJson } from "../reports/leftovers";
import { accessOf } from "./live-context";
import { standardOutput } from "./standard-output";
import { plain, type Paint } from "../reports/table";

const HELP = `Usage: npm run leftovers -- --stack NAME [options]
       npm run leftovers -- --account [options]

Lists what a stack has at AWS and Pulumi does not know: by its tags, and by the names that services give.
It only reads.

Options:
  --stack NAME       the stack to look for; it may be destroyed already, and its state gone
  --id STACKID       only this one of several stacks that had the name; with commands, also where no state
                     here has the id
  --account          every stack of this project in the region
  --region REGION    where to look (default: aws:region of the stack file, of the state, AWS_REGION)
  --no-state         do not ask the Pulumi backend: what stacks that are up have counts as lost, too
  --json             print JSON; docs/json.md describes it
  --help             print this text

Exit status: 0 nothing is lost, 1 something is, or is there from a run that was interrupted,
2 wrong arguments, or not everything could be looked at.
`;

/** Columns of the report. */
const WIDTH = 100;

/** What the command needs of the world around it. */
export interface LeftoversContext {
  readonly now: Date;
  /** The stacks of the backend, or the one of a name, where there is one. */
  readonly stored: (stack: string | undefined) => Promise<readonly StoredStack[]>;
  /** How AWS is spoken to, by the stack file where there is one. */
  readonly access: (stack: string | undefined) => Partial<AwsAccess>;
  readonly clients: (access: AwsAccess) => Clients;
  /** Region of the environment. */
  readonly region: string | undefined;
  readonly progress: (done: number, all: number) => void;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paint: Paint;
}

interface Options {
  readonly stack: string | undefined;
  readonly id: string | undefined;
  readonly region: string | undefined;
  readonly state: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/**
 * Audits what is left and prints it.
 *
 * @returns the exit status: 0 nothing lost, 1 something lost or orphaned, 2 wrong arguments or not all seen.
 */
export async function leftovers(
  argv: readonly string[],
  context: LeftoversContext,
): Promise<number> {
  const options = read(argv);
  if (typeof options === "string") {
    context.err(`${options}\nnpm run leftovers -- --help lists the options\n`);
    return 2;
  }
  if (options.help) {
    context.out(HELP);
    return 0;
  }
  try {
    return await looked(options, context);
  } catch (error) {
    if (error instanceof SettingsError) {
      context.err(`${error.message}\n`);
      return 2;
    }
    throw error;
  }
}

function read(argv: readonly string[]): Options | string {
  try {
    const flag = { type: "boolean", default: false } as const;
    const text = { type: "string" } as const;
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...{ stack: text, id: text, region: text, account: flag, "no-state": flag, json: flag },
        help: { ...flag, short: "h" },
      },
    });
    const { stack, id, region, account, json, help } = values;
    if (!help && (stack !== undefined) === account) {
      return "name one stack with --stack, or ask for all with --account";
    }
    if (id !== undefined && !/^[0-9a-f]{8}$/.test(id)) {
      return `--id must be a stack's id, eight hexadecimal digits; got "${id}"`;
    }
    return { stack, id, region, state: !values["no-state"], json, help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function looked(options: Options, context: LeftoversContext): Promise<number> {
  const { stack, id } = options;
  const states = new Map(
    (options.state ? await storedOf(stack, context) : []).map(({ stack: name, deployment }) => [
      name,
      deployment,
    ]),
  );
  const access = accessFor(options, states, context);
  const { region } = access;
  const found = await audit(
    {
      ...{ region, states, progress: context.progress },
      ...(stack !== undefined && { stack }),
      ...(id !== undefined && { stackId: id }),
    },
    context.clients(access),
  );
  const report = {
    ...{ audit: found, now: context.now, ...(id !== undefined && { asked: id }) },
    ...(access.profile !== undefined && { profile: access.profile }),
  };
  context.out(
    options.json
      ? `${leftoversJson(report)}\n`
      : `${asText(leftoversBlocks(report), { width: WIDTH, paint: context.paint })}\n`,
  );
  return statusOf(found);
}

async function storedOf(
  stack: string | undefined,
  { stored }: LeftoversContext,
): Promise<readonly StoredStack[]> {
  try {
    return await stored(stack);
  } catch (error) {
    throw error instanceof SettingsError
      ? new SettingsError(`${error.message}\n--no-state looks without it`)
      : error;
  }
}

function accessFor(
  { stack, region: asked }: Options,
  states: ReadonlyMap<string, Deployment>,
  context: LeftoversContext,
): AwsAccess {
  const access = context.access(stack);
  const region = asked ?? access.region ?? states.get(stack ?? "")?.region ?? context.region;
  if (region === undefined) {
    throw new SettingsError(
      "nothing says in which region to look: there is no stack file with aws:region, no state and no " +
        "AWS_REGION; give --region",
    );
  }
  return { ...access, region };
}

function statusOf({ stacks, blind }: Audit): number {
  const bad: readonly Verdict[] = ["lost", "orphan"];
  if (stacks.some(({ remains }) => remains.some(({ verdict }) => bad.includes(verdict)))) {
    return 1;
  }
  return blind.length > 0 ? 2 : 0;
}

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const { stderr, stdout, env } = process;
  process.exitCode = await leftovers(process.argv.slice(2), {
    now: new Date(),
    stored: (stack) => storedStacks(folder, stack === undefined ? {} : { only: [stack] }),
    access: (stack) => (stack === undefined ? {} : accessOf(folder, stack)),
    clients: clientsFor,
    region: env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"],
    progress: (done, all) => {
      if (stderr.isTTY) {
        stderr.write(done === all ? "\r\u001b[K" : `\rlooked at ${done} of ${all}`);
      }
    },
    out: standardOutput,
    err: (text) => void stderr.write(text),
    paint: stdout.isTTY && stdout.hasColors() ? styleText : plain,
  });
}

if (require.main === module) {
  void main();
}
