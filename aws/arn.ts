/** An ARN in parts: `arn:aws:<service>:<region>:<account>:<type>/<id>`. */
export interface Arn {
  readonly service: string;
  /** Empty for a resource of no region. */
  readonly region: string;
  /** Empty where the service has one kind of resource. */
  readonly type: string;
  readonly id: string;
  readonly arn: string;
}

/** Splits an ARN; separators differ from service to service. */
export function parseArn(arn: string): Arn {
  const [, , service = "", region = "", , ...rest] = arn.split(":");
  // log-group:/aws/eks/name/cluster, db:name, apis/id, instance/i-1, /apis/id, my-bucket
  const resource = rest.join(":").replace(/^\//, "").replace(/:\*$/, "");
  const [, type = "", id = ""] = /^([a-z0-9-]+)[:/](.*)$/s.exec(resource) ?? [];
  return service === "s3" || type === ""
    ? { service, region, type: "", id: resource, arn }
    : { service, region, type, id, arn };
}
