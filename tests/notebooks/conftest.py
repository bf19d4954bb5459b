"""Fixtures of the tests: the hub's files, a PostgreSQL with TLS, and a hub with the program's values."""

import contextlib
import json
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import requests

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
HUB_FILES = PROJECT / "components" / "ml" / "notebooks" / "hub"
sys.path[:0] = [str(HUB_FILES), str(HERE)]
sys.dont_write_bytecode = True

import cluster as clusters
import login_pages
from browser import Browser, get_in

MASTER_PASSWORD = "of the master"
# Everybody in the user pool, with their groups; two of them are people of the stack.
POOL = {"ada": ["ml-admins"], "grace": ["ml-users"], "carol": [], "dave": ["ml-users"]}


def free_port():
    """A port that nothing listens on, and that the system gives to no outgoing connection meanwhile."""
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port from 20000 to 31999")


def ended(process):
    """Stops a process and waits for its end."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def postgres_programs():
    """Folder of the programs of a PostgreSQL as new as RDS's; `None` if there is none."""
    if "POSTGRES_BIN" in os.environ:
        return Path(os.environ["POSTGRES_BIN"])
    folders = {int(one.parent.name): one for one in Path("/usr/lib/postgresql").glob("*/bin")}
    return next((folders[version] for version in sorted(folders, reverse=True) if version >= 16), None)


class Postgres:
    """PostgreSQL as on RDS: TLS only, and a master user who is no superuser."""

    def __init__(self, folder):
        bin_folder = postgres_programs()
        if bin_folder is None:
            pytest.skip("no PostgreSQL 16 or newer on this machine")
        self.folder, self.port = folder, free_port()
        if os.getuid() == 0 and not bin_folder.is_relative_to("/usr"):
            # PostgreSQL runs as nobody, who cannot read root's folders.
            bin_folder = shutil.copytree(bin_folder.parent, folder / "programs", symlinks=True) / "bin"
        self.user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self._certificates()
        self.program = lambda name: str(bin_folder / name)
        data = folder / "data"
        self._run("initdb", "-D", data, "-U", "rdsadmin", "-A", "trust", "--no-sync")
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

        new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
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
        session = psycopg2.connect(
            host="localhost", port=self.port, dbname=database, user=user, password=password,
            sslmode="verify-full", sslrootcert=roots or self.roots,
        )  # fmt: skip
        session.autocommit = True
        return session


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    folder = tmp_path_factory.mktemp("postgres")
    # PostgreSQL does not run as root, but must be able to open the folder.
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(0o755)
    server = Postgres(folder)
    yield server
    server.stop()


class Hub:
    """Hub with the program's values, its proxy and the login pages."""

    def __init__(self, folder, postgres):
        self.folder, self.postgres, self.processes = folder, postgres, {}
        self.ports = {name: free_port() for name in ("hub", "proxy", "api", "login", "cluster")}
        self.url = f"http://127.0.0.1:{self.ports['proxy']}"
        self.login = f"http://127.0.0.1:{self.ports['login']}"
        self.client = {"id": "notebooks-client-id", "secret": "the-clients-secret"}
        self.pool = dict(POOL)
        callback = f"{self.url}/hub/oauth_callback"
        self.closing = [login_pages.serve(self.ports["login"], self.client, callback, self.pool)]
        self.cluster = clusters.Cluster(folder, self.local)
        self.cluster.allowed |= {"user-ada", "user-grace"}
        self.closing += [clusters.serve(self.cluster, self.ports["cluster"]), self.cluster.close]
        self._kubeconfig()

    def local(self, text):
        """Replaces the cluster's names and paths with those of this machine."""
        for name, here in {
            "http://hub.jupyterhub:8081": f"http://127.0.0.1:{self.ports['hub']}",
            "localhost:8081": f"127.0.0.1:{self.ports['hub']}",
            "https://ml-platform-0a1b2c3d.auth.eu-west-3.amazoncognito.com": self.login,
            "/usr/local/etc/jupyterhub": str(self.folder),
            "/etc/rds/roots.pem": self.postgres.roots,
        }.items():
            text = text.replace(name, here)
        return text

    def configure(self, **given):
        """Renders the program's resources and writes their files as the chart does."""
        database = {"host": "localhost", "port": self.postgres.port, "name": "mlplatform", "rootsUrl": "-"}
        given = {"url": self.url, "database": database, "homeGib": 1, **given}
        command = ["node", "--require", "./scripts/typescript.cjs", "tests/notebooks/render.ts"]
        output = subprocess.run(
            [*command, json.dumps(given)], cwd=PROJECT, check=True, capture_output=True, text=True
        ).stdout
        declared = {one["type"].split(":")[-1]: one["inputs"] for one in json.loads(output)}
        secret, values = declared["Secret"]["stringData"], declared["Release"]["values"]
        (self.folder / "secret").mkdir(exist_ok=True)
        for name, text in secret.items():
            (self.folder / "secret" / name).write_text(text)
        self.password = secret["hub.db.password"]
        (self.folder / "values.json").write_text(self.local(json.dumps(values)))
        for name, file in values["hub"]["extraFiles"].items():
            (self.folder / name).write_text(file["stringData"])

    def start(self):
        token = secrets.token_hex(32)
        proxy = os.environ.get("CONFIGURABLE_HTTP_PROXY", "configurable-http-proxy")
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "CONFIGPROXY_AUTH_TOKEN": self.__dict__.setdefault("token", token),
            "CHART": str(self.folder),
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "HUB_BIND_URL": f"http://127.0.0.1:{self.ports['hub']}",
            "HUB_CONNECT_URL": f"http://127.0.0.1:{self.ports['hub']}",
            "PROXY_API_URL": f"http://127.0.0.1:{self.ports['api']}",
        }
        if "proxy" not in self.processes:
            ports = ["--port", self.ports["proxy"], "--api-port", self.ports["api"], "--ip", "127.0.0.1"]
            self._process("proxy", ["node", proxy, *map(str, ports)], environment)
        config = str(HERE / "chart" / "jupyterhub_config.py")
        self._process("hub", [sys.executable, "-m", "jupyterhub", "--config", config], environment)
        self._wait()

    def restart(self):
        ended(self.processes.pop("hub"))
        self.start()

    def browser(self, person):
        return Browser(self.url, self.login, person)

    def log(self):
        return (self.folder / "hub.log").read_text()

    def close(self):
        for process in self.processes.values():
            ended(process)
        for close in reversed(self.closing):
            close()

    def _process(self, name, command, environment):
        log = (self.folder / f"{name}.log").open("a")
        self.processes[name] = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )

    def _wait(self):
        for _ in range(120):
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/hub/health", timeout=2).ok:
                    return
            if self.processes["hub"].poll() is not None:
                break
            time.sleep(0.5)
        raise AssertionError(f"the hub does not start:\n{self.log()[-3000:]}")

    def _kubeconfig(self):
        server = {"server": f"http://127.0.0.1:{self.ports['cluster']}"}
        kubeconfig = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": server}],
            "users": [{"name": "test", "user": {}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "current-context": "test",
        }
        (self.folder / "kubeconfig").write_text(json.dumps(kubeconfig))


@pytest.fixture(scope="session")
def hub(tmp_path_factory, postgres):
    import setup_database

    one = Hub(tmp_path_factory.mktemp("hub"), postgres)
    try:
        one.configure(idleMinutes=30)
        setup_database.set_up(postgres.connect, "mlplatform", ["ada", "grace"], one.password)
        one.start()
        yield one
    finally:
        one.close()


@pytest.fixture
def ada(hub):
    browser = get_in(hub.browser("ada"))
    if not browser.running():
        event = browser.start()
        assert event.get("ready"), event["message"] + hub.log()[-3000:]
    return browser
