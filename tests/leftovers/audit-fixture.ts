import { leftovers, type LeftoversContext } from "../../commands/leftovers";
import { plain } from "../../reports/table";
import { deploymentOf } from "../../cost/resources/stack-export";
import { FakeAccount } from "./fake-account";

/** Id of the stack that is looked for. */
export const ID = "0123abcd";

/** How ARNs of EC2 begin. */
export const EC2 = "arn:aws:ec2:eu-west-3:123456789012";

/** When everything was made. */
export const MADE = new Date("2026-11-20T08:30:00Z");

/** What a run of the command printed. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** The tags of a stack. */
export function tags(stackId: string, stack = "dev", Lifecycle = "experiment") {
  return {
    Project: "ml-platform",
    Stack: stack,
    StackId: stackId,
    Target: "ec2",
    Owner: "ml-team",
    Lifecycle,
  };
}

/** An account and a Pulumi backend to look at. */
export class AuditFixture {
  readonly account = new FakeAccount();
  /** Exports by the name of the stack. */
  states: Readonly<Record<string, object>> = {};

  /** Puts something with the tags of the stack `dev` into the account. */
  tag(arn: string, stackId = ID, lifecycle = "experiment"): void {
    this.account.resources.push({ arn, tags: tags(stackId, "dev", lifecycle) });
  }

  /** Runs the command on a fixed day. */
  async run(argv: string[], changes: Partial<LeftoversContext> = {}): Promise<Ran> {
    let [out, err] = ["", ""];
    const status = await leftovers(argv, {
      now: new Date("2026-11-23T12:00:00Z"),
      stored: () =>
        Promise.resolve(
          Object.entries(this.states).map(([stack, state]) => ({
            stack,
            deployment: deploymentOf(state),
          })),
        ),
      access: () => ({ region: "eu-west-3" }),
      clients: ({ region }) => this.account.clients(region),
      region: undefined,
      progress: () => undefined,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      paint: plain,
      ...changes,
    });
    return { status, out, err };
  }

  /** Ids of what is found, by verdict. */
  async found(argv: string[]): Promise<Record<string, string[]>> {
    const { stacks } = JSON.parse((await this.run([...argv, "--json"])).out) as {
      stacks: { remains: { verdict: string; id: string }[] }[];
    };
    const ids: Record<string, string[]> = {};
    for (const { verdict, id } of stacks.flatMap(({ remains }) => remains)) {
      (ids[verdict] ??= []).push(id);
    }
    return ids;
  }
}
