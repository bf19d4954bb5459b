import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash, createPublicKey } from "node:crypto";
import { lockDown, tlsOnly } from "../../components/data-bucket";
import { accessControlDescription } from "../../settings/names";
import { TOKEN_AUDIENCE, type OidcIssuer } from "../../components/workload-identity";

/** Inputs of `PublicIssuer`. */
export interface IssuerArgs {
  /** Public key for the signatures of service-account tokens, RSA, PEM. */
  readonly publicKey: pulumi.Output<string>;
  /** Name of the cluster. It identifies the origin access control, which cannot have tags. */
  readonly clusterName: pulumi.Input<string>;
}

/** AWS's managed policy "CachingOptimized". Source:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/**
 * The cluster as a public OpenID Connect issuer: two small documents in a private bucket behind CloudFront,
 * and the IAM provider that trusts them. AWS fetches the documents to verify the token of a pod. CloudFront
 * is needed, since the account may block public buckets.
 *
 * Priced by `cost/rules/` from usage: a few requests an hour.
 */
export class PublicIssuer extends pulumi.ComponentResource implements OidcIssuer {
  readonly issuer: pulumi.Output<string>;
  readonly providerArn: pulumi.Output<string>;

  constructor(name: string, args: IssuerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:PublicIssuer", name, {}, opts);
    // It holds no data of users, so it is deleted with the stack in every lifecycle.
    const bucket = new aws.s3.Bucket(`${name}-bucket`, { forceDestroy: true }, { parent: this });
    const { distribution, policy } = this.distribution(name, bucket, args.clusterName);
    this.issuer = pulumi.interpolate`https://${distribution.domainName}`;
    const documents = this.documents(name, bucket, args.publicKey);
    this.providerArn = new aws.iam.OpenIdConnectProvider(
      `${name}-provider`,
      { url: this.issuer, clientIdLists: [TOKEN_AUDIENCE] },
      // IAM fetches the documents when the provider is created.
      { parent: this, dependsOn: [...documents, policy] },
    ).arn;
    this.registerOutputs({ issuer: this.issuer, providerArn: this.providerArn });
  }

  /** The distribution for the bucket, and the bucket policy that admits it. */
  private distribution(
    name: string,
    bucket: aws.s3.Bucket,
    clusterName: pulumi.Input<string>,
  ): { readonly distribution: aws.cloudfront.Distribution; readonly policy: aws.s3.BucketPolicy } {
    const child = { parent: this };
    const access = new aws.cloudfront.OriginAccessControl(
      `${name}-access`,
      {
        description: pulumi.output(clusterName).apply(accessControlDescription),
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      },
      child,
    );
    const distribution = new aws.cloudfront.Distribution(
      `${name}-distribution`,
      {
        comment: "OpenID Connect documents of an ml-platform cluster",
        enabled: true,
        priceClass: "PriceClass_100",
        origins: [
          {
            originId: "documents",
            domainName: bucket.bucketRegionalDomainName,
            originAccessControlId: access.id,
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: "documents",
          viewerProtocolPolicy: "https-only",
          allowedMethods: ["GET", "HEAD"],
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: CACHING_OPTIMIZED,
        },
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      },
      child,
    );
    const closed = lockDown(name, bucket, child);
    const policy = tlsOnly(name, bucket, { parent: this, dependsOn: [closed] }, [
      {
        Sid: "CloudFrontReads",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: pulumi.interpolate`${bucket.arn}/*`,
        Condition: { StringEquals: { "AWS:SourceArn": distribution.arn } },
      },
    ]);
    return { distribution, policy };
  }

  private documents(
    name: string,
    bucket: aws.s3.Bucket,
    publicKey: pulumi.Output<string>,
  ): aws.s3.BucketObjectv2[] {
    const document = (role: string, key: string, content: pulumi.Output<string>) =>
      new aws.s3.BucketObjectv2(
        `${name}-${role}`,
        {
          bucket: bucket.bucket,
          key,
          content,
          contentType: "application/json",
          // Otherwise CloudFront caches the previous content for a day.
          // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
          cacheControl: "max-age=300",
        },
        { parent: this },
      );
    return [
      document("discovery", ".well-known/openid-configuration", this.issuer.apply(discovery)),
      document("keys", "keys.json", publicKey.apply(keySet)),
    ];
  }
}

/** The discovery document of an issuer, JSON. */
export function discovery(issuer: string): string {
  return JSON.stringify({
    issuer,
    jwks_uri: `${issuer}/keys.json`,
    authorization_endpoint: "urn:kubernetes:programmatic_authorization",
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["sub", "iss"],
  });
}

/**
 * The key set of an issuer with one RSA key, JSON. The key id must be the one that the API server writes into
 * every token, the URL-safe base64 of the SHA-256 of the DER public key:
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/serviceaccount/jwt.go (`keyIDFromPublicKey`)
 */
export function keySet(publicKeyPem: string): string {
  const key = createPublicKey(publicKeyPem);
  const der = key.export({ type: "spki", format: "der" });
  const kid = createHash("sha256").update(der).digest("base64url");
  const { kty, n, e } = key.export({ format: "jwk" });
  return JSON.stringify({ keys: [{ use: "sig", kty, kid, alg: "RS256", n, e }] });
}
