import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Folder of the chart's configuration in the hub; Python finds modules there. */
const CONFIGURATION = "/usr/local/etc/jupyterhub";

/** Content of a file of `hub/`, as it runs in the cluster. */
export function hubFile(name: string): string {
  return readFileSync(join(__dirname, "hub", name), "utf8");
}

/**
 * The hub's own Python files, as the chart's value `hub.extraFiles`. The chart runs the files of
 * `jupyterhub_config.d` after its own configuration. It restarts the hub when a file changes.
 */
export function hubFiles(): Readonly<Record<string, { mountPath: string; stringData: string }>> {
  const places = {
    "jupyterhub_config.py": "jupyterhub_config.d/ml-platform.py",
    "platform_hub.py": "platform_hub.py",
    "idle.py": "idle.py",
  };
  return Object.fromEntries(
    Object.entries(places).map(([name, place]) => [
      name.replace("jupyterhub_config", "ml-platform"),
      { mountPath: `${CONFIGURATION}/${place}`, stringData: hubFile(name) },
    ]),
  );
}

/** Path of the file of `hub/` that the hub runs as a separate process. */
export const IDLE_SERVICE = `${CONFIGURATION}/idle.py`;
