import { declaredNotebooks, inTheClear, type Given } from "../support/notebooks";

/*
 * Prints the resources that the program declares for notebooks, as JSON, for tests in Python.
 *
 *   node --require ./scripts/typescript.cjs tests/notebooks/render.ts ['{"idleMinutes": 1}']
 */
async function main(): Promise<void> {
  const resources = await declaredNotebooks(JSON.parse(process.argv[2] ?? "{}") as Given);
  const kept = resources.map(({ type, name, inputs }) => ({
    type,
    name,
    inputs: inTheClear(inputs),
  }));
  process.stdout.write(JSON.stringify(kept));
}

void main();
