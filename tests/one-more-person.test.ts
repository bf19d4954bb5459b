import assert from "node:assert/strict";
import { recordedPlatform, type Overrides } from "./support/declared";

/** Resources that another person changes, beside those that are created for them. */
const CHANGED: readonly [Overrides, readonly string[]][] = [
  // The hub restarts, servers of people go on; the Job gives the person a database role.
  [{ target: "ec2" }, ["ec2-notebooks", "ec2-notebooks-database"]],
  [
    { target: "eks", adminArns: "arn:aws:iam::123456789012:role/admin" },
    ["eks-notebooks", "eks-notebooks-database"],
  ],
  // The janitors know profiles and security groups of everybody.
  [{ target: "sagemaker" }, ["sagemaker-domain-janitor", "sagemaker-studio-janitor"]],
];

/** Inputs of each resource by its URN, without those that the engine ignores. */
async function inputs(overrides: Overrides, names: readonly string[]) {
  const users = names.map((name) => ({
    name,
    email: `${name}@your-company.com`,
    group: "ml-users",
  }));
  const { resources, registrations } = await recordedPlatform({
    ...overrides,
    users: JSON.stringify(users),
  });
  return new Map(
    resources.map(({ urn, type, name, inputs: declared }) => {
      const ignored = registrations.find((one) => one.type === type && one.name === name);
      const kept = Object.entries(declared).filter(
        ([key]) => ignored?.ignoreChanges.includes(key) !== true,
      );
      return [urn, { name, content: JSON.stringify(kept.sort()) }];
    }),
  );
}

describe("one more person", () => {
  for (const [overrides, expected] of CHANGED) {
    it(`changes no machine, add-on or chart but the hub's of ${overrides["target"] ?? ""}`, async () => {
      const before = await inputs(overrides, ["ada", "grace"]);
      const after = await inputs(overrides, ["ada", "grace", "joan"]);
      const changed = [...before]
        .filter(([urn, { content }]) => after.get(urn)?.content !== content)
        .map(([, { name }]) => name);
      assert.deepEqual(changed.sort(), expected);
      assert.ok(after.size > before.size);
    });
  }
});
