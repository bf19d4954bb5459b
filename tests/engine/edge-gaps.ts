import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { listening } from "../support/fake-clock";

/** Beginning of the paths of the API of CloudFront, with its version. */
const API = "/2020-05-31";
const NONE =
  "<VpcOriginList><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated></VpcOriginList>";

let started: Promise<string> | undefined;

/**
 * Address of a CloudFront without VPC origins and functions. This server answers requests for them, since the
 * emulator does not know them, and passes the others on to the emulator. It ends with this process.
 */
export function edgeGaps(emulator: URL): Promise<string> {
  started ??= start(emulator);
  return started;
}

async function start(emulator: URL): Promise<string> {
  const server = createServer((asked, answer) => {
    const { method = "", url = "" } = asked;
    if (method === "GET" && new RegExp(`^${API}/vpc-origin(\\?|$)`).test(url)) {
      answer.setHeader("content-type", "text/xml");
      answer.end(NONE);
    } else if (new RegExp(`^${API}/function/[^/]+/describe`).test(url)) {
      missing("NoSuchFunctionExists", answer);
    } else if (url.startsWith(`${API}/vpc-origin/`)) {
      missing("EntityNotFound", answer);
    } else {
      forward(asked, answer, emulator);
    }
  });
  const port = await listening(server);
  server.unref();
  return `http://127.0.0.1:${port}`;
}

function missing(code: string, answer: ServerResponse): void {
  answer.statusCode = 404;
  answer.setHeader("content-type", "text/xml");
  answer.end(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>none</Message></Error></ErrorResponse>`,
  );
}

function forward(asked: IncomingMessage, answer: ServerResponse, { hostname, port }: URL): void {
  const { method, url: path, headers } = asked;
  const onward = request({ hostname, port, method, path, headers }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(answer);
  });
  onward.on("error", (error) => {
    answer.statusCode = 502;
    answer.end(error.message);
  });
  asked.pipe(onward);
}
