import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM of a certificate and its key. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** Authority, with the certificates of a server on 127.0.0.1 and a client. openssl creates them. */
export function pki(): { readonly ca: string; readonly server: Pair; readonly client: Pair } {
  const folder = mkdtempSync(join(tmpdir(), "ml-platform-pki-"));
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  };
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const pair = (name: string, ...extra: string[]): Pair => {
    const made = ["-keyout", `${name}.key`, "-out", `${name}.crt`, "-subj", `/CN=${name}`];
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
    openssl("req", "-x509", ...ec, ...made, ...extra);
    return { certificate: read(`${name}.crt`), key: read(`${name}.key`) };
  };
  try {
    const { certificate: ca } = pair("ca");
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext"];
    return {
      ca,
      server: pair("server", ...signed, "subjectAltName=IP:127.0.0.1"),
      client: pair("client", ...signed, "extendedKeyUsage=clientAuth"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
