import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tagGaps, type TaggedResource } from "./emulator-tag-gaps";
import { listening } from "./fake-clock";

/**
 * The Resource Groups Tagging API of an emulator, which leaves out some kinds: what it answers is passed on,
 * and on its last page are those, as their own services have them.
 */
export class TagService {
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  constructor(private readonly emulator: URL) {}

  /** Starts listening on a free port of this machine and gives its address. */
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
    // Of the region that the request is signed for.
    const [, , region = ""] = headers["authorization"]?.split("/") ?? [];
    const place = { region, endpoint: this.emulator.href };
    const more = (PaginationToken ?? "") === "" ? await tagGaps(place) : [];
    const all = [...own, ...more];
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ ...said, ResourceTagMappingList: all }));
  }
}
