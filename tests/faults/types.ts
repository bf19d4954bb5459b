/**
 * Prints the types that a provider creates for a stack, one a line. A test can make each of them fail.
 *
 *     node --require ./scripts/typescript.cjs tests/faults/types.ts eks
 */
import { join } from "node:path";
import { declaredStack } from "../../commands/price-stack";

/** Types that no provider creates: parts of the program, and commands on this machine. */
const OURS = /^(mlp|pulumi|pulumi-nodejs):/;

/** Types that a component of another provider creates. AWS has no resource for the component itself. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  "eks:index:Cluster": ["aws:eks/cluster:Cluster"],
};

async function main(): Promise<void> {
  const [stack = ""] = process.argv.slice(2);
  const root = join(__dirname, "..", "..");
  const { resources } = await declaredStack(root, stack, { today: "2026-11-23" });
  const types = resources
    .map(({ type }) => type)
    .filter((type) => !OURS.test(type))
    .flatMap((type) => WITHIN[type] ?? [type]);
  process.stdout.write(`${[...new Set(types)].sort().join("\n")}\n`);
}

void main();
