import assert from "node:assert/strict";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { PROJECT } from "../../settings/contract";
import { flatten } from "../../settings/schema/setting";
import { TARGET_NAMES } from "../../settings/shared";
import { TARGET_PROFILES } from "../../settings/targets";
import type { Values } from "../../settings/changes";
import { declaredChanges } from "../support/declared-changes";
import {
  excludedAt,
  lastUp,
  refusedValues,
  replacedAt,
  settingsAt,
  TRIAL_REGION,
  TRIALS,
} from "../support/trials";
import { audited, Colleague, configure, NOTHING, resourcesIn } from "./engine-stack";
import { comeUp, destroy, up } from "./recovery";

const keyOf = (path: string): string => (path === "region" ? "aws:region" : `${PROJECT}:${path}`);
const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** The settings in a stack's file, by full key. */
async function configOf(stack: Stack): Promise<Values> {
  const all = Object.entries(await stack.getAllConfig());
  return Object.fromEntries(all.map(([key, { value }]) => [key, value]));
}

/** Sets these settings, and removes all others. */
async function reconfigure(stack: Stack, values: Values): Promise<void> {
  const others = Object.keys(await stack.getAllConfig()).filter((key) => !(key in values));
  if (others.length > 0) await stack.removeAllConfig(others);
  await stack.setAllConfig(
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }])),
  );
}

for (const target of TARGET_NAMES) {
  describe(`changes of settings of ${target}`, function () {
    this.timeout("15m");
    const ada = new Colleague();
    let stack: Stack;
    /** Settings of the creation, by full key. */
    let created: Values;

    before(async () => {
      stack = await ada.ownStack(target);
      await configure(stack, { "aws:region": TRIAL_REGION, ...settingsAt(target, 0) });
      created = await configOf(stack);
      await comeUp(ada, stack);
    });

    after(() => {
      ada.leave();
    });

    for (let number = 1; number <= lastUp(target); number += 1) {
      const made = Object.entries(TRIALS[target]).filter(([, one]) => (one.up ?? 1) === number);
      it(`are made by up ${number}`, async () => {
        const resources = resourcesIn(ada.state(target));
        const was = await configOf(stack);
        const now = settingsAt(target, number);
        await reconfigure(stack, {
          ...created,
          ...Object.fromEntries(Object.entries(now).map(([path, value]) => [keyOf(path), value])),
        });
        const excluded = excludedAt(target, number);
        const exclude = resources.map(({ urn }) => urn).filter((urn) => excluded.includes(nameOf(urn)));
        const touched = new Set<string>();
        const ops: Record<string, string> = {};
        const onEvent = ({ resOutputsEvent }: EngineEvent): void => {
          const { op = "same", urn = "", type = "" } = resOutputsEvent?.metadata ?? {};
          if (op !== "same" && op !== "read" && !type.startsWith("pulumi:")) {
            touched.add(nameOf(urn));
            ops[nameOf(urn)] = op;
          }
        };
        await up(ada, stack, { exclude, onEvent });
        const ids = new Map(resources.map(({ urn, id }) => [urn, id]));
        const replaced = resourcesIn(ada.state(target))
          .filter(({ urn, id }) => ids.has(urn) && ids.get(urn) !== id)
          .map(({ urn }) => nameOf(urn));
        const declared = await declaredChanges(was, await configOf(stack));
        const expected = declared.filter((name) => !excluded.includes(name));
        console.log(made.map(([path]) => path).join(" "));
        console.log("replaced", JSON.stringify(sorted(replaced)));
        console.log("engine only", JSON.stringify(sorted([...touched].filter((n) => !expected.includes(n))).map((n) => n + ":" + ops[n])));
        console.log("declared only", JSON.stringify(sorted(expected.filter((n) => !touched.has(n)))));
        console.log("both", JSON.stringify(sorted(expected.filter((n) => touched.has(n)))));
        assert.deepEqual(sorted(replaced), replacedAt(target, number));
      });
    }

    it("are refused in the preview where they would replace people's data", async () => {
      const own = flatten(TARGET_PROFILES[target].settings).map(({ path }) => keyOf(path));
      const refused = Object.entries(refusedValues(target)).map(
        ([path, value]) => [keyOf(path), value] as const,
      );
      const isOwn = ([key]: readonly [string, string]): boolean => own.includes(key);
      const shared = Object.fromEntries(Object.entries(created).filter((one) => !isOwn(one)));
      // Another target has other settings.
      for (const [before, changes] of [
        [shared, refused.filter((one) => !isOwn(one))],
        [created, refused.filter(isOwn)],
      ] as const) {
        if (changes.length === 0) continue;
        await reconfigure(stack, { ...before, ...Object.fromEntries(changes) });
        await assert.rejects(stack.preview(), ({ message }: Error) => {
          for (const [key] of changes) {
            const name = key.replace(`${PROJECT}:`, "");
            assert.ok(message.includes(`- ${name} cannot change from `), `${name}: ${message}`);
          }
          return true;
        });
      }
      await reconfigure(stack, created);
    });

    it("leave nothing behind after a destroy", async () => {
      await destroy(stack);
      assert.deepEqual(resourcesIn(ada.state(target)), []);
      assert.deepEqual(await audited(ada, target, TRIAL_REGION), NOTHING);
    });
  });
}
