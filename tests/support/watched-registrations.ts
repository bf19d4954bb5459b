import * as pulumi from "@pulumi/pulumi";

/** Options of a resource that a program tells the engine besides its inputs. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** Logical name of the parent; empty for what has none. */
  readonly parent: string;
  readonly protect: boolean;
  /** Name of the explicit provider; empty for the default one. */
  readonly provider: string;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Name of the resource with which it is gone; empty for none. */
  readonly deletedWith: string;
  /** Names of what has to be there before it, by any way. */
  readonly dependencies: readonly string[];
}

/** The part of the engine's protocol that is read here. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getProvider(): string;
  getIgnorechangesList(): string[];
  getDeletebeforereplace(): boolean;
  getDeletedwith(): string;
  getDependenciesList(): string[];
}

/** Reports what the engine is told about each resource from now on; runs when the mocks are in place. */
export function watchRegistrations(see: (registration: Registration) => void): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, callback: unknown): Promise<void>;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    see({
      type: request.getType(),
      name: request.getName(),
      parent: nameOf(request.getParent()),
      protect: request.getProtect(),
      provider: nameOf(request.getProvider()),
      ignoreChanges: request.getIgnorechangesList(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      deletedWith: nameOf(request.getDeletedwith()),
      dependencies: request.getDependenciesList().map(nameOf),
    });
    return register(request, callback);
  };
}

/** The name in a URN, or in a provider's `urn::id`. */
function nameOf(reference: string): string {
  return reference.split("::")[3] ?? "";
}
