import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listening } from "./fake-clock";

/** Costs of one service on one day. */
export interface BilledDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly stackId: string;
  readonly service: string;
  /** US dollars as AWS writes them, e.g. "0.1234567890". */
  readonly amount: string;
}

interface Question {
  readonly TimePeriod: { readonly Start: string; readonly End: string };
  readonly Granularity: string;
  readonly Metrics: readonly string[];
  readonly GroupBy: readonly { readonly Type: string; readonly Key: string }[];
  readonly Filter: {
    readonly And: readonly [
      { readonly Tags: { readonly Key: string; readonly Values: readonly string[] } },
      unknown,
    ];
  };
  readonly NextPageToken?: string;
}

interface Answer {
  readonly status?: number;
  readonly body: object;
}

/**
 * Cost Explorer as far as the program calls it: GetCostAndUsage by day, tag and service, two days a page, and
 * ListCostAllocationTags. In the form of the real API.
 */
export class CostExplorerService {
  readonly calls: { readonly operation: string; readonly input: unknown }[] = [];
  days: BilledDay[] = [];
  /** Status of the tag StackId. Undefined if AWS has not seen it. */
  tag: "Active" | "Inactive" | undefined = "Active";
  /** Operations that AWS refuses, with the name and text of the error. */
  refusals: Readonly<Record<string, readonly [name: string, message: string]>> = {};
  currency = "USD";
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  /** Starts on a free port of this machine and returns its address. */
  async start(): Promise<string> {
    return `http://127.0.0.1:${await listening(this.server)}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) {
      body += String(part);
    }
    const operation = String(request.headers["x-amz-target"]).replace(
      "AWSInsightsIndexService.",
      "",
    );
    const input = JSON.parse(body) as unknown;
    this.calls.push({ operation, input });
    const { status = 200, body: said } = this.said(operation, input);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(said));
  }

  private said(operation: string, input: unknown): Answer {
    const refusal = this.refusals[operation];
    if (refusal !== undefined) {
      return { status: 400, body: { __type: refusal[0], message: refusal[1] } };
    }
    switch (operation) {
      case "GetCostAndUsage":
        return { body: this.costAndUsage(input as Question) };
      case "ListCostAllocationTags":
        return {
          body: {
            CostAllocationTags:
              this.tag === undefined
                ? []
                : [{ TagKey: "StackId", Type: "UserDefined", Status: this.tag }],
          },
        };
      default:
        return { status: 400, body: { __type: "UnknownOperationException" } };
    }
  }

  private costAndUsage(question: Question): object {
    const { TimePeriod, Filter, NextPageToken } = question;
    const days = daysBetween(TimePeriod.Start, TimePeriod.End);
    const begin = Number(NextPageToken ?? 0);
    const page = days.slice(begin, begin + 2);
    return {
      GroupDefinitions: question.GroupBy,
      ...(begin + 2 < days.length && { NextPageToken: String(begin + 2) }),
      ResultsByTime: page.map((day) => ({
        TimePeriod: { Start: day, End: next(day) },
        Total: {},
        Estimated: true,
        Groups: this.days
          .filter(
            (one) =>
              one.day === day &&
              this.tag === "Active" &&
              Filter.And[0].Tags.Values.includes(one.stackId),
          )
          .map(({ stackId, service, amount }) => ({
            Keys: [`${Filter.And[0].Tags.Key}$${stackId}`, service],
            Metrics: { [question.Metrics[0] ?? ""]: { Amount: amount, Unit: this.currency } },
          })),
      })),
    };
  }
}

function daysBetween(start: string, end: string): string[] {
  const days: string[] = [];
  for (let day = start; day < end; day = next(day)) {
    days.push(day);
  }
  return days;
}

function next(day: string): string {
  return new Date(Date.parse(day) + 24 * 3_600_000).toISOString().slice(0, 10);
}
