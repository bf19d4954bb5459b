import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, verify, sign, createPublicKey, type JsonWebKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { ClusterIdentity, publicKeyHash } from "../../../targets/ec2/identity";
import { kubeconfig } from "../../../targets/ec2/kubeconfig";
import { discovery, keySet } from "../../../targets/ec2/oidc-issuer";
import { declared, inputsOf, ofType } from "../../support/declared";

const pem = (key: "rsa" | "ec") =>
  (key === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : generateKeyPairSync("ec", { namedCurve: "P-256" })
  ).publicKey.export({ type: "spki", format: "pem" }) as string;

describe("cluster identity", () => {
  it("marks every key as secret", async () => {
    let secret: Promise<boolean>[] = [];
    await declared(() => {
      const { ca, etcdCa, frontProxyCa, admin, serviceAccount, joinToken, encryptionKey } =
        new ClusterIdentity("id");
      const keys = [ca, etcdCa, frontProxyCa, admin, serviceAccount].map(({ key }) => key);
      secret = [...keys, joinToken, encryptionKey].map((output) => pulumi.isSecret(output));
    });
    assert.deepEqual(
      await Promise.all(secret),
      Array.from({ length: 7 }, () => true),
    );
  });

  it("uses elliptic-curve authorities and an RSA token key", async () => {
    const resources = await declared(() => new ClusterIdentity("id"));
    const algorithms = ofType(resources, "index/privateKey:PrivateKey").map(({ name, inputs }) => [
      name,
      inputs["algorithm"],
    ]);
    assert.deepEqual(algorithms, [
      ["id-ca-key", "ECDSA"],
      ["id-front-proxy-ca-key", "ECDSA"],
      ["id-etcd-ca-key", "ECDSA"],
      ["id-admin-key", "ECDSA"],
      ["id-service-account", "RSA"],
    ]);
    const authority = inputsOf(resources, "index/selfSignedCert:SelfSignedCert", "id-ca");
    assert.equal(authority["isCaCertificate"], true);
    const admin = inputsOf(resources, "index/certRequest:CertRequest");
    assert.deepEqual(admin["subject"], {
      commonName: "ml-platform-admin",
      organization: "system:masters",
    });
  });

  it("has a join token in Kubernetes's format", async () => {
    let token: pulumi.Output<string> | undefined;
    await declared(() => (token = new ClusterIdentity("id").joinToken));
    const value = await new Promise((resolve) => token?.apply(resolve));
    assert.match(String(value), /^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  });

  it("hashes a public key as kubeadm's documentation does with openssl", () => {
    const key = pem("ec");
    const byOpenssl = execFileSync(
      "sh",
      ["-c", "openssl pkey -pubin -outform der | openssl dgst -sha256 -hex"],
      { input: key, encoding: "utf8" },
    );
    assert.equal(publicKeyHash(key), `sha256:${byOpenssl.trim().split(" ").at(-1) ?? ""}`);
  });
});

describe("token issuer", () => {
  it("publishes the key that verifies its tokens, under the API server's key id", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const text = publicKey.export({ type: "spki", format: "pem" }) as string;
    const [key, ...others] = (
      JSON.parse(keySet(text)) as { keys: (JsonWebKey & { kid: string })[] }
    ).keys;
    assert.deepEqual(others, []);
    const signature = sign("RSA-SHA256", Buffer.from("token"), privateKey);
    const published = createPublicKey({ key: key!, format: "jwk" });
    assert.ok(verify("RSA-SHA256", Buffer.from("token"), published, signature));
    assert.match(key!.kid, /^[A-Za-z0-9_-]{43}$/);
  });

  it("publishes the address of its keys", () => {
    const document = JSON.parse(discovery("https://d111.cloudfront.net")) as Record<
      string,
      unknown
    >;
    assert.equal(document["issuer"], "https://d111.cloudfront.net");
    assert.equal(document["jwks_uri"], "https://d111.cloudfront.net/keys.json");
  });
});

describe("kubeconfig", () => {
  it("is secret and valid for kubectl", async () => {
    let output: pulumi.Output<string> | undefined;
    await declared(() => {
      const { ca, admin } = new ClusterIdentity("id");
      output = kubeconfig({
        clusterName: "test",
        host: "198.51.100.10",
        port: 6443,
        admin,
        ca: ca.certificate,
      });
    });
    assert.equal(await pulumi.isSecret(output!), true);
    const text = await new Promise<string>((resolve) => output!.apply(resolve));
    const { clusters, users, contexts } = JSON.parse(text) as Record<string, unknown[]>;
    assert.equal(
      (clusters![0] as { cluster: { server: string } }).cluster.server,
      "https://198.51.100.10:6443",
    );
    assert.equal(contexts!.length, 1);
    const { user } = users![0] as { user: Record<string, string> };
    assert.match(Buffer.from(user["client-key-data"]!, "base64").toString(), /PRIVATE KEY/);
  });
});
