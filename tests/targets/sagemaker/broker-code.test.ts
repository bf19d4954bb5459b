import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { bundleBroker, type Kept } from "../../../targets/sagemaker/broker-bundle";
import { brokerCode } from "../../../targets/sagemaker/broker-code";
import type { HttpRequest, HttpResponse } from "../../../targets/sagemaker/broker/http";
import { CLIENT_ID, json, OidcProvider } from "./broker/oidc-provider";

const ROOT = join(__dirname, "..", "..", "..");
const ACCESS = { profiles: { grace: "grace-studio" }, allowedCidrs: ["81.2.69.160/27"] };
const KEY_PARAMETER = "/ml-platform/test-0a1b2c3d/broker/cookie-key";
const STUDIO = "https://d-1.studio.eu-west-3.sagemaker.aws/auth?token=presigned";

/** The files of the archive, by name. */
async function files(): Promise<Record<string, string>> {
  const assets = (await brokerCode(ACCESS).assets) as Record<string, pulumi.asset.StringAsset>;
  const entries = Object.entries(assets).map(async ([name, { text }]) => [name, await text]);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, string>;
}

describe("the login broker's code", () => {
  it("bundles what Lambda lacks, and no path of this machine", async () => {
    const { "index.js": script = "", "access.json": access = "", ...others } = await files();
    assert.deepEqual(others, {});
    assert.deepEqual(JSON.parse(access), ACCESS);
    assert.doesNotMatch(script, new RegExp(ROOT));
    const required = [...script.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
    const brought = required.filter((name) => !name?.startsWith("node:"));
    assert.deepEqual(brought.sort(), ["@aws-sdk/client-sagemaker", "@aws-sdk/client-ssm"]);
    assert.ok(script.length < 100_000, `${script.length} characters`);
  });

  it("is cached until one of its source files changes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ml-platform-bundle-"));
    const cache = join(folder, "below", "login-broker.json");
    try {
      const script = await bundleBroker(cache);
      const kept = JSON.parse(readFileSync(cache, "utf8")) as Kept;
      for (const file of ["targets/sagemaker/broker/pages.ts", "settings/values/cidr.ts"]) {
        assert.ok(file in kept.digests, file);
      }
      writeFileSync(cache, JSON.stringify({ ...kept, script: "kept" }));
      assert.equal(await bundleBroker(cache), "kept");
      for (const file of Object.keys(kept.digests)) {
        const digests = { ...kept.digests, [file]: "before" };
        writeFileSync(cache, JSON.stringify({ digests, script: "old" }));
        assert.equal(await bundleBroker(cache), script, file);
      }
      writeFileSync(cache, "{}");
      assert.equal(await bundleBroker(cache), script);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe("as Lambda runs it", () => {
    const provider = new OidcProvider();
    const calls: { target: string; input: unknown }[] = [];
    // Both services of AWS, which the SDK tells apart by a header.
    const aws = createServer((request, response) => {
      void text(request).then((body) => {
        const target = String(request.headers["x-amz-target"]);
        calls.push({ target, input: JSON.parse(body) });
        const value = Buffer.alloc(32, 7).toString("base64");
        json(response, 200, { Parameter: { Value: value }, AuthorizedUrl: STUDIO });
      });
    });
    const folder = mkdtempSync(join(tmpdir(), "ml-platform-broker-"));

    before(async () => {
      await provider.start();
      await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
      provider.registered = { callback: "https://broker.example/callback", logout: "" };
      for (const [name, content] of Object.entries(await files())) {
        writeFileSync(join(folder, name), content);
      }
    });

    after(() => {
      provider.stop();
      aws.close();
      aws.closeAllConnections();
      rmSync(folder, { recursive: true });
    });

    /** One request to a copy of the function that has just started. */
    const invoke = async (path: string, cookies: readonly string[] = []) => {
      const [rawPath = "", rawQueryString = ""] = path.split("?");
      const http = { method: "GET", sourceIp: "81.2.69.170" };
      const event: HttpRequest = { rawPath, rawQueryString, cookies, requestContext: { http } };
      const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
      const script = `const { handler } = require("./index.js");
        handler(${JSON.stringify(event)}).then((answer) => console.log(JSON.stringify(answer)));
        if (handler.length > 2) throw new Error("Lambda takes it for a callback handler");`;
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
        cwd: folder,
        env: {
          NODE_PATH: join(ROOT, "node_modules"),
          AWS_REGION: "eu-west-3",
          AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
          AWS_SECRET_ACCESS_KEY: "secret",
          AWS_ENDPOINT_URL: endpoint,
          ISSUER: provider.url,
          LOGIN_URL: provider.url,
          BROKER_URL: "https://broker.example",
          CLIENT_ID,
          DOMAIN_ID: "d-studio1",
          COOKIE_KEY_PARAMETER: KEY_PARAMETER,
        },
      });
      const lines = stdout.trimEnd().split("\n");
      return JSON.parse(lines.at(-1)!) as HttpResponse;
    };

    it("completes a login across two instances of the function", async () => {
      const begun = await invoke("/");
      assert.equal(begun.statusCode, 302);
      const login = await fetch(begun.headers["location"]!, { redirect: "manual" });
      const { pathname, search } = new URL(login.headers.get("location")!);
      const cookie = begun.cookies![0]!.split(";")[0]!;
      const finished = await invoke(pathname + search, [cookie]);
      assert.equal(finished.headers["location"], STUDIO);
      const key = {
        target: "AmazonSSM.GetParameter",
        input: { Name: KEY_PARAMETER, WithDecryption: true },
      };
      const presign = {
        target: "SageMaker.CreatePresignedDomainUrl",
        input: {
          DomainId: "d-studio1",
          UserProfileName: "grace-studio",
          ExpiresInSeconds: 30,
          SessionExpirationDurationInSeconds: 28_800,
        },
      };
      assert.deepEqual(calls, [key, key, presign]);
    });
  });
});
