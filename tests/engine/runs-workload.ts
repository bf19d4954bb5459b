import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { readyStack } from "../../commands/workload/ready-stack";
import { deploymentOf } from "../../cost/resources/stack-export";
import { resourcesIn } from "./engine-stack";

/** The part of a CronJob that copies of it differ by. */
interface Template {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly suspend: boolean;
    readonly jobTemplate: {
      readonly spec: {
        readonly template: {
          readonly spec: {
            readonly containers: readonly [
              { readonly image: string; readonly resources: { readonly requests: object } },
            ];
          };
        };
      };
    };
  };
}

/** Checks that a cluster has the template of the workload's Jobs for each person, and is ready for the command. */
export async function assertRunsWorkload(
  stack: Stack,
  state: string,
  people: readonly string[],
): Promise<void> {
  const templates = resourcesIn(state)
    .filter(({ type }) => type === "kubernetes:batch/v1:CronJob")
    .map(({ outputs }) => {
      const { metadata, spec } = outputs as unknown as Template;
      const [{ image, resources }] = spec.jobTemplate.spec.template.spec.containers;
      return [metadata.namespace, spec.suspend, image, resources.requests] as const;
    })
    .toSorted(([one], [other]) => one.localeCompare(other));
  const image = "quay.io/jupyter/scipy-notebook:2026-07-20";
  assert.deepEqual(
    templates,
    people.map((name) => [`user-${name}`, true, image, { cpu: "1", memory: "4096Mi" }]),
  );
  const exported: { readonly deployment: unknown } = await stack.exportStack();
  const stored = { stack: stack.name, deployment: deploymentOf(exported.deployment) };
  const { kubeconfig } = await stack.outputs();
  const ready = await readyStack(stored, people[0], {
    ...{ now: new Date(), access: () => ({}) },
    kubeconfig: () => Promise.resolve(String(kubeconfig?.value)),
  });
  assert.ok("ok" in ready, "problem" in ready ? ready.problem : "");
  ready.ok.close();
  assert.equal(ready.ok.target, stack.name);
  assert.ok((ready.ok.hourly ?? 0) > 0.1, String(ready.ok.hourly));
}
