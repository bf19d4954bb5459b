import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { createHash, createPublicKey } from "node:crypto";

/** Validity of certificate authorities: ten years, as with kubeadm. */
const AUTHORITY_HOURS = 87_600;
/** Validity of the administrator's certificate: a year. */
const ADMIN_HOURS = 8_760;
/** Hours before its end from which on an `up` renews it: a month. */
const ADMIN_RENEWAL_HOURS = 720;

/** A certificate and its private key, both PEM; the key is a secret. */
export interface KeyPair {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

/**
 * Certificate authorities, keys and tokens of a cluster, created before its first machine boots. So the
 * kubeconfig and the hash that workers verify are known, and nothing has to be read from a machine.
 *
 * kubeadm uses the authorities in `/etc/kubernetes/pki` and signs all other certificates with them:
 * https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/
 * The keys are in Pulumi's state, encrypted like every secret there.
 */
export class ClusterIdentity extends pulumi.ComponentResource {
  readonly ca: KeyPair;
  readonly frontProxyCa: KeyPair;
  readonly etcdCa: KeyPair;
  /** Client certificate of the group `system:masters`, which needs no role binding. */
  readonly admin: KeyPair;
  /** Key pair that signs the tokens of service accounts, PEM. RSA, since IAM verifies RS256. */
  readonly serviceAccount: {
    readonly publicKey: pulumi.Output<string>;
    readonly key: pulumi.Output<string>;
  };
  /** First token with which machines join. The control plane replaces it every 12 hours. */
  readonly joinToken: pulumi.Output<string>;
  /** Key for the encryption of Secrets in etcd: 32 bytes in base64. */
  readonly encryptionKey: pulumi.Output<string>;
  /** Hash of the authority's public key, `sha256:…`, which a joining machine verifies. */
  readonly caHash: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:ClusterIdentity", name, {}, opts);
    const ca = this.authority(`${name}-ca`, "kubernetes");
    this.ca = ca;
    this.frontProxyCa = this.authority(`${name}-front-proxy-ca`, "kubernetes-front-proxy-ca");
    this.etcdCa = this.authority(`${name}-etcd-ca`, "etcd-ca");
    this.admin = this.administrator(`${name}-admin`, ca);
    const signer = new tls.PrivateKey(
      `${name}-service-account`,
      { algorithm: "RSA", rsaBits: 2048 },
      { parent: this },
    );
    this.serviceAccount = {
      publicKey: signer.publicKeyPem,
      key: pulumi.secret(signer.privateKeyPem),
    };
    this.joinToken = this.token(name);
    const encryption = new random.RandomBytes(
      `${name}-encryption`,
      { length: 32 },
      { parent: this },
    );
    this.encryptionKey = pulumi.secret(encryption.base64);
    this.caHash = ca.publicKey.apply(publicKeyHash);
    this.registerOutputs({ caHash: this.caHash });
  }

  private authority(
    name: string,
    commonName: string,
  ): KeyPair & { readonly publicKey: pulumi.Output<string> } {
    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      { parent: this },
    );
    const certificate = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        isCaCertificate: true,
        validityPeriodHours: AUTHORITY_HOURS,
        allowedUses: ["cert_signing", "key_encipherment", "digital_signature"],
        subject: { commonName },
      },
      { parent: this },
    );
    return {
      certificate: certificate.certPem,
      key: pulumi.secret(key.privateKeyPem),
      publicKey: key.publicKeyPem,
    };
  }

  private administrator(name: string, ca: KeyPair): KeyPair {
    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      { parent: this },
    );
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "ml-platform-admin", organization: "system:masters" },
      },
      { parent: this },
    );
    const certificate = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caCertPem: ca.certificate,
        caPrivateKeyPem: ca.key,
        validityPeriodHours: ADMIN_HOURS,
        earlyRenewalHours: ADMIN_RENEWAL_HOURS,
        allowedUses: ["client_auth", "key_encipherment", "digital_signature"],
      },
      { parent: this },
    );
    return { certificate: certificate.certPem, key: pulumi.secret(key.privateKeyPem) };
  }

  /** Token of the form `abcdef.0123456789abcdef`, the only one that Kubernetes accepts. */
  private token(name: string): pulumi.Output<string> {
    const part = (role: string, length: number): pulumi.Output<string> =>
      new random.RandomPassword(
        `${name}-join-${role}`,
        { length, upper: false, special: false },
        { parent: this },
      ).result;
    return pulumi.secret(pulumi.interpolate`${part("id", 6)}.${part("secret", 16)}`);
  }
}

/**
 * Hash of a public key for kubeadm's `caCertHashes`: SHA-256 of the DER SubjectPublicKeyInfo, not of the
 * certificate.
 */
export function publicKeyHash(publicKeyPem: string): string {
  const der = createPublicKey(publicKeyPem).export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(der).digest("hex")}`;
}
