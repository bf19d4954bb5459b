"""Fetches the certificates of RDS's authorities; without them no login verifies the database.

AWS publishes them for each region, and changes them; no image has them. In a server the program also
installs the packages that the image lacks: fetch_roots.py URL FILE [MODULE=REQUIREMENT…]
"""

import importlib.util
import os
import subprocess
import sys
import time
import urllib.request

ATTEMPTS, PAUSE_SECONDS = 5, 3
MARK = b"-----BEGIN CERTIFICATE-----"


def fetch(url, file):
    """Writes the content of `url` to a file in one step, so nobody reads half of it."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        if url.startswith("https:") and not answer.url.startswith("https:"):
            raise OSError(f"redirected to {answer.url}, without TLS")
        content = answer.read()
    if MARK not in content:
        raise OSError(f"{url} has no certificates")
    part = f"{file}.part"
    with open(part, "wb") as target:
        target.write(content)
    os.rename(part, file)


def missing(packages):
    """Requirements of the modules that cannot be imported."""
    pairs = [package.partition("=")[::2] for package in packages]
    return [requirement for module, requirement in pairs if importlib.util.find_spec(module) is None]


def main(url, file, *packages):
    """Fails without the certificates where it gets no packages, as in the hub.

    A server starts without certificates or packages; both failures are in the log.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            fetch(url, file)
            break
        except OSError as error:
            print(f"attempt {attempt} of {ATTEMPTS}: {url}: {error}", file=sys.stderr, flush=True)
            if attempt == ATTEMPTS and not packages:
                return 1
            if attempt < ATTEMPTS:
                time.sleep(PAUSE_SECONDS)
    wanted = missing(packages)
    if wanted:
        install = [sys.executable, "-m", "pip", "install", "--user", "--quiet", "--no-input", *wanted]
        if subprocess.run(install, check=False).returncode != 0:
            print(f"not installed: {' '.join(wanted)}", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
