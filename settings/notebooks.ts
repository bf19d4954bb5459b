import { entriesOf, integer, oneOf, Refusal, repeated, text, type Setting } from "./setting";

/** A size that people choose from when they start a notebook. */
export interface NotebookSize {
  /** As it is written in the settings, `2x4`; saved with each person's last choice. */
  readonly name: string;
  /** Most vCPUs that it may use. */
  readonly vcpus: number;
  /** Memory in GiB: all of it is reserved, and more is refused. */
  readonly memoryGib: number;
}

/** vCPUs, an `x`, GiB of memory; no leading zero, so that a size has one name. */
const SIZE = /^([1-9]\d{0,2})x([1-9]\d{0,3})$/;
/** As many as a page shows without scrolling. */
const MOST = 8;

/** Sizes of notebooks, the first one chosen beforehand. */
export const notebookSizes: Setting<readonly NotebookSize[]> = {
  doc: "Sizes that people choose from: vCPUs x GiB of memory. Half of the vCPUs are reserved, and all of the memory.",
  allowed: `1 to ${MOST} sizes such as 2x4, in a list or separated by commas`,
  example: "2x4,2x6",
  fallback: [{ name: "2x4", vcpus: 2, memoryGib: 4 }],
  parse: (raw) => {
    const entries = entriesOf(raw);
    if (entries === undefined || entries.length < 1 || entries.length > MOST) {
      return new Refusal();
    }
    const faults = [
      ...entries
        .filter((entry) => !SIZE.test(String(entry)))
        .map((entry) => `${JSON.stringify(entry)} is no size such as 2x4 (2 vCPUs, 4 GiB)`),
      ...repeated(entries).map((entry) => `${JSON.stringify(entry)} stands twice`),
    ];
    return faults.length === 0
      ? entries.map((entry) => sizeOf(String(entry)))
      : new Refusal(faults);
  },
};

function sizeOf(name: string): NotebookSize {
  const [, vcpus, memoryGib] = SIZE.exec(name) ?? [];
  return { name, vcpus: Number(vcpus), memoryGib: Number(memoryGib) };
}

/**
 * Settings of notebooks on a cluster. Studio's `idleMinutes` has the same meaning and the same bounds:
 * the service's own. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_IdleSettings.html
 */
export const NOTEBOOK_SETTINGS = {
  notebooks: {
    sizes: notebookSizes,
    homeGib: integer("Disk of a person's home; it stays, and costs, while no notebook runs.", {
      min: 1,
      max: 16_384,
      unit: "GiB",
      fallback: 10,
    }),
    image: {
      ...text(
        "Container image of notebooks, of the nodes' architecture, with `jupyterhub-singleuser` 5 and Python 3 in it.",
        {
          allowed: "an image with a tag that is not latest, or with a digest",
          pattern:
            /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+(:(?!latest$)[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
          example: "quay.io/jupyter/pytorch-notebook:2026-07-20",
        },
      ),
      // For both architectures, with the hub's own version of JupyterHub (5.5.0), JupyterLab 4.6.1 and
      // Python 3.13. https://github.com/jupyter/docker-stacks/wiki/2026-07
      fallback: "quay.io/jupyter/scipy-notebook:2026-07-20",
    },
    idleMinutes: integer(
      "How long a notebook goes on without activity of a kernel or terminal before it is stopped.",
      { min: 60, max: 525_600, unit: "minute", fallback: 60 },
    ),
  },
  frontDoor: oneOf(
    "Way in for people: HTTPS through CloudFront, or `none`, that is `kubectl port-forward` only.",
    ["cloudfront", "none"],
    "cloudfront",
  ),
};
