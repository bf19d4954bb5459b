import {
  duplicatesOf,
  integer,
  Invalid,
  oneOf,
  parseList,
  text,
  type Loaded,
  type Setting,
} from "../schema/setting";
import { quoted } from "../foreign-text";
import { meantEntries } from "../schema/meant";

/** A size that people choose from when they start a notebook. */
export interface NotebookSize {
  /** As it is written in the settings, `2x4`; saved with each person's last choice. */
  readonly name: string;
  /** Most vCPUs that it may use. */
  readonly vcpus: number;
  /** Memory in GiB: all of it is reserved, and more is refused. */
  readonly memoryGib: number;
}

/**
 * Share of its vCPUs that a notebook is guaranteed; it uses the rest while nobody else needs it. With
 * all of them guaranteed, no notebook of 2 vCPUs would fit on a machine of 2, which also runs a few pods
 * of the platform.
 */
const CPU_GUARANTEE = 0.5;

/** vCPUs that the scheduler reserves for a notebook. */
export function guaranteedVcpus({ vcpus }: Pick<NotebookSize, "vcpus">): number {
  return vcpus * CPU_GUARANTEE;
}

/** The first size of a stack, which notebooks have unless somebody chooses another. */
export function firstSize([size]: readonly NotebookSize[]): NotebookSize {
  if (size === undefined) {
    throw new Error("a stack has at least one size of notebooks");
  }
  return size;
}

/** Requests of a notebook of the first size: those of a training run, too. */
export function firstRequests(sizes: readonly NotebookSize[]): {
  readonly vcpus: number;
  readonly gib: number;
} {
  const first = firstSize(sizes);
  return { vcpus: guaranteedVcpus(first), gib: first.memoryGib };
}

/**
 * Image of notebooks unless a stack says otherwise: for both architectures, with the hub's version of
 * JupyterHub (5.5.0), JupyterLab 4.6.1 and Python 3.13. https://github.com/jupyter/docker-stacks/wiki/2026-07
 */
const DEFAULT_IMAGE = "quay.io/jupyter/scipy-notebook:2026-07-20";

/**
 * Fewest minutes of idleness after which Studio stops a notebook.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_IdleSettings.html
 */
export const LEAST_IDLE_MINUTES = 60;

/** vCPUs, an `x`, GiB of memory; no leading zero, so that a size has one name. */
const SIZE = /^([1-9]\d{0,2})x([1-9]\d{0,3})$/;
/** As many as a page shows without scrolling. */
const MOST = 8;

/** Sizes of notebooks, the first one chosen beforehand. */
export const notebookSizes: Setting<readonly NotebookSize[]> = {
  type: "list",
  doc: "Sizes that people choose from: vCPUs x GiB of memory. Half of the vCPUs are reserved, and all of the memory.",
  allowed: `1 to ${MOST} sizes such as 2x4, in a list or separated by commas`,
  example: "2x4,2x6",
  fallback: [{ name: "2x4", vcpus: 2, memoryGib: 4 }],
  parse: (raw) => {
    const entries = parseList(raw);
    if (entries === undefined || entries.length < 1 || entries.length > MOST) {
      return new Invalid();
    }
    const faults = [
      ...entries
        .filter((entry) => typeof entry !== "string" || !SIZE.test(entry))
        .map((entry) => `${quoted(entry)} is not a size such as 2x4 (2 vCPUs, 4 GiB)`),
      ...duplicatesOf(entries).map((entry) => `${quoted(entry)} is listed twice`),
    ];
    return faults.length === 0
      ? entries.map((entry) => sizeOf(String(entry)))
      : new Invalid(faults);
  },
  meant: (raw) => {
    const sizes = meantEntries(
      (parseList(raw) ?? []).map((size) =>
        String(size)
          .toLowerCase()
          .replace(/\s*x\s*/g, "x"),
      ),
    );
    return [...new Set(sizes)].join(",");
  },
};

function sizeOf(name: string): NotebookSize {
  const [, vcpus, memoryGib] = SIZE.exec(name) ?? [];
  return { name, vcpus: Number(vcpus), memoryGib: Number(memoryGib) };
}

/** Settings of notebooks on every target, within what Studio accepts. */
export const NOTEBOOK_SETTINGS = {
  // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DefaultEbsStorageSettings.html
  homeGib: integer("Disk of a new notebook; AWS bills it while the notebook is stopped, too.", {
    min: 5,
    max: 16_384,
    unit: "GiB",
    fallback: 10,
  }),
  idleMinutes: integer(
    "Minutes without activity in a kernel or terminal after which a notebook is stopped.",
    { min: LEAST_IDLE_MINUTES, max: 525_600, unit: "minute", fallback: LEAST_IDLE_MINUTES },
  ),
};

/** Settings of notebooks on a cluster. */
export const HUB_SETTINGS = {
  notebooks: {
    sizes: notebookSizes,
    image: {
      ...text(
        "Container image of notebooks, of the nodes' architecture, with `jupyterhub-singleuser` 5 and Python 3.",
        {
          allowed: "an image with a tag that is not latest, or with a digest",
          pattern:
            /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+(:(?!latest$)[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
          example: "quay.io/jupyter/pytorch-notebook:2026-07-20",
        },
      ),
      fallback: DEFAULT_IMAGE,
    },
  },
  frontDoor: oneOf(
    "Address of the hub: HTTPS through CloudFront, or `none` for `kubectl port-forward` only.",
    ["cloudfront", "none"],
    "cloudfront",
  ),
};

/** The settings of notebooks on a cluster, as the program reads them. */
export type HubSettings = Loaded<typeof HUB_SETTINGS>;

/** The settings of notebooks on every target, as the program reads them. */
export type NotebookSettings = Loaded<typeof NOTEBOOK_SETTINGS>;
