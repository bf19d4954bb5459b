import * as pulumi from "@pulumi/pulumi";

/** Files of `actions/`, by the type of their resources in the state. */
const FILES = {
  AwaitCluster: "await-cluster",
  AwaitEndpoint: "await-endpoint",
  SweepCluster: "sweep-cluster",
  SweepStudio: "sweep-studio",
  SweepDomain: "sweep-domain",
  ReviewSettings: "review-settings",
  EmptyBucket: "empty-bucket",
} as const;
/** Name of an action. */
export type ActionType = keyof typeof FILES;

/**
 * Provider code that Pulumi serialises into the state and runs in a process of its own, in the project's
 * folder. It only loads the real code from `actions/`: the state holds a few lines, and a destroy always
 * runs the current version. It may use nothing from outside these functions, since Pulumi stores them as
 * text.
 */
const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  // Without an answer the engine compares the inputs itself.
  diff: async (_id, before, after) => {
    await load(after.file).review?.(before, after);
    return {};
  },
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
  review?(before: unknown, after: unknown): Promise<void>;
  apply?(inputs: unknown): Promise<void>;
  remove?(inputs: unknown): Promise<void>;
}

/* eslint-disable @typescript-eslint/no-require-imports -- the process of the engine cannot import */
function load(file: string): AnyAction {
  const project = process.cwd();
  require(`${project}/scripts/typescript.cjs`);
  return (require(`${project}/actions/${file}.ts`) as { action: AnyAction }).action;
}
/* eslint-enable */

/** An action of `actions/` as a resource: the engine runs it in the order of its dependencies. */
export class ActionResource<I extends object> extends pulumi.dynamic.Resource {
  /**
   * @param inputs inputs of the action; secrets stay secret in the state.
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
