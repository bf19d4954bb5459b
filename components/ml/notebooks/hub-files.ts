import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the chart's configuration lies in the hub, and where Python looks for modules. */
const CONFIGURATION = "/usr/local/etc/jupyterhub";

/** The text of a file of `hub/`, as it runs in the cluster. */
export function hubFile(name: string): string {
  return readFileSync(join(__dirname, "hub", name), "utf8");
}

/**
 * The hub's own Python files, as the chart's value `hub.extraFiles`. The chart runs what lies in
 * `jupyterhub_config.d` behind its own configuration, and restarts the hub when a file changes.
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

/** Path of a file of `hub/` that the hub starts as a process of its own. */
export const IDLE_SERVICE = `${CONFIGURATION}/idle.py`;
