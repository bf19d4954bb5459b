import * as pulumi from "@pulumi/pulumi";

/** Options of a resource that a program tells the engine besides its inputs. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** Logical name of the parent. Empty for none. */
  readonly parent: string;
  readonly protect: boolean;
  /** Name of the explicit provider. Empty for the default one. */
  readonly provider: string;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Name of the resource that it is deleted with. Empty for none. */
  readonly deletedWith: string;
  /** Names of all resources that must exist before it. */
  readonly dependencies: readonly string[];
}

/** Part of the engine's protocol that the watcher reads. */
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

/** Reports each resource that a program registers from now on. Call it after the mocks are set. */
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
