import { leftovers, type LeftoversContext } from "../../commands/leftovers";
import { plain } from "../../reports/table";
import { deploymentOf } from "../../cost/resources/stack-export";
import { FakeAccount } from "./fake-account";

/** Id of the stack that the audit looks for. */
export const ID = "0123abcd";

/** Beginning of the ARNs of EC2. */
export const EC2 = "arn:aws:ec2:eu-west-3:123456789012";

/** Creation time of every resource. */
export const MADE = new Date("2026-11-20T08:30:00Z");

/** Output of a run of the command. */
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

/** Tags of the resources that the controllers of a cluster create. */
export function cluster(name: string) {
  return [{ Key: `kubernetes.io/cluster/${name}`, Value: "owned" }];
}

/** Account and Pulumi backend for an audit. */
export class AuditFixture {
  readonly account = new FakeAccount();
  /** Exports by the name of the stack. */
  states: Readonly<Record<string, object>> = {};

  /** Adds a resource with the tags of the stack `dev` to the account. */
  tag(arn: string, stackId = ID, lifecycle = "experiment"): void {
    this.account.resources.push({ arn, tags: tags(stackId, "dev", lifecycle) });
  }

  /** Adds resources of a cluster of the stack `dev` to the account, each with another that only looks like it. */
  placeLookAlikes(): void {
    for (const [stackId, n] of [
      [ID, 1],
      ["ffffffff", 2],
    ] as const) {
      const name = n === 1 ? `dev-${ID}` : `dev-${ID}-2`;
      const vpc = `vpc-${n}`;
      const Tags = cluster(name);
      this.account.resources.push({
        arn: `${EC2}:vpc/${vpc}`,
        tags: n === 1 ? tags(stackId) : { Project: "ml-platform", Stack: "dev" },
      });
      this.account.volumes.push({
        VolumeId: `vol-${n}`,
        Size: 20,
        VolumeType: "gp3",
        State: "available",
        CreateTime: MADE,
        Tags,
      });
      this.account.snapshots.push({
        SnapshotId: `snap-${n}`,
        VolumeSize: 8,
        StartTime: MADE,
        Tags,
      });
      this.account.interfaces.push({
        NetworkInterfaceId: `eni-${n}`,
        VpcId: vpc,
        Status: "available",
        TagSet: [{ Key: "cluster.k8s.amazonaws.com/name", Value: name }],
      });
      this.account.groups.push({ GroupId: `sg-${n}`, GroupName: "k8s-elb", VpcId: vpc, Tags });
      this.account.classic.push({
        name: `classic-${n}`,
        vpc,
        tags: { [`kubernetes.io/cluster/${name}`]: "owned" },
      });
      this.account.logGroups.push(`/aws/eks/${name}/cluster`);
    }
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
      width: 100,
      env: {},
      ...changes,
    });
    return { status, out, err };
  }

  /** Ids of the findings, by verdict. */
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
