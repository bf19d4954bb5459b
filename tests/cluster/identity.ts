import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Creates a self-signed CA in PEM like `ClusterIdentity`: `<name>.key` and `<name>.crt`. */
function writeCa(dir: string, name: string): void {
  const key = join(dir, `${name}.key`);
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  writeFileSync(key, privateKey);
  const args = "req -x509 -days 2 -addext".split(" ");
  const usage = "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign";
  const out = ["-subj", `/CN=${name}`, "-key", key, "-out", join(dir, `${name}.crt`)];
  execFileSync("openssl", [...args, usage, ...out], { stdio: "pipe" });
}

/** The discovery hash of kubeadm: SHA-256 over the CA's public key (DER, SPKI). */
export function caCertHash(certificate: string): string {
  const spki = createPublicKey(certificate).export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(spki).digest("hex")}`;
}

/** Parameters that the program puts into SSM before it creates the machines. */
export interface Identity {
  /** Files, laid out as the parameters are. */
  dir: string;
  caHash: string;
  joinToken: string;
}

/** Writes CAs, service account key, encryption key and the first join token below `dir`. */
export function writeIdentity(dir: string): Identity {
  const secrets = join(dir, "control-plane");
  mkdirSync(secrets, { recursive: true });
  mkdirSync(join(dir, "worker"));
  for (const name of ["ca", "front-proxy-ca", "etcd-ca"]) writeCa(secrets, name);
  const serviceAccount = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  writeFileSync(join(secrets, "sa.key"), serviceAccount.privateKey);
  writeFileSync(join(secrets, "sa.pub"), serviceAccount.publicKey);
  writeFileSync(join(secrets, "encryption-key"), randomBytes(32).toString("base64"));
  const joinToken = `${randomBytes(3).toString("hex")}.${randomBytes(8).toString("hex")}`;
  writeFileSync(join(dir, "worker", "join-token"), joinToken);
  return { dir, caHash: caCertHash(readFileSync(join(secrets, "ca.crt"), "utf8")), joinToken };
}
