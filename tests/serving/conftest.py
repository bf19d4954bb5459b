"""Fixtures: the model's folder as the init container copies it from an S3, and Triton as the Deployment starts it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import pytriton
from moto.server import ThreadedMotoServer

PROJECT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(PROJECT / "workload"))
SERVER = Path(pytriton.__file__).parent / "tritonserver"
PACKAGES = SERVER.parent.parent
KEY = "only-in-the-secret"
# Of an account of moto's.
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def free_port():
    """A port that nothing uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def expanded(text, variables):
    """An argument as kubelet passes it on."""
    return re.sub(r"\$\((\w+)\)", lambda name: variables[name[1]], text)


def request(address, body=None, headers=None):
    """Status and content of an answer."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, data, headers or {}), timeout=10
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def first_answer(address, seconds=30):
    """Status of the first answer of a server that is about to open its port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return request(address)[0]
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def bucket_of(declared):
    """Name of the stack's bucket."""
    return next(one["value"] for one in declared["copy"]["env"] if one["name"] == "BUCKET")


@pytest.fixture(scope="session")
def declared():
    """Containers and objects that the program declares."""
    return json.loads(os.environ["DECLARED"])


@pytest.fixture(scope="session")
def s3(declared):
    """Address of an S3 and STS with the objects of the stack."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client("s3", "us-east-1", endpoint_url=address, **KEYS)
    bucket = bucket_of(declared)
    client.create_bucket(Bucket=bucket)
    for key, one in declared["objects"].items():
        body = one["content"].encode() if "content" in one else Path(one["path"]).read_bytes()
        client.put_object(Bucket=bucket, Key=key, Body=body)
    client.put_object(Bucket=bucket, Key="public/models/digits-2/config.pbtxt", Body=b"")
    yield address
    server.stop()


@pytest.fixture(scope="session")
def models(declared, s3, tmp_path_factory):
    """Folder of models after the init container."""
    folder = tmp_path_factory.mktemp("models")
    token = folder.parent / "token"
    token.write_text("a token of the service account")
    variables = {one["name"]: one["value"] for one in declared["copy"]["env"]}
    variables |= {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ENDPOINT_URL": s3}
    assert declared["copy"]["command"] == ["aws"]
    given = declared["copy"]["args"]
    assert given[-1] == "/models/digits/"
    arguments = [*(expanded(one, variables) for one in given[:-1]), f"{folder}/digits/"]
    # Not the script `aws`, which names the folder in which its packages were installed first.
    command = [sys.executable, "-m", "awscli", *arguments]
    subprocess.run(command, env={**variables, "PATH": os.environ["PATH"]}, check=True, timeout=60)
    return folder


@pytest.fixture(scope="session")
def backends(tmp_path_factory):
    """Folder of Triton's backends: the one for Python, and with it one in place of that for ONNX Runtime."""
    folder = tmp_path_factory.mktemp("backends")
    minor = ".".join(map(str, sys.version_info[:2]))
    # Copies, because Triton refuses links that lead out of the folder.
    shutil.copytree(SERVER / "backends" / "python", folder / "python")
    shutil.copytree(SERVER / "python_backend_stubs" / minor, folder / "python", dirs_exist_ok=True)
    shutil.copytree(Path(__file__).parent / "backends" / "onnxruntime", folder / "onnxruntime")
    return folder


class Triton:
    """A server: `address` for clients, `metrics` for Prometheus, `status` of its exit, None while it runs."""

    def __init__(self, arguments, environment, port, log):
        self.address, self.log = f"127.0.0.1:{port}", log
        self.metrics, self.sagemaker = free_port(), free_port()
        program = str(SERVER / "bin" / "tritonserver")
        own = [f"--metrics-port={self.metrics}", f"--sagemaker-port={self.sagemaker}"]
        # It would wait half a minute for clients that keep their connection.
        own.append("--exit-timeout-secs=1")
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [program, *arguments, *own], env=environment, stdout=file, stderr=subprocess.STDOUT
            )
        self.status = self.wait()

    def wait(self, seconds=60):
        """Waits until the server is ready or has exited; returns its exit status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://{self.address}/v2/health/ready", timeout=2):
                    return None
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        if self.process.poll() is None:
            self.stop()
            raise TimeoutError(self.log.read_text())
        return self.process.returncode

    def stop(self):
        """Ends the server."""
        self.process.terminate()
        self.process.wait(40)

    def crashed(self):
        """True after a defect of the backend for Python, which the backend of NVIDIA's image does not need.

        https://github.com/triton-inference-server/server/issues/8882
        """
        return self.status == -signal.SIGABRT and "lock_exception" in self.log.read_text()


@pytest.fixture(scope="session")
def triton(declared, backends, tmp_path_factory):
    """Starts a server with the arguments of the Deployment, for a folder of models."""

    @contextmanager
    def start(models, *more, **environment):
        port = free_port()
        program, *arguments = [expanded(one, {"ADMIN_KEY": KEY}) for one in declared["server"]["args"]]
        assert program == "tritonserver"
        given = {
            "--model-repository=/models": f"--model-repository={models}",
            "--http-port=8000": f"--http-port={port}",
        }
        assert set(given) < set(arguments)
        arguments = [given.get(one, one) for one in arguments]
        environment |= {
            "TEST_SITE_PACKAGES": str(PACKAGES),
            "LD_LIBRARY_PATH": str(PACKAGES / "nvidia_pytriton.libs"),
            "PATH": os.environ["PATH"],
        }
        log = tmp_path_factory.mktemp("triton") / "log"
        arguments += [f"--backend-directory={backends}", *more]
        for _ in range(3):
            server = Triton(arguments, environment, port, log)
            if not server.crashed():
                break
        try:
            yield server
        finally:
            server.stop()

    return start


@pytest.fixture(scope="session")
def server(triton, models):
    """The server of the platform, ready."""
    with triton(models) as one:
        assert one.status is None, one.log.read_text()
        yield one


@pytest.fixture
def endpoint(declared):
    """Variables of the container of an endpoint, and the one that the script of SageMaker's image adds."""
    return {**declared["environment"], "SAGEMAKER_TRITON_PING_MODE": "ready"}
