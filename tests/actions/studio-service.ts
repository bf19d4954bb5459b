import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

interface App {
  readonly AppName: string;
  readonly AppType: string;
  readonly SpaceName: string;
  /** Profile that an app without a space belongs to. */
  readonly UserProfileName?: string;
  Status: string;
}

interface Thing {
  readonly name: string;
  Status: string;
  /** Profile that a space belongs to. */
  readonly owner?: string;
}

interface Job {
  readonly name: string;
  readonly arn: string;
  readonly domainArn: string | undefined;
  running: boolean;
  /** Of an endpoint. @default InService */
  Status?: string;
}

/** Kinds of job as SageMaker's operations name them. */
export const JOB_KINDS = ["Training", "Processing", "Transform", "HyperParameterTuning"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

type Input = Readonly<Record<string, string | undefined>>;

/** Refusal. The SDK's error has its name. */
class Refusal extends Error {
  constructor(
    override readonly name: string,
    message = name,
  ) {
    super(message);
  }
}

/**
 * SageMaker as far as the janitor calls it: lists in pages of two, slow deletions, refusals while a resource
 * is in use, throttling.
 */
export class StudioService {
  readonly server: Server;
  readonly calls: string[] = [];
  /** Refused calls, each with the operation and the name of the error. */
  readonly refused: string[] = [];
  apps: App[] = [];
  spaces: Thing[] = [];
  profiles: Thing[] = [];
  endpoints: Job[] = [];
  readonly jobs: Record<JobKind, Job[]> = {
    Training: [],
    Processing: [],
    Transform: [],
    HyperParameterTuning: [],
  };
  /** Minutes on the test's clock in which SageMaker deletes an app. */
  appMinutes = 0;
  /** Number of next calls of an operation that are throttled, by its name. */
  throttled: Record<string, number> = {};
  /** ARN of a resource in its list that no longer exists when the janitor asks for its tags. */
  vanishing = "";
  /** Minutes for which an app still holds its space after it has left the list. */
  holdMinutes = 0;
  /** Messages by operation with which SageMaker refuses to delete or end a resource twice. */
  over: Record<string, string> = {};
  private readonly held = new Map<string, number>();
  private readonly leaving = new Map<App, number>();
  private minutes = 0;

  constructor(private readonly domainId: string) {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  /** Advances the clock, and ends the deletions whose time is over. */
  pass(minutes: number): void {
    this.minutes = minutes;
    for (const [app, since] of this.leaving) {
      if (minutes - since >= this.appMinutes) {
        app.Status = "Deleted";
        this.held.set(app.SpaceName, this.held.get(app.SpaceName) ?? minutes);
      }
    }
    this.spaces = this.spaces.filter(({ Status }) => Status !== "Deleting");
    this.profiles = this.profiles.filter(({ Status }) => Status !== "Deleting");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) {
      body += String(part);
    }
    const operation = String(request.headers["x-amz-target"]).replace("SageMaker.", "");
    this.calls.push(operation);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    try {
      response.end(JSON.stringify(this.run(operation, JSON.parse(body) as Input)));
    } catch (error) {
      const { name, message } = error as Error;
      this.refused.push(`${operation} ${name}`);
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: name, message }));
    }
  }

  private run(operation: string, input: Input): object {
    if ((this.throttled[operation] ?? 0) > 0) {
      this.throttled[operation] = (this.throttled[operation] ?? 0) - 1;
      throw new Refusal("ThrottlingException");
    }
    const over = this.over[operation];
    if (over !== undefined) {
      this.overNow(operation, input);
      throw new Refusal("ValidationException", over);
    }
    const kind = JOB_KINDS.find((one) => operation.includes(`${one}Job`));
    if (kind !== undefined) {
      return this.runJob(kind, operation, input);
    }
    const run = this.operations[operation];
    if (run === undefined) {
      throw new Refusal(`UnknownOperationException: ${operation}`);
    }
    return run(input);
  }

  private readonly operations: Readonly<Record<string, (input: Input) => object>> = {
    ListApps: (input) => page("Apps", this.here(input) ? this.apps : [], input),
    ListSpaces: (input) => page("Spaces", this.here(input) ? this.spaces.map(spaceOf) : [], input),
    ListUserProfiles: (input) =>
      page("UserProfiles", this.here(input) ? this.profiles.map(profileOf) : [], input),
    ListEndpoints: (input) =>
      page("Endpoints", this.endpoints.filter((one) => one.running).map(endpointOf), input),
    ListTags: ({ ResourceArn }) => {
      const all = [...this.endpoints, ...Object.values(this.jobs).flat()];
      const job = all.find(({ arn, running }) => arn === ResourceArn && running);
      if (job === undefined || job.arn === this.vanishing) {
        throw new Refusal("ValidationException", `Could not find ${ResourceArn ?? ""}`);
      }
      const Value = job.domainArn;
      return { Tags: Value === undefined ? [] : [{ Key: "sagemaker:domain-arn", Value }] };
    },
    DeleteApp: ({ SpaceName }) => {
      const app = this.apps.find(
        (one) => one.SpaceName === SpaceName && one.Status === "InService",
      );
      if (app === undefined) {
        throw new Refusal("ResourceNotFound");
      }
      app.Status = "Deleting";
      this.leaving.set(app, this.minutes);
      return {};
    },
    DeleteSpace: ({ SpaceName }) => {
      const since = this.held.get(SpaceName ?? "");
      const used =
        (since !== undefined && this.minutes - since < this.holdMinutes) ||
        this.apps.some(
          (app) => app.SpaceName === SpaceName && !["Deleted", "Failed"].includes(app.Status),
        );
      return this.leave(this.spaces, SpaceName, used);
    },
    DeleteUserProfile: ({ UserProfileName }) => {
      const used = this.spaces.some(({ owner }) => owner === UserProfileName);
      return this.leave(this.profiles, UserProfileName, used);
    },
    DeleteEndpoint: ({ EndpointName }) => stop(this.endpoints, EndpointName),
  };

  /** Between the list and the deletion, somebody else has ended it. */
  private overNow(operation: string, input: Input): void {
    this.over = Object.fromEntries(Object.entries(this.over).filter(([key]) => key !== operation));
    for (const app of this.apps.filter(({ SpaceName }) => SpaceName === input["SpaceName"])) {
      app.Status = "Deleted";
    }
    for (const job of Object.values(this.jobs).flat()) {
      job.running &&= job.name !== input["TrainingJobName"];
    }
  }

  private runJob(kind: JobKind, operation: string, input: Input): object {
    if (operation.startsWith("List")) {
      if (input["StatusEquals"] !== "InProgress") {
        throw new Refusal("ValidationException");
      }
      const running = this.jobs[kind].filter((one) => one.running);
      const summaries = running.map(({ name, arn }) => ({
        [`${kind}JobName`]: name,
        [`${kind}JobArn`]: arn,
      }));
      return page(`${kind}JobSummaries`, summaries, input);
    }
    return stop(this.jobs[kind], input[`${kind}JobName`]);
  }

  private here({ DomainIdEquals }: Input): boolean {
    return DomainIdEquals === this.domainId;
  }

  private leave(things: Thing[], name: string | undefined, used: boolean): object {
    if (used) {
      throw new Refusal("ResourceInUse");
    }
    const thing = things.find((one) => one.name === name);
    if (thing === undefined) {
      throw new Refusal("ResourceNotFound");
    }
    thing.Status = "Deleting";
    return {};
  }
}

function stop(jobs: Job[], name: string | undefined): object {
  const job = jobs.find((one) => one.name === name);
  if (job === undefined) {
    throw new Refusal("ResourceNotFound");
  }
  if (job.Status !== undefined && job.Status !== "InService") {
    throw new Refusal("ValidationException", `Cannot update in-progress endpoint ${job.name}`);
  }
  job.running = false;
  return {};
}

/** Page of two. The token is the start of the next page. */
function page(field: string, all: readonly object[], { NextToken }: Input): object {
  const start = Number(NextToken ?? 0);
  const end = start + 2;
  return {
    [field]: all.slice(start, end),
    ...(end < all.length && { NextToken: String(end) }),
  };
}

function spaceOf({ name, Status, owner }: Thing): object {
  return {
    SpaceName: name,
    Status,
    OwnershipSettingsSummary: { OwnerUserProfileName: owner },
  };
}

function profileOf({ name, Status }: Thing): object {
  return { UserProfileName: name, Status };
}

function endpointOf({ name, arn, Status = "InService" }: Job): object {
  return { EndpointName: name, EndpointArn: arn, EndpointStatus: Status };
}
