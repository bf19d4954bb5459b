"""Installs the locked packages where those of the image have other versions: install.py REQUIREMENTS LOCKED

Runs before a Job's program, so that a run has the same packages on every target. SageMaker installs the locked
packages by itself.
"""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def differing(requirements):
    """Pinned requirements of a file, a line each, that are not installed at their version."""
    return [
        f"{name}=={version}" for name, version in pinned(Path(requirements)) if installed(name) != version
    ]


def pinned(file):
    """Names and versions in a file, those of the files that it includes first."""
    text = file.read_text()
    included = re.findall(r"^-r (\S+)$", text, re.MULTILINE)
    own = re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", text, re.MULTILINE)
    return [pin for name in included for pin in pinned(file.parent / name)] + own


def installed(name):
    """Version of an installed package; `None` if it is not."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def main(requirements, locked):
    others = differing(requirements)
    if not others:
        return 0
    print(f"installing {' '.join(others)}", flush=True)
    install = [sys.executable, "-m", "pip", "install", "--user", "--quiet", "--no-input", "--require-hashes"]
    return subprocess.run([*install, "-r", locked], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
