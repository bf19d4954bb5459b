import * as pulumi from "@pulumi/pulumi";

/** Files of `actions/`, by the type that their resources have in the state. */
const FILES = {
  AwaitCluster: "await-cluster",
  AwaitEndpoint: "await-endpoint",
  SweepCluster: "sweep-cluster",
  SweepStudio: "sweep-studio",
  SweepDomain: "sweep-domain",
  EmptyBucket: "empty-bucket",
} as const;
export type ActionType = keyof typeof FILES;

/**
 * What the engine keeps and runs in a process of its own, in the project's folder. It is only a way
 * to `actions/`: so the state holds a few lines, and a destroy runs the code as it is today, not as
 * it was at the last `up`. Everything that it uses stands inside, since Pulumi turns it into text.
 */
const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  create: async (inputs) => {
    await load(inputs.file).apply?.(inputs);
    return { id: inputs.file, outs: inputs };
  },
  update: async (_id, _before, inputs) => {
    await load(inputs.file).apply?.(inputs);
    return { outs: inputs };
  },
  delete: async (_id, inputs) => {
    await load(inputs.file).remove?.(inputs);
  },
};

interface Inputs {
  readonly file: string;
}

interface AnyAction {
  apply?(inputs: unknown): Promise<void>;
  remove?(inputs: unknown): Promise<void>;
}

/* eslint-disable @typescript-eslint/no-require-imports -- the engine's process has no other way */
function load(file: string): AnyAction {
  const project = process.cwd();
  require(`${project}/scripts/typescript.cjs`);
  return (require(`${project}/actions/${file}.ts`) as { action: AnyAction }).action;
}
/* eslint-enable */

/** An action of `actions/` as a resource: the engine runs it, in the order that dependencies give. */
export class ActionResource<I extends object> extends pulumi.dynamic.Resource {
  /**
   * @param inputs what the action takes; secrets among them stay secret in the state.
   */
  constructor(
    type: ActionType,
    name: string,
    inputs: { readonly [K in keyof I]: pulumi.Input<I[K]> },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { file: FILES[type], ...inputs }, opts, "ml-platform", type);
  }
}
