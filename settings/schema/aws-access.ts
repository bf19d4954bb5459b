/** The `aws:*` settings of a stack that decide whose account is spoken to, and how. */
export interface AwsAccess {
  readonly region: string;
  readonly profile?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly assumeRoles?: readonly {
    readonly roleArn: string;
    readonly externalId?: string;
    readonly sessionName?: string;
  }[];
  readonly endpoints?: readonly Readonly<Record<string, string>>[];
}
