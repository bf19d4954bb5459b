"""The program that asks for predictions, with Triton's real server."""

import json
import os
from urllib.parse import urlsplit

import boto3
import numpy as np
import predict
import pytest
import train
from botocore.httpsession import URLLib3Session
from conftest import PROJECT, first_answer

BUCKET, REGION = "data-0a1b2c3d", "eu-west-3"


@pytest.fixture
def data(s3, monkeypatch):
    """The bucket of a person's job, with the data set; its environment but for the server."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    values = {"PERSON": "ada", "AWS_REGION": REGION, "BUCKET": BUCKET}
    values |= {"DATABASE_HOST": "localhost", "DATABASE_PORT": "5432", "DATABASE_NAME": "mlplatform"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", REGION)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    client.upload_file(str(PROJECT / "workload" / "digits.csv.gz"), BUCKET, train.DATA_KEY)
    yield client
    for one in client.list_objects_v2(Bucket=BUCKET)["Contents"]:
        client.delete_object(Bucket=BUCKET, Key=one["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.mark.parametrize("images", [1, 32])
def test_it_measures_the_server_and_keeps_the_result(server, data, monkeypatch, capsys, images):
    monkeypatch.setenv("SERVING_URL", f"http://{server.address}")
    monkeypatch.setattr(predict, "WARM_UP", 0.2)
    options = ["--clients", "2", "--seconds", "2", "--images", str(images)]
    assert predict.main(["--run", "r1", *options]) == 0
    key = "users/ada/workload/r1/predictions.json"
    result = json.loads(data.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert result["run"] == "r1"
    assert result["load"] == {"clients": 2, "seconds": 2, "images": images}
    assert result["predictions"] == result["requests"] * images > 0
    assert 2 <= result["seconds"] < 20
    latency = result["latency"]
    assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"] <= result["seconds"]
    # Two clients cannot have waited longer than the time that there was.
    assert latency["p50"] * result["requests"] / 2 < result["seconds"] * 2
    assert result["accuracy"] > 0.95
    said = capsys.readouterr().out.splitlines()
    assert any(line.startswith("asking: ") for line in said)
    assert said[-1] == f"p95={latency['p95']}"


def test_it_says_where_nothing_is_served(data, monkeypatch):
    monkeypatch.delenv("SERVING_URL", raising=False)
    monkeypatch.delenv("SERVING_ENDPOINT", raising=False)
    with pytest.raises(SystemExit, match="SERVING_ENDPOINT"):
        predict.main(["--run", "r1"])


def test_the_first_refused_request_ends_it(server):
    here = predict.Triton(f"http://{server.address}")
    image = predict.body_of(np.zeros((1, 64)))
    bodies = [image, image.replace(b"FP32", b"FP64")]
    with pytest.raises(OSError, match="the server answers 400: .*pixels"):
        predict.ask_for([here], bodies, 30)


def test_an_endpoint_gets_the_same_request(triton, models, endpoint, monkeypatch):
    with triton(models, "--allow-sagemaker=true", **endpoint) as one:
        assert one.status is None, one.log.read_text()
        # Triton opens this port after the other one.
        assert first_answer(f"http://127.0.0.1:{one.sagemaker}/ping") == 200
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        here = predict.server({"SERVING_ENDPOINT": "digits-0a1b2c3d", "AWS_REGION": REGION})
        sent = []
        # What SageMaker does between its API and the container.
        here.client.meta.events.register(
            "before-send.sagemaker-runtime.InvokeEndpoint", lambda request, **_: forward(request, sent, one)
        )
        images = np.loadtxt(PROJECT / "workload" / "digits.csv.gz", delimiter=",")[:20]
        found = predict.predict(here, images[:, :-1])
        assert np.mean(found == images[:, -1]) >= 0.9
        assert sent == ["/endpoints/digits-0a1b2c3d/invocations"]


def forward(request, sent, server):
    """Sends a request of the API to the container, and gives the client its answer."""
    sent.append(urlsplit(request.url).path)
    assert request.headers["Authorization"].startswith(b"AWS4-HMAC-SHA256")
    request.url = f"http://127.0.0.1:{server.sagemaker}/invocations"
    return URLLib3Session().send(request)


def test_without_a_server_there_is_no_connection():
    assert predict.server({}) is None
    # As `welcome.ipynb` sets it on a stack without an endpoint.
    assert predict.server({"SERVING_ENDPOINT": ""}) is None
    assert os.environ.get("SERVING_URL") is None
