import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tagGaps, type TaggedResource } from "./emulator-tag-gaps";
import { listening } from "./fake-clock";

/**
 * Resource Groups Tagging API for an emulator that omits some kinds. It passes the emulator's answers on, and
 * adds those kinds to the last page, from their own services.
 */
export class TagService {
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  constructor(private readonly emulator: URL) {}

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
    const headers = Object.fromEntries(
      ["authorization", "content-type", "x-amz-date", "x-amz-target"].map((name) => [
        name,
        String(request.headers[name]),
      ]),
    );
    const answer = await fetch(this.emulator, { method: "POST", headers, body });
    const said = (await answer.json()) as {
      PaginationToken?: string | null;
      ResourceTagMappingList?: readonly TaggedResource[];
    };
    const { PaginationToken, ResourceTagMappingList: own = [] } = said;
    // The region of the request's signature.
    const [, , region = ""] = headers["authorization"]?.split("/") ?? [];
    const place = { region, endpoint: this.emulator.href };
    const more = (PaginationToken ?? "") === "" ? await tagGaps(place) : [];
    const all = [...own, ...more];
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ ...said, ResourceTagMappingList: all }));
  }
}
