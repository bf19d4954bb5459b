"""Triton's real server with the model's folder, started as the Deployment starts it."""

import json
import os
import shutil

import boto3
import make_model
import numpy as np
import pytest
from conftest import KEY, KEYS, PROJECT, bucket_of, first_answer, request
from tritonclient import http
from tritonclient.utils import InferenceServerException


@pytest.fixture(scope="module")
def unseen():
    """Images that training has not seen, and their digits."""
    _, images, _, expected = make_model.split()
    return images, expected


def predict(client, images):
    """The most probable digit of each image, by tritonclient."""
    pixels = http.InferInput("pixels", list(images.shape), "FP32")
    pixels.set_data_from_numpy(images)
    answer = client.infer("digits", [pixels], outputs=[http.InferRequestedOutput("probabilities")])
    return answer.as_numpy("probabilities").argmax(axis=1)


def infer(images):
    """Body of a request in the v2 protocol."""
    data = images.ravel().tolist()
    return {"inputs": [{"name": "pixels", "datatype": "FP32", "shape": list(images.shape), "data": data}]}


def digits(content):
    """Digits in the content of an answer in the v2 protocol."""
    (output,) = json.loads(content)["outputs"]
    assert (output["name"], output["datatype"], output["shape"][1:]) == ("probabilities", "FP32", [10])
    return np.reshape(output["data"], output["shape"]).argmax(axis=1)


def test_the_copy_is_the_folder_and_no_other(models):
    files = sorted(str(one.relative_to(models)) for one in models.rglob("*") if one.is_file())
    assert files == ["digits/1/model.onnx", "digits/config.pbtxt"]
    for file in files:
        assert (models / file).read_bytes() == (PROJECT / "workload" / "models" / file).read_bytes()


def test_it_serves_the_right_digits(server, unseen):
    images, expected = unseen
    client = http.InferenceServerClient(server.address)
    assert client.is_server_live() and client.is_model_ready("digits")
    assert np.mean(predict(client, images) == expected) >= 0.97
    metadata = client.get_model_metadata("digits")
    assert metadata["inputs"] == [{"name": "pixels", "datatype": "FP32", "shape": [-1, 64]}]
    assert metadata["outputs"] == [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 10]}]


def test_it_answers_plain_json(server, unseen):
    images, expected = unseen
    status, content = request(f"http://{server.address}/v2/models/digits/infer", infer(images[:20]))
    assert status == 200
    assert np.mean(digits(content) == expected[:20]) >= 0.95


def test_it_refuses_what_is_no_image(server, unseen):
    address = f"http://{server.address}/v2/models/digits/infer"
    status, content = request(address, infer(unseen[0][:2, :32]))
    assert status == 400 and b"pixels" in content
    assert request(address.replace("digits", "others"), infer(unseen[0][:1]))[0] == 404


def test_the_notebook_calls_it(server, s3, declared, monkeypatch, capsys, tmp_path):
    source = cells_after("## Predict").replace("seconds=5", "seconds=1")
    monkeypatch.setenv("SERVING_URL", f"http://{server.address}")
    monkeypatch.setenv("BUCKET", bucket_of(declared))
    monkeypatch.chdir(tmp_path)
    _, images, _, expected = make_model.split()
    client = boto3.client("s3", "us-east-1", endpoint_url=s3, **KEYS)
    names = {"images": images.astype(float), "digits": expected, "os": os, "s3": client}
    exec(source, names)  # noqa: S102
    said = capsys.readouterr().out
    assert "of 100 digits served are right" in said
    assert int(said.split(" of ")[0]) >= 97
    assert "'p95': " in said


@pytest.mark.parametrize(
    ("hub", "setting", "then"),
    [("ada", "serving.triton", "start it again"), (None, "serving.endpoint", "fetch this notebook again")],
)
def test_the_notebook_says_how_to_turn_it_on(monkeypatch, capsys, hub, setting, then):
    monkeypatch.delenv("SERVING_URL", raising=False)
    # As the notebook has it on a stack without an endpoint.
    monkeypatch.setenv("SERVING_ENDPOINT", "")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    if hub is not None:
        monkeypatch.setenv("JUPYTERHUB_USER", hub)
    _, images, _, expected = make_model.split()
    exec(cells_after("## Predict"), {"images": images, "digits": expected, "os": os})  # noqa: S102
    said = capsys.readouterr().out
    assert f"pulumi config set {setting} true" in said and then in said


def cells_after(heading):
    """Code of the cells below a heading of the notebook."""
    cells = json.loads((PROJECT / "workload" / "welcome.ipynb").read_text())["cells"]
    texts = [(one["cell_type"], "".join(one["source"])) for one in cells]
    (begin,) = (index for index, (_, text) in enumerate(texts) if text.startswith(heading))
    assert texts[begin + 1][0] == "code"
    return texts[begin + 1][1]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("repository/index", {}),
        ("repository/models/digits/load", {}),
        ("repository/models/digits/unload", {}),
        ("systemsharedmemory/region/mine/register", {"key": "/mine", "offset": 0, "byte_size": 8}),
        ("systemsharedmemory/status", None),
        ("trace/setting", {"trace_level": ["TIMESTAMPS"]}),
        ("logging", {"log_verbose_level": 1}),
    ],
)
def test_it_refuses_control_without_the_key(server, path, body):
    address = f"http://{server.address}/v2/{path}"
    for headers in [{}, {"admin-key": "guessed"}, {"admin-key": ""}]:
        status, content = request(address, body, headers)
        assert status == 403, content
        assert b"restricted" in content
    assert http.InferenceServerClient(server.address).is_model_ready("digits")


def test_the_key_is_what_opens_it(server):
    client = http.InferenceServerClient(server.address)
    with pytest.raises(InferenceServerException, match="restricted"):
        client.unload_model("digits")
    key = {"admin-key": KEY}
    assert client.get_model_repository_index(headers=key) == [
        {"name": "digits", "version": "1", "state": "READY"}
    ]
    client.unload_model("digits", headers=key)
    assert not client.is_model_ready("digits")
    client.load_model("digits", headers=key)
    assert client.is_model_ready("digits")


def test_it_counts_requests_where_only_its_pod_is_asked(server):
    status, content = request(f"http://127.0.0.1:{server.metrics}/metrics")
    assert status == 200
    assert b'nv_inference_request_success{model="digits",version="1"}' in content
    assert request(f"http://{server.address}/metrics")[0] != 200


def test_it_speaks_no_grpc(server):
    assert "Started HTTPService" in server.log.read_text()
    assert "GRPCInferenceService" not in server.log.read_text()


def without_version(folder):
    """No folder `1/`."""
    shutil.rmtree(folder / "1")


def other_name(folder):
    """Another model."""
    folder.rename(folder.parent / "others")


def no_model(folder):
    """A file that is no model."""
    (folder / "1" / "model.onnx").write_bytes(b"no model")


@pytest.mark.parametrize("spoil", [without_version, other_name, no_model])
def test_it_ends_with_a_folder_that_it_cannot_serve(triton, models, tmp_path, spoil):
    shutil.copytree(models / "digits", tmp_path / "models" / "digits")
    spoil(tmp_path / "models" / "digits")
    with triton(tmp_path / "models") as broken:
        assert broken.status == 1
        assert "digits" in broken.log.read_text()


@pytest.fixture
def tensorrt(models, tmp_path):
    """Folder of models as a stack with a GPU uploads it."""
    shutil.copytree(models / "digits", tmp_path / "models" / "digits")
    shutil.copy(
        PROJECT / "workload" / "models" / "digits.tensorrt.pbtxt",
        tmp_path / "models" / "digits" / "config.pbtxt",
    )
    return tmp_path / "models"


def test_it_ends_where_tensorrt_is_asked_for_and_no_gpu_is_there(triton, tensorrt):
    with triton(tensorrt) as one:
        assert one.status == 1
        assert "no GPUs are available" in one.log.read_text()


def test_it_takes_the_rest_of_the_configuration_for_tensorrt(triton, tensorrt, unseen):
    images, expected = unseen
    file = tensorrt / "digits" / "config.pbtxt"
    file.write_text(file.read_text().replace("KIND_GPU", "KIND_CPU"))
    with triton(tensorrt, "--log-verbose=1") as one:
        assert one.status is None, one.log.read_text()
        said = one.log.read_text()
        for batch in ["one image", "some images", "a full batch"]:
            assert f"'{batch}'" in said
        client = http.InferenceServerClient(one.address)
        assert np.mean(predict(client, images) == expected) >= 0.97
        assert client.get_model_config("digits")["optimization"]["execution_accelerators"]


def test_the_same_folder_answers_as_sagemaker_asks(triton, models, unseen, endpoint):
    images, expected = unseen
    with triton(models, "--allow-sagemaker=true", **endpoint) as one:
        assert one.status is None, one.log.read_text()
        address = f"http://127.0.0.1:{one.sagemaker}"
        # Triton opens this port after the other one.
        assert first_answer(f"{address}/ping") == 200
        status, content = request(
            f"{address}/invocations", infer(images[:20]), {"Content-Type": "application/json"}
        )
        assert status == 200, content
        assert np.mean(digits(content) == expected[:20]) >= 0.95
