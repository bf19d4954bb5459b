/**
 * Names of what CloudFront has for a stack's front door: the component gives them, and the audit looks for
 * them, since lists of tags need not know these kinds.
 */
export interface FrontDoorNames {
  /** Name of the CloudFront function; such names are unique in an account. */
  readonly function: string;
  /** Beginning of the names of VPC origins; a digest of what the origin is like follows. */
  readonly originPrefix: string;
}

/** @param stackId the stack's own id, eight hexadecimal digits. */
export function frontDoorNames(stackId: string): FrontDoorNames {
  return {
    function: `ml-platform-${stackId}-allowed-cidrs`,
    originPrefix: `ml-platform-${stackId}-`,
  };
}
