import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LOCK = join(__dirname, "..", "..", "workload", "tuning.txt");
const PIP = "26.2";

/** Platforms of the wheels that the laboratory's image takes, which has Python 3.11. */
const PLATFORMS = ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64"];

/**
 * The packages of tuning for pods of the laboratory, which reach no package index: in a folder that its web server
 * has, with pip, which its image lacks.
 */
export class Wheels {
  constructor(
    private readonly folder: string,
    private readonly url: string,
  ) {}

  /** Downloads the wheels, once for each lock. */
  download(): void {
    const lock = readFileSync(LOCK);
    const mark = join(this.folder, createHash("sha256").update(lock).digest("hex"));
    if (existsSync(mark)) return;
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    const platforms = PLATFORMS.flatMap((platform) => ["--platform", platform]);
    const of = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.11", ...platforms];
    for (const what of [["--require-hashes", "-r", LOCK], [`pip==${PIP}`]]) {
      const args = ["-m", "pip", "download", "--quiet", ...of, "--dest", this.folder, ...what];
      const { status, stderr } = spawnSync("python3", args, { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
    }
    writeFileSync(mark, "");
  }

  /** Replacer for JSON: lets a container that runs `install.py` use this pip and these wheels. */
  installing(): (key: string, value: unknown) => unknown {
    const wheels = readdirSync(this.folder).filter((name) => name.endsWith(".whl"));
    // Into the pod: of this web server pip accepts neither lists nor wheels.
    const get = `import sys, urllib.request as r
for one in sys.argv[1:]: r.urlretrieve("${this.url}/" + one, "/tmp/" + one)`;
    const variables = {
      PYTHONPATH: `/tmp/pip-${PIP}-py3-none-any.whl`,
      PIP_NO_INDEX: "1",
      PIP_FIND_LINKS: "/tmp",
    };
    const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return (key, value) => {
      const command = key === "command" ? (value as string[]) : [];
      return command.some((word) => word.endsWith("/install.py"))
        ? [
            "sh",
            "-c",
            `python3 -c '${get}' ${wheels.join(" ")} && exec env "$@"`,
            "sh",
            ...set,
            ...command,
          ]
        : value;
    };
  }
}
