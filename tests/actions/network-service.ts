import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

interface Group {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

interface Rule {
  readonly id: string;
  readonly group: string;
  readonly names: string;
  readonly egress: boolean;
}

interface Interface {
  readonly id: string;
  readonly vpc: string;
  readonly description: string;
  /** Name of its security group. @default none that a janitor looks for */
  readonly group?: string;
  /** Key of a tag whose value is `enabled`. */
  readonly tag?: string;
}

interface FileSystem {
  readonly id: string;
  /** ARN of its domain. Undefined for somebody else's. */
  readonly owner: string | undefined;
}

interface MountTarget {
  readonly id: string;
  readonly system: string;
  readonly vpc: string;
  /** Its security group. */
  readonly group: string;
  state: string;
}

/**
 * EC2, EFS and SageMaker as far as the janitors call them: pages, slow mount targets, throttling. They delete
 * a group only when no rule, mount target or interface names it.
 */
export class NetworkService {
  readonly server: Server;
  readonly calls: string[] = [];
  groups: Group[] = [];
  rules: Rule[] = [];
  interfaces: Interface[] = [];
  systems: FileSystem[] = [];
  /** Ids of the existing Studio domains. */
  domains: string[] = [];
  /** File system that is deleted between the list and the request for its mount targets. */
  vanished = "";
  /** File systems that a janitor tagged, with their tags. */
  tagged: { readonly system: string; readonly tags: unknown }[] = [];
  targets: MountTarget[] = [];
  /** Minutes on the test's clock in which EFS deletes a mount target. */
  targetMinutes = 0;
  throttled = 0;
  private minutes = 0;
  private readonly leaving = new Map<string, number>();

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  /** Advances the clock, and ends the deletions whose time is over. */
  pass(minutes: number): void {
    this.minutes = minutes;
    this.targets = this.targets.filter(
      ({ id }) => minutes - (this.leaving.get(id) ?? Infinity) < this.targetMinutes,
    );
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) {
      body += String(part);
    }
    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.headers["x-amz-target"] === "SageMaker.ListDomains") {
      this.listDomains(body, response);
    } else if (url.pathname === "/") {
      this.ec2(new URLSearchParams(body), response);
    } else {
      this.efs(
        `${request.method ?? ""} ${url.pathname}`,
        { query: url.searchParams, body },
        response,
      );
    }
  }

  private listDomains(body: string, response: ServerResponse): void {
    const { NextToken = "0" } = JSON.parse(body) as { NextToken?: string };
    const start = Number(NextToken);
    const Domains = this.domains.slice(start, start + 2).map((DomainId) => ({ DomainId }));
    const more = start + 2 < this.domains.length && { NextToken: String(start + 2) };
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ Domains, ...more }));
  }

  private ec2(input: URLSearchParams, response: ServerResponse): void {
    const operation = input.get("Action") ?? "";
    this.calls.push(operation);
    response.setHeader("content-type", "text/xml");
    const refuse = (code: string): void => {
      response.statusCode = 400;
      response.end(
        `<Response><Errors><Error><Code>${code}</Code><Message>${code}</Message></Error></Errors></Response>`,
      );
    };
    if (operation === "DescribeLoadBalancers" || operation === "DescribeTargetGroups") {
      // Of Elastic Load Balancing, in another form; there are none.
      response.end(
        `<${operation}Response><${operation}Result></${operation}Result></${operation}Response>`,
      );
      return;
    }
    if (this.throttled > 0) {
      this.throttled -= 1;
      refuse("RequestLimitExceeded");
      return;
    }
    const items = this.ec2Answer(operation, input);
    if (typeof items === "string") {
      refuse(items);
      return;
    }
    const [field, all] = items;
    const start = Number(input.get("NextToken") ?? 0);
    const next = start + 2 < all.length ? `<nextToken>${start + 2}</nextToken>` : "";
    const page = all.slice(start, start + 2).map((item) => `<item>${item}</item>`);
    response.end(
      `<${operation}Response><${field}>${page.join("")}</${field}>${next}</${operation}Response>`,
    );
  }

  /** A list by its name, or the code of a refusal. */
  private ec2Answer(operation: string, input: URLSearchParams): [string, string[]] | string {
    const vpc = input.get("Filter.1.Value.1");
    switch (operation) {
      case "DescribeSecurityGroups":
        return [
          "securityGroupInfo",
          this.groups
            .filter((one) => one.vpc === vpc)
            .map(
              ({ id, name, tags = {} }) =>
                `<groupId>${id}</groupId><groupName>${name}</groupName><tagSet>${Object.entries(
                  tags,
                )
                  .map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`)
                  .join("")}</tagSet>`,
            ),
        ];
      case "DescribeNetworkInterfaces":
        return [
          "networkInterfaceSet",
          this.interfaces
            .filter((one) => one.vpc === vpc)
            .map(
              ({ id, description, group = "", tag = "" }) =>
                `<networkInterfaceId>${id}</networkInterfaceId><description>${description}</description>` +
                `<groupSet><item><groupName>${group}</groupName></item></groupSet>` +
                `<tagSet><item><key>${tag}</key><value>enabled</value></item></tagSet>`,
            ),
        ];
      case "DescribeSecurityGroupRules": {
        const asked = [...input]
          .filter(([key]) => key.startsWith("Filter.1.Value"))
          .map(([, id]) => id);
        return [
          "securityGroupRuleSet",
          this.rules.filter((one) => asked.includes(one.group)).map(ruleXml),
        ];
      }
      case "RevokeSecurityGroupIngress":
      case "RevokeSecurityGroupEgress": {
        const id = input.get("SecurityGroupRuleId.1");
        const egress = operation.endsWith("Egress");
        this.rules = this.rules.filter((one) => one.id !== id || one.egress !== egress);
        return ["unused", []];
      }
      case "DeleteSecurityGroup": {
        const id = input.get("GroupId") ?? "";
        const { name, vpc } = this.groups.find((one) => one.id === id) ?? {};
        const mounted = this.targets.some(({ group }) => group === id);
        const used = this.interfaces.some((one) => one.vpc === vpc && one.group === name);
        if (mounted || used || this.rules.some((one) => one.names === id)) {
          return "DependencyViolation";
        }
        this.groups = this.groups.filter((one) => one.id !== id);
        return ["unused", []];
      }
      case "DeleteNetworkInterface":
        this.interfaces = this.interfaces.filter(
          ({ id }) => id !== input.get("NetworkInterfaceId"),
        );
        return ["unused", []];
      default:
        return `Unknown: ${operation}`;
    }
  }

  private efs(
    call: string,
    { query, body }: { readonly query: URLSearchParams; readonly body: string },
    response: ServerResponse,
  ): void {
    const [method, path = ""] = call.split(" ");
    const [, , kind = "", id = ""] = path.split("/");
    this.calls.push(`${method ?? ""} ${kind}`);
    response.setHeader("content-type", "application/json");
    if (method === "DELETE") {
      response.end(kind === "mount-targets" ? this.leave(id) : this.dropSystem(id, response));
      return;
    }
    if (kind === "resource-tags") {
      this.tagged.push({ system: id, tags: (JSON.parse(body) as { Tags: unknown }).Tags });
      response.end("{}");
      return;
    }
    const system = query.get("FileSystemId");
    if (system !== null && system === this.vanished) {
      response.statusCode = 404;
      response.setHeader("x-amzn-errortype", "FileSystemNotFound");
      response.end(JSON.stringify({ ErrorCode: "FileSystemNotFound", Message: "gone" }));
      return;
    }
    const all =
      kind === "mount-targets"
        ? this.targets
            .filter((one) => one.system === system)
            .map(({ id: MountTargetId, vpc: VpcId, state }) => ({
              MountTargetId,
              VpcId,
              LifeCycleState: state,
              FileSystemId: system,
            }))
        : this.systems.map(systemJson);
    const start = Number(query.get("Marker") ?? 0);
    const more = kind === "file-systems" && start + 2 < all.length;
    response.end(
      JSON.stringify({
        [kind === "mount-targets" ? "MountTargets" : "FileSystems"]:
          kind === "mount-targets" ? all : all.slice(start, start + 2),
        ...(more && { NextMarker: String(start + 2) }),
      }),
    );
  }

  private leave(id: string): string {
    const target = this.targets.find((one) => one.id === id);
    if (target !== undefined) {
      target.state = "deleting";
      this.leaving.set(id, this.minutes);
    }
    return "{}";
  }

  private dropSystem(id: string, response: ServerResponse): string {
    if (this.targets.some(({ system }) => system === id)) {
      response.statusCode = 409;
      response.setHeader("x-amzn-errortype", "FileSystemInUse");
      return JSON.stringify({ ErrorCode: "FileSystemInUse", Message: "in use" });
    }
    this.systems = this.systems.filter((one) => one.id !== id);
    return "{}";
  }
}

function ruleXml({ id, group, names, egress }: Rule): string {
  return (
    `<securityGroupRuleId>${id}</securityGroupRuleId><groupId>${group}</groupId><isEgress>${egress}</isEgress>` +
    `<referencedGroupInfo><groupId>${names}</groupId></referencedGroupInfo>`
  );
}

function systemJson({ id, owner }: FileSystem): object {
  const Tags =
    owner === undefined ? [] : [{ Key: "ManagedByAmazonSageMakerResource", Value: owner }];
  return {
    FileSystemId: id,
    Tags,
    LifeCycleState: "available",
    SizeInBytes: { Value: 3 * 2 ** 30 },
  };
}
