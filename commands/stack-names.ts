import type { Result } from "../settings/contract";
import { quoted } from "../settings/foreign-text";

/** Most names that an option takes. */
const MOST_NAMES = 100;

/** Options that name stacks, the same in every command: `--stacks a,b`, and `--stack a` for the same. */
export const STACK_OPTIONS = { stacks: { type: "string" }, stack: { type: "string" } } as const;

/** The values of `STACK_OPTIONS`. */
export interface StackValues {
  readonly stacks?: string | undefined;
  readonly stack?: string | undefined;
}

/** The names of stacks in the order in which they were typed, each once; undefined when there are none. */
export function readStacks({ stacks, stack }: StackValues): Result<string[] | undefined> {
  const [all, one] = [readNames("--stacks", stacks), readNames("--stack", stack)];
  if ("problem" in all || "problem" in one) {
    return "problem" in all ? all : one;
  }
  const names = [...(all.ok ?? []), ...(one.ok ?? [])];
  return { ok: names.length === 0 ? undefined : [...new Set(names)] };
}

/** Names separated by commas, each once. */
export function readNames(option: string, value: string | undefined): Result<string[] | undefined> {
  const names = value?.split(",").map((name) => name.trim());
  if (names !== undefined && names.length > MOST_NAMES) {
    return { problem: `${option} takes up to ${MOST_NAMES} names; got ${names.length}` };
  }
  return names?.includes("") === true
    ? { problem: `${option} must be names separated by commas; got ${quoted(value)}` }
    : { ok: names && [...new Set(names)] };
}
