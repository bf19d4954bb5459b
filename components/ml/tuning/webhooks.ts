import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { KATIB_NAMESPACE, TRIALS_NAMESPACE } from "../../../settings/names";
import { CONTROLLER } from "./rights";

/** Name of Katib's configurations of webhooks. */
const NAME = "katib.kubeflow.org";

/** Label that Katib asks of a namespace in which trials report metrics. */
export const COLLECTS_METRICS = { "katib.kubeflow.org/metrics-collector-injection": "enabled" };

/** Ten years. The first `up` in the last of them makes another certificate, which the controller reads by itself. */
const VALID_HOURS = 10 * 365 * 24;
const RENEWAL_HOURS = 365 * 24;

/** Certificate of the webhooks, and the Secret with its key. */
export interface WebhookCertificate {
  readonly pem: pulumi.Output<string>;
  readonly secret: kubernetes.core.v1.Secret;
}

/**
 * Declares a certificate for the controller's Service. Katib would make one itself, with rights on every Secret and every
 * webhook of the cluster.
 */
export function webhookCertificate(
  name: string,
  parent: pulumi.Resource,
  opts: pulumi.CustomResourceOptions,
): WebhookCertificate {
  const child = { parent };
  const key = new tls.PrivateKey(
    `${name}-webhook-key`,
    { algorithm: "ECDSA", ecdsaCurve: "P256" },
    child,
  );
  const host = `${CONTROLLER}.${KATIB_NAMESPACE}.svc`;
  const certificate = new tls.SelfSignedCert(
    `${name}-webhook-certificate`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: host },
      dnsNames: [host],
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: VALID_HOURS,
      earlyRenewalHours: RENEWAL_HOURS,
    },
    child,
  );
  const secret = new kubernetes.core.v1.Secret(
    `${name}-webhook-certificate`,
    {
      metadata: { name: "katib-webhook-cert", namespace: KATIB_NAMESPACE },
      type: "kubernetes.io/tls",
      stringData: {
        "tls.crt": certificate.certPem,
        "tls.key": pulumi.secret(key.privateKeyPem),
      },
    },
    opts,
  );
  return { pem: certificate.certPem, secret };
}

/**
 * Declares Katib's webhooks: they check Experiments, fill in their defaults, and put the container that reads the metric
 * beside a trial. While the controller is away, no pod of a trial is created; a namespace of a person has no webhook.
 * https://github.com/kubeflow/katib/blob/v0.19.0/manifests/v1beta1/components/webhook/webhooks.yaml
 */
export function webhooks(
  name: string,
  pem: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const caBundle = pulumi.output(pem).apply((text) => Buffer.from(text).toString("base64"));
  const webhook = (called: string, path: string) => ({
    name: `${called}.katib.kubeflow.org`,
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    failurePolicy: "Fail",
    clientConfig: { service: { name: CONTROLLER, namespace: KATIB_NAMESPACE, path }, caBundle },
  });
  const experiments = {
    apiGroups: ["kubeflow.org"],
    apiVersions: ["v1beta1"],
    operations: ["CREATE", "UPDATE"],
    resources: ["experiments"],
  };
  const pods = {
    apiGroups: [""],
    apiVersions: ["v1"],
    operations: ["CREATE"],
    resources: ["pods"],
  };
  const trials = { "kubernetes.io/metadata.name": TRIALS_NAMESPACE, ...COLLECTS_METRICS };
  return [
    new kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration(
      `${name}-validation`,
      {
        metadata: { name: NAME },
        webhooks: [
          { ...webhook("validator.experiment", "/validate-experiment"), rules: [experiments] },
        ],
      },
      opts,
    ),
    new kubernetes.admissionregistration.v1.MutatingWebhookConfiguration(
      `${name}-mutation`,
      {
        metadata: { name: NAME },
        webhooks: [
          { ...webhook("defaulter.experiment", "/mutate-experiment"), rules: [experiments] },
          {
            ...webhook("mutator.pod", "/mutate-pod"),
            namespaceSelector: { matchLabels: trials },
            rules: [pods],
          },
        ],
      },
      opts,
    ),
  ];
}
