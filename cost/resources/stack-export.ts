import type { DeclaredResource } from "../rule";

/** A resource of a stack that has been deployed. */
export interface DeployedResource extends DeclaredResource {
  /** Outputs of the resource; secrets in it are encrypted. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** When it was made; undefined where the state does not say. */
  readonly created: Date | undefined;
  /** When it was last changed; equal to `created` if never. */
  readonly modified: Date | undefined;
}

/** A stack as its state describes it. */
export interface Deployment {
  /** Tag `StackId`; undefined when the stack has got no further. */
  readonly stackId: string | undefined;
  /** Undefined when the stack has got no further. */
  readonly target: string | undefined;
  /** AWS region of the stack's provider; undefined when the stack has got no further. */
  readonly region: string | undefined;
  /** Everything that there is, also what a broken-off update has still to delete. */
  readonly resources: readonly DeployedResource[];
}

/** A stack as the current Pulumi backend has it. */
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
  /** Read with `get`, and somebody else's. */
  readonly external?: boolean;
}

/**
 * Reads what `pulumi stack export` gives. No passphrase is needed: nothing that is read here is a secret.
 *
 * @param deployment the `deployment` of an export; a stack that was never up has an empty one.
 */
export function deploymentOf(deployment: unknown): Deployment {
  const stored = storedIn(deployment).filter(({ external }) => external !== true);
  const resources = stored.map((one) => deployed(one, stored));
  const named = (type: string, name: string): DeployedResource | undefined =>
    resources.find((one) => one.type === type && one.name === name);
  return {
    stackId: text(named("random:index/randomId:RandomId", "stack")?.outputs["hex"]),
    target: stored
      .map(({ type }) => TARGET.exec(type)?.[1]?.toLowerCase())
      .find((name) => name !== undefined),
    region: text(named("pulumi:providers:aws", "aws")?.inputs["region"]),
    resources: resources.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
  };
}

/** Type of the component that a target is. */
const TARGET = /^mlp:target:(\w+)$/;

/**
 * Components of other providers that a rule prices, by the child that has their inputs in a state: the
 * component itself has none there.
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
