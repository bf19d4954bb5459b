import { recordedPlatform, type Overrides } from "./declared";
import type { Registration } from "./watched-registrations";

export type { Registration };

/** Registrations at the engine of each resource that the platform declares with these settings. */
export async function registrations(overrides: Overrides = {}): Promise<readonly Registration[]> {
  return (await recordedPlatform(overrides)).registrations;
}
