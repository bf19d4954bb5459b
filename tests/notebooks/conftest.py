"""Fixtures of the tests: the hub's files, a PostgreSQL with TLS, and a hub with the program's values."""

import contextlib
import json
import os
import secrets
import signal
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
sys.path[:0] = [str(HUB_FILES), str(HERE), str(PROJECT / "tests" / "support")]
sys.dont_write_bytecode = True

import cluster as clusters
import local_postgres
import login_pages
from browser import Browser, get_in

# Everybody in the user pool, with their groups; two of them are people of the stack.
POOL = {"ada": ["ml-admins"], "grace": ["ml-users"], "carol": [], "dave": ["ml-users"]}


def ended(process):
    """Stops a process and waits for its end."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    yield from local_postgres.served(tmp_path_factory, psycopg2.connect)


class Hub:
    """Hub with the program's values, its proxy and the login pages."""

    def __init__(self, folder, postgres):
        self.folder, self.postgres, self.processes = folder, postgres, {}
        self.ports = {
            name: local_postgres.free_port() for name in ("hub", "proxy", "api", "login", "cluster")
        }
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
