import assert from "node:assert/strict";
import type { ReviewSettingsInputs } from "../../actions/review-settings";
import { changeOf, refusedChanges } from "../../settings/changes";
import { flatten } from "../../settings/schema/setting";
import { SHARED_SETTINGS, TARGET_NAMES, type TargetName } from "../../settings/shared";
import { TARGET_PROFILES } from "../../settings/targets";
import { declaredPlatform, inputsOf, type Overrides } from "../support/declared";
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

const settingsOf = (target: TargetName, up: number, left?: string): Overrides => ({
  target,
  "aws:region": TRIAL_REGION,
  ...settingsAt(target, up, left),
});

/** Values that the guard remembers of a stack with these settings. */
async function guarded(settings: Overrides): Promise<ReviewSettingsInputs["settings"]> {
  const resources = await declaredPlatform(settings);
  return (inputsOf(resources, "ReviewSettings") as unknown as ReviewSettingsInputs).settings;
}

for (const target of TARGET_NAMES) {
  const trials = Object.entries(TRIALS[target]);

  describe(`trials of changes on ${target}`, () => {
    it("are there for every setting, and for nothing else", () => {
      const { settings } = TARGET_PROFILES[target];
      const paths = [...flatten(SHARED_SETTINGS), ...flatten(settings)].map(({ path }) => path);
      assert.deepEqual(trials.map(([path]) => path).sort(), paths.sort());
    });

    it("have the outcome that settings.md tells", () => {
      for (const [path, { to, refused, replaces }] of trials) {
        const { text, refusal } = changeOf(path, target);
        const told = `${path}: ${text}`;
        assert.equal(refused !== undefined, refusal !== undefined, told);
        assert.equal(to === undefined, text.startsWith("refused: "), told);
        if (replaces !== undefined) {
          assert.match(text, /\breplace[sd]\b/, told);
        } else if (to !== undefined) {
          assert.match(text, /^(in place|nothing)/, told);
        }
      }
    });

    it("are admitted one `up` after the other, and refused at the end", async () => {
      for (let up = 1; up <= lastUp(target); up += 1) {
        const [before, after] = [settingsOf(target, up - 1), settingsOf(target, up)];
        const faults = refusedChanges(target, await guarded(before), await guarded(after));
        assert.deepEqual(faults, [], `up ${up}`);
      }
      const created = await guarded(settingsOf(target, 0));
      const last = await guarded(settingsOf(target, lastUp(target)));
      const refused = refusedValues(target);
      const faults = refusedChanges(target, last, { ...created, ...refused });
      const problems = faults.map(({ problem }) => problem.split(" ")[0]?.replace("aws:", ""));
      assert.deepEqual(problems.sort(), Object.keys(refused).sort());
    });

    it("change what the program declares, each of them", async () => {
      for (const [path, { to, up = 1 }] of trials.filter(([, { to }]) => to !== undefined)) {
        const without = settingsOf(target, up, path);
        const made = { ...settingsOf(target, up), [path]: to };
        assert.notDeepEqual(await declaredChanges(without, made), [], `${path}: ${to}`);
      }
    });

    it("name only resources that there are", async () => {
      for (let up = 1; up <= lastUp(target); up += 1) {
        const names = (await declaredPlatform(settingsOf(target, up))).map(({ name }) => name);
        const unknown = [...excludedAt(target, up), ...replacedAt(target, up)].filter(
          (name) => !names.includes(name),
        );
        assert.deepEqual(unknown, []);
      }
    });
  });
}
