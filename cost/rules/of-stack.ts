import type { DeclaredResource } from "../rule";

/** A fact of all resources of a stack, found once: a sweep over scenarios asks for it at each point. */
export function ofStack<T>(
  find: (stack: readonly DeclaredResource[]) => T,
): (stack: readonly DeclaredResource[]) => T {
  const known = new WeakMap<readonly DeclaredResource[], { readonly fact: T }>();
  return (stack) => {
    const found = known.get(stack) ?? { fact: find(stack) };
    known.set(stack, found);
    return found.fact;
  };
}
