import { declarePlatform, type PlatformOutputs } from "../../platform";
import { loadSettings } from "../../settings";
import { config, declared, STACK, type Overrides } from "./declared";
import { TODAY } from "./resources";

/** Outputs of a stack with these settings, and what `read` makes of them while it is recorded. */
export async function outputs<T>(
  overrides: Overrides,
  preview: boolean,
  read: (outputs: PlatformOutputs) => T | Promise<T>,
): Promise<T> {
  const source = config(overrides);
  const { settings } = loadSettings(STACK, source, TODAY);
  let made: T | Promise<T> | undefined;
  await declared(() => {
    made = read(declarePlatform(settings, source));
  }, preview);
  return made as T;
}
