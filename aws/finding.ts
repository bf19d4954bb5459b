/** One thing in AWS that is in nobody's state. */
export interface Found {
  /** Kind as it reads in a sentence. */
  readonly what: string;
  readonly id: string;
  /** When it was made. @default the list does not tell */
  readonly since?: Date | undefined;
  /** Studio's instance type, of an app. @default it has none */
  readonly instanceType?: string | undefined;
  /** Asks AWS to delete it. @default it is going already, and only waited for */
  readonly remove?: () => Promise<unknown>;
}
