import assert from "node:assert/strict";
import { action, type ReviewSettingsInputs } from "../../actions/review-settings";
import { CHANGES, changeOf, guardedPaths } from "../../settings/changes";
import { flatten } from "../../settings/schema/setting";
import { SHARED_SETTINGS, TARGET_NAMES, type TargetName } from "../../settings/shared";
import { TARGET_PROFILES } from "../../settings/targets";
import { declaredPlatform, inputsOf } from "../support/declared";
import { registrations } from "../support/registrations";

const pathsOf = (target: TargetName): string[] =>
  [...flatten(SHARED_SETTINGS), ...flatten(TARGET_PROFILES[target].settings)].map(
    ({ path }) => path,
  );

describe("changes of settings", () => {
  it("are told for every setting of every target, and for nothing else", () => {
    for (const target of TARGET_NAMES) {
      for (const path of pathsOf(target)) {
        assert.match(changeOf(path, target).text, /\.$/, `${path} on ${target}`);
      }
    }
    const known = new Set(TARGET_NAMES.flatMap(pathsOf));
    assert.deepEqual(
      Object.keys(CHANGES).filter((path) => !known.has(path)),
      [],
    );
    for (const [path, entry] of Object.entries(CHANGES)) {
      if ("text" in entry) {
        continue;
      }
      for (const target of TARGET_NAMES) {
        const isThere = pathsOf(target).includes(path);
        assert.equal(entry[target] !== undefined, isThere, `${path} on ${target}`);
      }
    }
  });

  it("say that they are refused exactly where they are", () => {
    for (const target of TARGET_NAMES) {
      for (const path of pathsOf(target)) {
        const { text, refusal } = changeOf(path, target);
        assert.equal(text.includes("refused"), refusal !== undefined, `${path}: ${text}`);
      }
    }
  });

  it("are remembered by a guard that exists before everything else", async () => {
    for (const target of TARGET_NAMES) {
      for (const preview of [true, false]) {
        const { settings, stack } = inputsOf(
          await declaredPlatform({ target }, preview),
          "ReviewSettings",
        ) as unknown as ReviewSettingsInputs;
        assert.equal(stack, "test");
        assert.deepEqual(
          Object.keys(settings).sort(),
          [...guardedPaths(pathsOf(target), target)].sort(),
        );
        assert.equal(settings["network.cidr"], "10.0.0.0/16");
        assert.equal(settings["region"], "eu-west-3");
        assert.ok(Object.values(settings).every((value) => value !== "undefined"));
      }
      const all = await registrations({ target });
      const provider = all.find(
        ({ type, name }) => type === "pulumi:providers:aws" && name === "aws",
      );
      assert.ok(provider?.dependencies.includes("settings"));
    }
  });
});

describe("ReviewSettings", () => {
  const eks = {
    target: "eks",
    region: "eu-west-3",
    "network.cidr": "10.0.0.0/16",
    "network.zones": "2",
    "database.storageGib": "50",
    "database.engineVersion": "17",
    "kubernetes.version": "1.35",
    "kubernetes.serviceCidr": "10.96.0.0/16",
  } as const;
  type Given = ReviewSettingsInputs["settings"];
  const review = async (before: Given, after: Partial<Record<string, string>>): Promise<void> => {
    const settings = { ...before, ...after } as Given;
    await action.review?.({ stack: "prod", settings: before }, { stack: "prod", settings });
  };
  const refused = (before: Given, after: Record<string, string>, message: RegExp) =>
    assert.rejects(review(before, after), message);

  it("refuses all changes at once, each with the command that takes it back", async () => {
    await assert.rejects(
      review(eks, {
        "network.cidr": "10.1.0.0/16",
        "database.storageGib": "20",
        region: "eu-west-1",
      }),
      ({ message, stack }: Error) => {
        assert.equal(
          message,
          [
            'these settings of stack "prod" cannot change:',
            "  - aws:region cannot change from eu-west-3 to eu-west-1: resources cannot move to another region; create another stack there",
            "      pulumi config set aws:region eu-west-3 --stack prod",
            "  - network.cidr cannot change from 10.0.0.0/16 to 10.1.0.0/16: another network would replace everything in it, the database too",
            "      pulumi config set network.cidr 10.0.0.0/16 --stack prod",
            "  - database.storageGib cannot change from 50 to 20: AWS cannot make the storage of a database smaller",
            "      pulumi config set database.storageGib 50 --stack prod",
          ].join("\n"),
        );
        assert.equal(stack, message, "no stack trace");
        return true;
      },
    );
  });

  it("refuses another target, whatever else that one has", async () => {
    const after = { target: "sagemaker", "network.zones": "3" };
    await refused(eks, after, /target cannot change from eks to sagemaker/);
  });

  it("admits what grows and refuses what shrinks", async () => {
    await review(eks, { "database.storageGib": "51", "database.engineVersion": "18" });
    await refused(eks, { "database.storageGib": "49" }, /from 50 to 49/);
    await refused(eks, { "database.engineVersion": "16" }, /no way back/);
    for (const [target, more] of [
      ["ec2", true],
      ["eks", false],
      ["sagemaker", true],
    ] as const) {
      const before: Given = { target, "network.zones": "3" };
      await refused(before, { "network.zones": "2" }, /network\.zones/);
      const grown = review(before, { "network.zones": "4" });
      await (more ? grown : assert.rejects(grown, /zones of its creation/));
    }
  });

  it("admits the next Kubernetes version of EKS and refuses a leap and the way back", async () => {
    await review(eks, { "kubernetes.version": "1.36" });
    for (const version of ["1.34", "1.37"]) {
      await refused(eks, { "kubernetes.version": version }, /one minor version at a time/);
    }
  });

  it("admits every lifecycle but the way back to an experiment", async () => {
    const lifecycles = ["experiment", "keep", "retire"];
    for (const was of lifecycles) {
      for (const lifecycle of lifecycles) {
        const changed = review({ ...eks, lifecycle: was }, { lifecycle });
        const isBack = was !== "experiment" && lifecycle === "experiment";
        await (isBack ? assert.rejects(changed, /`retire` lets its next destroy/) : changed);
      }
    }
  });

  it("admits another architecture of ec2 only with new machines", async () => {
    const ec2: Given = { target: "ec2", "nodes.architecture": "amd64", "nodes.renew": "none" };
    for (const renew of ["none", "workers", "controlPlane"]) {
      const change = { "nodes.architecture": "arm64", "nodes.renew": renew };
      await refused(ec2, change, /machines keep their image/);
    }
    await review(ec2, { "nodes.architecture": "arm64", "nodes.renew": "all" });
  });

  it("admits no change, and settings that the last up did not know", async () => {
    await review(eks, {});
    const { target } = eks;
    await action.review?.({ stack: "a", settings: { target } }, { stack: "a", settings: eks });
  });
});
