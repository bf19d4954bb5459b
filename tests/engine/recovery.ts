import assert from "node:assert/strict";
import {
  DeleteNetworkInterfaceCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { DestroyOptions, Stack, UpOptions, UpResult } from "@pulumi/pulumi/automation";
import { TagService } from "../support/tag-service";
import { audited, emulator, NOTHING, resourcesIn, type Colleague } from "./engine-stack";
import { commandsIn, GONE, pasted } from "./printed-commands";

const LIFECYCLE = "ml-platform:lifecycle";

/** Most audits, each with its commands. An audit sees the leftovers of an orphaned domain once it is deleted. */
const MOST = 3;

/**
 * Follows docs/runbook.md after an interrupted run, until the audit finds only resources of the state.
 *
 * @returns the number of the audit's commands that were needed.
 */
export async function recover(who: Colleague, stack: Stack): Promise<number> {
  const { name } = stack;
  who.deleteEmpty();
  const region = (await stack.getConfig("aws:region")).value;
  const tags = new TagService(emulator());
  const env = { AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: await tags.start() };
  try {
    await stack.cancel();
    await stack.refresh({ clearPendingCreates: true });
    await revokeUnknownRules(who.state(name), region);
    const audit = () =>
      who.command("commands/leftovers.ts", ["--stack", name, "--region", region], env);
    let { status, out } = await audit();
    let commands = 0;
    for (let round = 0; round < MOST && status === 1; round += 1) {
      const lines = commandsIn(out);
      const refused = (await pasted(lines)).filter((line) => !GONE.test(line));
      assert.deepEqual(refused, [], out);
      commands += lines.length;
      ({ status, out } = await audit());
    }
    const found = await audited(who, name, region, env);
    assert.deepEqual({ ...found, managed: 0 }, NOTHING, out);
    return commands;
  } finally {
    tags.stop();
  }
}

/**
 * Revokes rules in a stack's groups that its state does not have, as docs/runbook.md says: they have no tags, so the
 * audit does not see them, and another `up` would say that they are there.
 */
async function revokeUnknownRules(state: string, region: string): Promise<void> {
  const ec2 = new EC2Client({ region, endpoint: emulator().href });
  const resources = resourcesIn(state);
  const known = new Set(resources.map(({ id }) => id));
  const groups = resources.filter(({ type }) => type === "aws:ec2/securityGroup:SecurityGroup");
  for (const { id: GroupId = "" } of groups) {
    const Filters = [{ Name: "group-id", Values: [GroupId] }];
    const found = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    for (const { SecurityGroupRuleId: rule = "", IsEgress } of found.SecurityGroupRules ?? []) {
      if (!known.has(rule)) {
        const request = { GroupId, SecurityGroupRuleIds: [rule] };
        await (IsEgress === true
          ? ec2.send(new RevokeSecurityGroupEgressCommand(request))
          : ec2.send(new RevokeSecurityGroupIngressCommand(request)));
      }
    }
  }
}

/**
 * Answers to a repeated request whose first answer was lost. The emulator sometimes executes a request and then
 * drops the connection. The provider then repeats the request.
 */
const CARRIED_OUT =
  /api error \w+\.(NotFound|Conflict|Duplicate)|\w+AlreadyExists|\w+ExistsException|already exists|AlreadyAssociated|ListenerNotFound/;

/** True if a run failed by a lost answer. Prints that, since it must not hide a defect of the program. */
export function hasLostAnAnswer(error: unknown): boolean {
  const line = error instanceof Error ? CARRIED_OUT.exec(error.message) : null;
  if (line !== null) {
    console.log(`      an answer got lost: ${line[0]}`);
  }
  return line !== null;
}

/** Runs a step. Only when an answer got lost in it, repairs the stack and runs the step, or another one, again. */
async function retried<T>(
  stack: Stack,
  run: () => Promise<T>,
  setRight: () => Promise<unknown>,
  again: () => Promise<T> = run,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!hasLostAnAnswer(error)) {
      throw error;
    }
    await deleteRefusedInterfaces(stack);
    await setRight();
    return again();
  }
}

/**
 * Deletes what only the emulator leaves: when it refuses to create a NAT gateway a second time, it keeps the second
 * one's interface, which nothing uses. AWS returns the first gateway, since both requests carry the same token.
 */
async function deleteRefusedInterfaces(stack: Stack): Promise<void> {
  const region = (await stack.getConfig("aws:region")).value;
  const ec2 = new EC2Client({ region, endpoint: emulator().href });
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({}));
  const Filters = [{ Name: "status", Values: ["available"] }];
  const { NetworkInterfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters }),
  );
  for (const { NetworkInterfaceId, SubnetId, TagSet = [] } of NetworkInterfaces) {
    if (TagSet.length === 0 && NatGateways.some((gateway) => gateway.SubnetId === SubnetId)) {
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    }
  }
}

/** Runs a plain destroy. When an answer got lost, runs it once more, after a refresh. */
export async function destroy(stack: Stack, options: DestroyOptions = {}): Promise<void> {
  await retried(
    stack,
    () => stack.destroy(options),
    () => stack.refresh(),
  );
}

/** Runs an `up`. When an answer got lost, continues as the runbook says. */
export function up(who: Colleague, stack: Stack, options: UpOptions = {}): Promise<UpResult> {
  return retried(
    stack,
    () => stack.up(options),
    () => recover(who, stack),
  );
}

/** Runs a first `up`. The audit finds no resource without tags. If one is in the way, creates the stack again. */
export function comeUp(who: Colleague, stack: Stack): Promise<UpResult> {
  return retried(
    stack,
    () => up(who, stack),
    () => startOver(who, stack),
    () => stack.up(),
  );
}

/** Error of a first `up` that must fail. When an answer got lost in it, the error of another one. */
export function failure(who: Colleague, stack: Stack): Promise<Error> {
  const run = async (): Promise<Error> => {
    const error: unknown = await stack.up().then(
      () => new assert.AssertionError({ message: "the run has not failed" }),
      (reason: unknown) => reason,
    );
    if (error instanceof assert.AssertionError || hasLostAnAnswer(error)) {
      throw error;
    }
    return error as Error;
  };
  return retried(stack, run, () => startOver(who, stack));
}

/** Deletes the resources of a run with a lost answer. Retires a kept stack meanwhile, as far as its `up` gets. */
export async function startOver(who: Colleague, stack: Stack): Promise<void> {
  const lifecycle = (await stack.getAllConfig())[LIFECYCLE]?.value ?? "experiment";
  if (lifecycle === "keep") {
    await stack.setConfig(LIFECYCLE, { value: "retire" });
    await stack.up({ continueOnError: true }).catch(() => undefined);
  }
  await recover(who, stack);
  await destroy(stack);
  await stack.setConfig(LIFECYCLE, { value: lifecycle });
}
