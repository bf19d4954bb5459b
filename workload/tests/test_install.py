"""The packages of a run are the locked ones, on whatever image."""

import subprocess
import sys

import install
from conftest import WORKLOAD


def test_what_has_another_version_or_is_missing_differs():
    requirements = (WORKLOAD / "requirements.in").read_text()
    assert install.differing(requirements) == []
    other = requirements.replace("psycopg[binary]==", "psycopg[binary]==99.") + "missing-package==1.0\n"
    assert [one.partition("==")[0] for one in install.differing(other)] == ["psycopg", "missing-package"]


def test_every_direct_requirement_is_locked_with_hashes():
    locked = (WORKLOAD / "requirements.txt").read_text()
    for line in (WORKLOAD / "requirements.in").read_text().splitlines():
        if not line.startswith("#"):
            assert f"\n{line.replace('[binary]', '')} \\\n    --hash=sha256:" in f"\n{locked}"


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
