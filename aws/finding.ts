/** Something that a finder has listed at AWS, with its kind from where it was found. */
export interface Finding {
  /** Service and type as ARNs have them, `<service>:<type>`, e.g. "ec2:volume". */
  readonly kind: string;
  /** Name of the kind in a sentence, e.g. "volume". */
  readonly label: string;
  /** Id or name, as AWS's commands take it. */
  readonly id: string;
  /** @default the list does not tell one */
  readonly arn?: string;
  /** Id of what contains it, where commands need that too: the domain of a Studio app, the user pool of a login page. */
  readonly parent?: string;
  /** Time of its creation. @default the list does not tell */
  readonly since?: Date | undefined;
  /** @default it is no Studio app */
  readonly app?: StudioApp;
  /** Asks AWS to delete it. @default AWS is deleting it already, or does with what uses it: it is only waited for */
  readonly remove?: () => Promise<unknown>;
}

/** A Studio app, as its commands and its price need it. */
export interface StudioApp {
  readonly name: string;
  /** For example "JupyterLab". */
  readonly type: string;
  /** Apps belong to a space; those of older kinds to a profile. */
  readonly ownerKind: "space" | "user-profile";
  readonly owner: string;
  /** SageMaker's instance type, e.g. "ml.t3.medium". @default AWS does not tell */
  readonly instanceType?: string | undefined;
}
