/** Entries that may be undefined, as entries that may be absent. */
export type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/**
 * Copies the entries of an object that have a value. With `exactOptionalPropertyTypes` an optional
 * property may be absent and may not be undefined: `{ name, ...defined({ profile }) }`.
 */
export function defined<T extends object>(entries: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
