"""A PostgreSQL with TLS on this machine, as RDS has it, for tests in Python."""

import contextlib
import os
import pwd
import random
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

MASTER_PASSWORD = "of the master"


def free_port():
    """A port that nothing listens on, and that the system gives to no outgoing connection meanwhile."""
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port from 20000 to 31999")


def postgres_programs():
    """Folder of the programs of a PostgreSQL as new as RDS's; `None` if there is none."""
    if "POSTGRES_BIN" in os.environ:
        return Path(os.environ["POSTGRES_BIN"])
    folders = {int(one.parent.name): one for one in Path("/usr/lib/postgresql").glob("*/bin")}
    return next((folders[version] for version in sorted(folders, reverse=True) if version >= 16), None)


def link(source, target):
    """A second name for a file, or a copy where the target is on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


class Postgres:
    """PostgreSQL as on RDS: TLS only, and a master user who is no superuser."""

    def __init__(self, folder, driver):
        self.driver = driver
        bin_folder = postgres_programs()
        if bin_folder is None:
            pytest.skip("no PostgreSQL 16 or newer on this machine")
        self.folder, self.port = folder, free_port()
        if os.getuid() == 0 and not bin_folder.is_relative_to("/usr"):
            # PostgreSQL runs as nobody, who cannot read root's folders.
            programs = bin_folder.parent
            bin_folder = (
                shutil.copytree(programs, folder / "programs", symlinks=True, copy_function=link) / "bin"
            )
        self.user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self._certificates()
        self.program = lambda name: str(bin_folder / name)
        data = folder / "data"
        # Small, since the system writes each file of a log at its whole size.
        self._run("initdb", "-D", data, "-U", "rdsadmin", "-A", "trust", "--no-sync", "--wal-segsize=1")
        hba = "hostssl all rdsadmin 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
        (data / "pg_hba.conf").write_text(hba)
        self.start()
        with contextlib.closing(self.connect("postgres", "rdsadmin", "")) as session:
            session.autocommit = True
            for statement in (
                "CREATE ROLE rds_superuser NOLOGIN IN ROLE pg_monitor, pg_signal_backend",
                "CREATE ROLE rds_iam NOLOGIN",
                (
                    "CREATE ROLE platform LOGIN CREATEROLE CREATEDB IN ROLE rds_superuser"
                    f" PASSWORD '{MASTER_PASSWORD}'"
                ),
                "GRANT rds_iam TO platform WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
                "CREATE DATABASE mlplatform OWNER platform",
            ):
                session.cursor().execute(statement)

    def _certificates(self):
        def openssl(*args):
            subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True)

        # Elliptic curves: a key takes milliseconds, one of RSA a fifth of a second.
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        new = ["req", "-x509", *curve, "-nodes", "-days", "2"]
        openssl(*new, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca")
        openssl(*new, "-keyout", "other.key", "-out", "other.crt", "-subj", "/CN=other")
        names = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"]
        signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-keyout", "server.key", "-out", "server.crt"]
        openssl(*new, *signed, "-subj", "/CN=server", *names)
        self.roots, self.others = str(self.folder / "ca.crt"), str(self.folder / "other.crt")
        (self.folder / "server.key").chmod(0o600)
        if self.user:
            for one in [self.folder, *self.folder.iterdir()]:
                os.chown(one, self.user.pw_uid, self.user.pw_gid)

    def _run(self, name, *args):
        as_nobody = {"user": self.user.pw_uid, "group": self.user.pw_gid} if self.user else {}
        command = [self.program(name), *map(str, args)]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **as_nobody)

    def start(self):
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "ssl": "on",
            "ssl_cert_file": self.folder / "server.crt",
            "ssl_key_file": self.folder / "server.key",
            "log_statement": "ddl",
        }
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in settings.items())
        log = self.folder / "log"
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-l", log, "-o", options, "start")

    def stop(self):
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def connect(self, database, user="platform", password=MASTER_PASSWORD, roots=None):
        session = self.driver(
            host="localhost", port=self.port, dbname=database, user=user, password=password,
            sslmode="verify-full", sslrootcert=roots or self.roots,
        )  # fmt: skip
        session.autocommit = True
        return session


def served(tmp_path_factory, driver):
    """A server for a fixture; `driver` is the function of psycopg or psycopg2 that opens a session."""
    folder = tmp_path_factory.mktemp("postgres")
    # PostgreSQL does not run as root, but must be able to open the folder.
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(0o755)
    server = Postgres(folder, driver)
    yield server
    server.stop()
