import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { HUB_IMAGE } from "../../../components/ml/notebooks/values";

type Values = Readonly<Record<string, unknown>>;

/** Token between proxy and hub; a release keeps the token that the chart generated. */
const PROXY_TOKEN = "0".repeat(64);

/**
 * Objects that the chart creates from these values. `helm template` renders them if `JUPYTERHUB_CHART`
 * names the chart; `HELM` names the program unless it is on the path. Otherwise the objects are hub and
 * proxy as `chart/` has them.
 */
export function manifests(values: Values): object[] {
  const chart = process.env["JUPYTERHUB_CHART"];
  return chart === undefined ? standIn(values) : rendered(chart, values);
}

/** Objects that Helm renders, after it has compared the values with the chart's schema. */
export function rendered(chart: string, values: Values): object[] {
  const file = join(mkdtempSync(join(tmpdir(), "values-")), "values.json");
  writeFileSync(file, JSON.stringify(values));
  const helm = process.env["HELM"] ?? "helm";
  const set = `hub.config.ConfigurableHTTPProxy.auth_token=${PROXY_TOKEN}`;
  const args = ["template", "jupyterhub", chart, "-n", "jupyterhub", "-f", file, "--set", set];
  const text = execFileSync(helm, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return parseAllDocuments(text)
    .map((document) => document.toJS() as object | null)
    .filter((object) => object !== null)
    .map((object) => {
      const { metadata } = object as { metadata: object };
      return { ...object, metadata: { namespace: "jupyterhub", ...metadata } };
    });
}

interface Hub {
  readonly extraFiles: Readonly<Record<string, { mountPath: string; stringData: string }>>;
  readonly existingSecret: string;
  readonly serviceAccount: { readonly name: string };
  readonly initContainers: object[];
  readonly extraVolumes: object[];
  readonly extraVolumeMounts: object[];
  readonly resources: object;
}

/** Folder of the hub's configuration in a pod. */
const CHART = "/etc/chart";

function standIn(values: Values): object[] {
  const hub = values["hub"] as Hub;
  const proxy = values["proxy"] as {
    readonly service: { readonly type: string; readonly nodePorts?: { readonly http: number } };
    readonly chp: { readonly resources: object; readonly extraPodSpec: object };
  };
  const files = Object.entries(hub.extraFiles).map(([name, file]) => [name, file.stringData]);
  const config = readFileSync(join(__dirname, "jupyterhub_config.py"), "utf8");
  const data = {
    ...(Object.fromEntries(files) as Record<string, string>),
    "jupyterhub_config.py": config,
    "values.json": JSON.stringify(values),
  };
  return [
    object("v1", "ConfigMap", "hub-chart", { data }),
    deployment("hub", { ...hubPod(hub), annotation: JSON.stringify(values) }),
    deployment("proxy", { spec: proxyPod(proxy.chp), annotation: "" }),
    service("hub", { port: 8081 }, "hub"),
    service("proxy-api", { port: 8001 }, "proxy"),
    service(
      "proxy-public",
      {
        port: 80,
        targetPort: 8000,
        ...(proxy.service.nodePorts && { nodePort: proxy.service.nodePorts.http }),
      },
      "proxy",
      proxy.service.type,
    ),
  ];
}

function hubPod(hub: Hub): { spec: object } {
  // The program sets the path of each file in the chart; the hub starts the idle service by it.
  const place = ([name, { mountPath }]: [string, { mountPath: string }]): object => ({
    name: "chart",
    mountPath,
    subPath: name,
  });
  return {
    spec: {
      serviceAccountName: hub.serviceAccount.name,
      securityContext: RESTRICTED_POD,
      initContainers: hub.initContainers,
      containers: [
        {
          name: "hub",
          image: HUB_IMAGE,
          args: ["jupyterhub", "--config", `${CHART}/jupyterhub_config.py`],
          env: [
            { name: "CHART", value: CHART },
            { name: "CONFIGPROXY_AUTH_TOKEN", value: PROXY_TOKEN },
            { name: "PYTHONUNBUFFERED", value: "1" },
          ],
          securityContext: RESTRICTED,
          resources: hub.resources,
          readinessProbe: { httpGet: { path: "/hub/health", port: 8081 }, periodSeconds: 2 },
          volumeMounts: [
            { name: "chart", mountPath: CHART },
            { name: "secret", mountPath: `${CHART}/secret` },
            ...Object.entries(hub.extraFiles).map(place),
            ...hub.extraVolumeMounts,
          ],
        },
      ],
      volumes: [
        { name: "chart", configMap: { name: "hub-chart" } },
        { name: "secret", secret: { secretName: hub.existingSecret } },
        ...hub.extraVolumes,
      ],
    },
  };
}

const RESTRICTED = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const RESTRICTED_POD = {
  runAsNonRoot: true,
  fsGroup: 1000,
  seccompProfile: { type: "RuntimeDefault" },
};

function proxyPod({
  resources,
  extraPodSpec,
}: {
  resources: object;
  extraPodSpec: object;
}): object {
  const ports = ["--ip=", "--api-ip=", "--port=8000", "--api-port=8001"];
  const targets = ["--default-target=http://hub:8081", "--error-target=http://hub:8081/hub/error"];
  return {
    ...extraPodSpec,
    securityContext: RESTRICTED_POD,
    containers: [
      {
        name: "chp",
        image: "quay.io/jupyterhub/configurable-http-proxy:5.2.0",
        command: ["configurable-http-proxy", ...ports, ...targets],
        env: [{ name: "CONFIGPROXY_AUTH_TOKEN", value: PROXY_TOKEN }],
        securityContext: { ...RESTRICTED, runAsUser: 65534 },
        resources,
        readinessProbe: { httpGet: { path: "/_chp_healthz", port: 8000 }, periodSeconds: 2 },
      },
    ],
  };
}

function object(apiVersion: string, kind: string, name: string, content: object): object {
  return { apiVersion, kind, metadata: { name, namespace: "jupyterhub" }, ...content };
}

function deployment(
  component: string,
  { spec, annotation }: { readonly spec: object; readonly annotation: string },
): object {
  const labels = { app: "jupyterhub", release: "jupyterhub", component };
  // As in the chart, changed values restart the pod.
  const metadata = { labels, annotations: { values: annotation } };
  return object("apps/v1", "Deployment", component, {
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: { metadata, spec },
    },
  });
}

function service(name: string, port: object, component: string, type = "ClusterIP"): object {
  const spec = { type, selector: { app: "jupyterhub", component }, ports: [port] };
  return object("v1", "Service", name, { spec });
}
