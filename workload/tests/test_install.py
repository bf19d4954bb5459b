"""The packages of a run are the locked ones, on whatever image."""

import json
import re
import subprocess
import sys

import install
import pytest
from conftest import WORKLOAD


def test_what_has_another_version_or_is_missing_differs(tmp_path):
    assert install.differing(WORKLOAD / "requirements.in") == []
    requirements = (WORKLOAD / "requirements.in").read_text()
    other = tmp_path / "requirements.in"
    other.write_text(requirements.replace("psycopg[binary]==", "psycopg[binary]==99."))
    including = tmp_path / "other.in"
    including.write_text("# More.\n-r requirements.in\nmissing-package==1.0\n")
    found = install.differing(including)
    assert [one.partition("==")[0] for one in found] == ["psycopg", "missing-package"]


@pytest.mark.parametrize("name", ["requirements", "tuning"])
def test_every_direct_requirement_is_locked_with_hashes(name):
    locked = (WORKLOAD / f"{name}.txt").read_text()
    pins = install.pinned(WORKLOAD / f"{name}.in")
    assert len(pins) >= 3
    for package, version in pins:
        assert f"\n{package}=={version} \\\n    --hash=sha256:" in f"\n{locked}"


def test_tuning_has_the_packages_of_training():
    locks = [(WORKLOAD / f"{name}.txt").read_text().splitlines() for name in ("requirements", "tuning")]
    train, tuning = ({line for line in lock if "==" in line} for lock in locks)
    # Of a package that tuning needs on every Python, the lock says so.
    assert {one.split(" ;")[0].rstrip(" \\") for one in train} <= {
        one.split(" ;")[0].rstrip(" \\") for one in tuning
    }


def run(*files):
    return subprocess.run(
        [sys.executable, str(WORKLOAD / "install.py"), *map(str, files)],
        check=False,
        capture_output=True,
        text=True,
    )


def test_nothing_is_installed_where_nothing_differs(tmp_path):
    done = run(WORKLOAD / "requirements.in", tmp_path / "absent.txt")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_failed_installation_is_an_error(tmp_path):
    (tmp_path / "some.in").write_text("missing-package==1.0\n")
    (tmp_path / "some.txt").write_text("./nowhere.whl --hash=sha256:" + "0" * 64 + "\n")
    done = run(tmp_path / "some.in", tmp_path / "some.txt")
    assert done.returncode != 0
    assert "installing missing-package==1.0" in done.stdout


def test_the_notebook_installs_the_locked_versions():
    cells = json.loads((WORKLOAD / "welcome.ipynb").read_text())["cells"]
    text = "".join("".join(one["source"]) for one in cells)
    named = re.findall(r"'([\w.-]+)(?:\[\w+\])?==(\S+)'", text)
    assert [name for name, _ in named] == ["psycopg", "optuna"]
    assert set(named) <= set(install.pinned(WORKLOAD / "tuning.in"))
