import { targetOfType } from "../../settings/names";
import type { DeclaredResource } from "../rule";

/** Resource of a deployed stack. */
export interface DeployedResource extends DeclaredResource {
  /** Outputs of the resource. Pulumi encrypts the secrets in them. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Time at which Pulumi created it. Undefined when the state has none. */
  readonly created: Date | undefined;
  /** Time of Pulumi's last change. Equal to `created` if there was none. */
  readonly modified: Date | undefined;
}

/** Content of a stack's state. */
export interface Deployment {
  /** Tag `StackId`. Undefined when an update ended before Pulumi created the id. */
  readonly stackId: string | undefined;
  /** Undefined when an update ended before Pulumi created the target's component. */
  readonly target: string | undefined;
  /** AWS region of the stack's provider. Undefined when an update ended before Pulumi created the provider. */
  readonly region: string | undefined;
  /** Outputs of the stack by name; Pulumi encrypts secrets, which are objects then. Empty when it has none. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** All existing resources, also those that an interrupted update has still to delete. */
  readonly resources: readonly DeployedResource[];
}

/** Stack in the current Pulumi backend. */
export interface StoredStack {
  readonly stack: string;
  readonly deployment: Deployment;
}

interface Stored {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly created?: string;
  readonly modified?: string;
  /** True for a resource of somebody else, read with `get`. */
  readonly external?: boolean;
}

/**
 * Reads the output of `pulumi stack export`. It needs no passphrase, since it reads no secret.
 *
 * @param deployment the `deployment` of an export. Empty for a stack that was never up.
 */
export function deploymentOf(deployment: unknown): Deployment {
  const stored = storedIn(deployment).filter(({ external }) => external !== true);
  const resources = stored.map((one) => deployed(one, stored));
  const named = (type: string, name: string): DeployedResource | undefined =>
    resources.find((one) => one.type === type && one.name === name);
  return {
    stackId: text(named("random:index/randomId:RandomId", "stack")?.outputs["hex"]),
    target: stored.map(({ type }) => targetOfType(type)).find((name) => name !== undefined),
    region: text(named("pulumi:providers:aws", "aws")?.inputs["region"]),
    outputs: resources.find(({ type }) => type === STACK)?.outputs ?? {},
    resources: resources.filter(({ type }) => type !== STACK),
  };
}

/** Type of the stack itself, which has its outputs. */
const STACK = "pulumi:pulumi:Stack";

/**
 * Child that has the inputs in a state, by the type of a component from another provider that a rule
 * prices: the component itself has none there.
 */
const INPUTS_OF_CHILD: Readonly<Record<string, string>> = {
  "eks:index:Cluster": "aws:eks/cluster:Cluster",
};

function deployed(one: Stored, all: readonly Stored[]): DeployedResource {
  const { urn, type, id = "", created, modified, outputs = {} } = one;
  const child = all.find(
    (other) => other.parent === urn && other.type === INPUTS_OF_CHILD[type] && other.inputs,
  );
  return {
    type,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    urn,
    id,
    inputs: child?.inputs ?? one.inputs ?? {},
    outputs,
    created: date(created),
    modified: date(modified),
  };
}

function storedIn(deployment: unknown): readonly Stored[] {
  const { resources } = (deployment ?? {}) as { resources?: readonly Stored[] };
  return resources ?? [];
}

function date(value: string | undefined): Date | undefined {
  return value === undefined ? undefined : new Date(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
