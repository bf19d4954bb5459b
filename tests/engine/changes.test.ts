import assert from "node:assert/strict";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import type { Values } from "../../settings/changes";
import { PROJECT } from "../../settings/contract";
import { flatten } from "../../settings/schema/setting";
import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import { TARGET_PROFILES } from "../../settings/targets";
import { declaredChanges } from "../support/declared-changes";
import {
  excludedAt,
  lastUp,
  madeAt,
  refusedValues,
  replacedAt,
  settingsAt,
  TRIAL_REGION,
  updatedAt,
} from "../support/trials";
import {
  audited,
  Colleague,
  configure,
  NOTHING,
  resourcesIn,
  type StoredResource,
} from "./engine-stack";
import { comeUp, destroy, up } from "./recovery";

const keyOf = (path: string): string => (path === "region" ? "aws:region" : `${PROJECT}:${path}`);
const unique = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const without = (names: readonly string[], others: readonly string[]): string[] =>
  names.filter((name) => !others.includes(name));

/** Logical name of a resource. A cluster inside the component of Pulumi's EKS package goes by that of the component. */
function nameOf(urn: string): string {
  const [, , types = "", name = ""] = urn.slice("urn:pulumi:".length).split("::");
  return types.includes("$eks:index:Cluster$") ? name.replace(/-eksCluster$/, "") : name;
}

/** The same values by the full key of their settings. */
function byKey(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [keyOf(path), value]));
}

/** The settings in a stack's file, by full key. */
async function configOf(stack: Stack): Promise<Values> {
  const all = Object.entries(await stack.getAllConfig());
  return Object.fromEntries(all.map(([key, { value }]) => [key, value]));
}

/** Gives a stack these settings and no others. */
async function reconfigure(stack: Stack, values: Values): Promise<void> {
  const others = Object.keys(await stack.getAllConfig()).filter((key) => !(key in values));
  if (others.length > 0) {
    await stack.removeAllConfig(others);
  }
  const entries = Object.entries(values).map(([key, value]) => [key, { value }] as const);
  await stack.setAllConfig(Object.fromEntries(entries));
}

/** Resources that an `up` touched, by logical name. */
interface Done {
  /** Created, updated, replaced or deleted. */
  readonly touched: readonly string[];
  /** There before and after, under another id. Jobs are not among them: the next run of one is another. */
  readonly replaced: readonly string[];
  /** State before. */
  readonly before: readonly StoredResource[];
}

/** Runs an `up` without certain resources. */
async function upWithout(who: Colleague, stack: Stack, excluded: readonly string[]): Promise<Done> {
  const before = resourcesIn(who.state(stack.name));
  const exclude = before.map(({ urn }) => urn).filter((urn) => excluded.includes(nameOf(urn)));
  const touched = new Set<string>();
  const onEvent = ({ resOutputsEvent }: EngineEvent): void => {
    const { op = "same", urn = "", type = "" } = resOutputsEvent?.metadata ?? {};
    if (!["same", "read"].includes(op) && !type.startsWith("pulumi:")) {
      touched.add(nameOf(urn));
    }
  };
  await up(who, stack, { exclude, onEvent });
  const after = resourcesIn(who.state(stack.name));
  // Of a deletion whose answer got lost the engine has no event: a refresh takes the resource out of the state.
  const left = new Set(after.map(({ urn }) => urn));
  before.filter(({ urn }) => !left.has(urn)).forEach(({ urn }) => touched.add(nameOf(urn)));
  const ids = new Map(before.map(({ urn, id }) => [urn, id]));
  const replaced = after
    .filter(({ urn, id }) => ids.has(urn) && ids.get(urn) !== id)
    .filter(({ type }) => type !== "kubernetes:batch/v1:Job")
    .map(({ urn }) => nameOf(urn));
  return { touched: unique(touched), replaced: unique(replaced), before };
}

/** Resources with the provider's default tags, all of which another `owner` changes. */
function tagged(resources: readonly StoredResource[]): string[] {
  const hasOwner = ({ outputs }: StoredResource): boolean =>
    (outputs?.["tagsAll"] as Partial<Record<string, string>> | undefined)?.["Owner"] !== undefined;
  return resources.filter(hasOwner).map(({ urn }) => nameOf(urn));
}

/** Refused changes, in the groups in which a stack can have them: other targets have other settings. */
function refusals(target: TargetName, created: Values): (readonly [Values, Values])[] {
  const own = flatten(TARGET_PROFILES[target].settings).map(({ path }) => keyOf(path));
  const only = (values: Values, isOwn: boolean): Values =>
    Object.fromEntries(Object.entries(values).filter(([key]) => own.includes(key) === isOwn));
  const refused = byKey(refusedValues(target));
  return [
    [only(created, false), only(refused, false)],
    [created, only(refused, true)],
  ];
}

for (const target of TARGET_NAMES) {
  describe(`changes of settings of ${target}`, function () {
    this.timeout("15m");
    const ada = new Colleague();
    let stack: Stack;
    /** Settings of its creation, by full key. */
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
      const made = madeAt(target, number).join(", ") || "what goes back";
      it(`touch what the program declares differently, and nothing else, in up ${number}: ${made}`, async () => {
        const was = await configOf(stack);
        const is = { ...created, ...byKey(settingsAt(target, number)) };
        await reconfigure(stack, is);
        const excluded = excludedAt(target, number);
        const { touched, replaced, before } = await upWithout(ada, stack, excluded);
        // What the last `up` excluded is still as the one before it had it.
        const kept = excludedAt(target, number - 1);
        const older = { ...created, ...byKey(settingsAt(target, Math.max(number - 2, 0))) };
        const isRetagged = was[keyOf("owner")] !== is[keyOf("owner")];
        const expected = [
          ...without(await declaredChanges(was, is), kept),
          ...(await declaredChanges(older, is)).filter((name) => kept.includes(name)),
          ...without(isRetagged ? tagged(before) : [], kept),
          ...replaced,
          ...updatedAt(target, number),
        ];
        assert.deepEqual(
          { replaced, touched },
          { replaced: replacedAt(target, number), touched: unique(without(expected, excluded)) },
        );
      });
    }

    it("are refused in the preview where they would replace people's data", async () => {
      for (const [others, refused] of refusals(target, created)) {
        await reconfigure(stack, { ...others, ...refused });
        const keys = Object.keys(refused);
        const refusal = ({ message }: Error): boolean => {
          const all = keys.map((key) => `- ${key.replace(`${PROJECT}:`, "")} cannot change from `);
          assert.deepEqual(
            all.filter((line) => !message.includes(line)),
            [],
            message,
          );
          return true;
        };
        await (keys.length > 0 && assert.rejects(stack.preview(), refusal));
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
