import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { readyStack } from "../../commands/workload/ready-stack";
import { deploymentOf } from "../../cost/resources/stack-export";
import { resourcesIn } from "./engine-stack";

/** The part of a CronJob that is looked at. */
interface Template {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: { readonly suspend: boolean };
}

/** Checks that a cluster has the templates of the workload's Jobs for each person, and is ready for the command. */
export async function assertRunsWorkload(
  stack: Stack,
  state: string,
  people: readonly string[],
): Promise<void> {
  const templates = resourcesIn(state)
    .filter(({ type }) => type === "kubernetes:batch/v1:CronJob")
    .map(({ outputs }) => outputs as unknown as Template);
  for (const { spec } of templates) {
    assert.equal(spec.suspend, true);
  }
  assert.deepEqual(
    templates.map(({ metadata: { namespace, name } }) => `${namespace} ${name}`).sort(),
    people.flatMap((person) => [`user-${person} tuning`, `user-${person} workload`]),
  );
  const exported: { readonly deployment: unknown } = await stack.exportStack();
  const stored = { stack: stack.name, deployment: deploymentOf(exported.deployment) };
  const { kubeconfig } = await stack.outputs();
  const ready = await readyStack(stored, people[0], {
    now: new Date(),
    access: () => ({}),
    kubeconfig: () => Promise.resolve(String(kubeconfig?.value)),
  });
  assert.ok("ok" in ready, "problem" in ready ? ready.problem : "");
  ready.ok.close();
  assert.equal(ready.ok.target, stack.name);
  assert.ok((ready.ok.hourly ?? 0) > 0.1, String(ready.ok.hourly));
}
