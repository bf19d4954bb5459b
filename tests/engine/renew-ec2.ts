import assert from "node:assert/strict";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { type Colleague, resourcesIn, storedResource } from "./engine-stack";
import { up } from "./recovery";

/**
 * Renews the machines of a stack `ec2` that is up: the workers one by one without the control plane, and the control
 * plane without them.
 */
export async function renewEc2(ada: Colleague, ec2: Stack): Promise<void> {
  const found = (type: string, name: string) => storedResource(ada.state("ec2"), type, name);
  const machines = (): Record<string, string> =>
    Object.fromEntries(
      resourcesIn(ada.state("ec2"))
        .filter(({ type }) => type === "aws:ec2/instance:Instance")
        .map(({ urn, id = "" }) => [urn.split("::").at(-1) ?? "", id]),
    );
  // What the last `up` did to workers, in its order.
  const steps: string[] = [];
  const onEvent = ({ resOutputsEvent }: EngineEvent): void => {
    const { op = "", urn = "" } = resOutputsEvent?.metadata ?? {};
    const [worker] = /(?<=::ec2-nodes-)worker-\d$/.exec(urn) ?? [];
    if (worker !== undefined && op !== "same") {
      steps.push(`${op} ${worker}`);
    }
  };
  const after = async (name: string, value: string): Promise<Record<string, string>> => {
    await ec2.setConfig(`ml-platform:${name}`, { value });
    steps.length = 0;
    await up(ada, ec2, { onEvent });
    return machines();
  };
  const three = machines();
  // Another script for both roles, for which nobody has asked yet.
  assert.deepEqual(await after("kubernetes.version", "1.35"), three);
  assert.equal(steps.length, 0, steps.join());
  const patched = await after("nodes.renew", "workers");
  const [controlPlane, ...workers] = ["control-plane", "worker-1", "worker-2"].map(
    (name) => `ec2-nodes-${name}`,
  );
  assert.equal(patched[controlPlane!], three[controlPlane!]);
  for (const worker of workers) {
    assert.notEqual(patched[worker], three[worker], worker);
  }
  const oneByOne = (order: readonly string[]) =>
    order.flatMap((worker) => [`delete-replaced ${worker}`, `create-replacement ${worker}`]);
  assert.deepEqual(
    steps.filter((step) => !step.startsWith("replace ")),
    oneByOne(["worker-1", "worker-2"]),
  );

  // The same script, now allowed. Pulumi also replaces what leads to the control plane, but no worker.
  const replaced = await after("nodes.renew", "controlPlane");
  assert.notEqual(replaced[controlPlane!], three[controlPlane!]);
  assert.deepEqual({ ...replaced, [controlPlane!]: "" }, { ...patched, [controlPlane!]: "" });
  const { outputs } = found("ec2/instance:Instance", controlPlane!);
  const name = found("route53/record:Record", "ec2-nodes-api");
  const address = found("ec2/eipAssociation:EipAssociation", "ec2-nodes-api-address");
  assert.deepEqual(name.outputs?.["records"], [outputs?.["privateIp"]]);
  assert.equal(address.outputs?.["instanceId"], replaced[controlPlane!]);
}
