/** All items of a list of AWS, over all of its pages. */
export async function collect<Page, T>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly T[] | undefined,
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) {
    all.push(...(itemsOf(page) ?? []));
  }
  return all;
}
