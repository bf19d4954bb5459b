"""The model in the repository: what it was trained to do, what it says of itself, and how it was made."""

import filecmp

import make_model
import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import PROJECT
from google.protobuf import text_format
from tritonclient.grpc.model_config_pb2 import ModelConfig

FOLDER = PROJECT / "workload" / "models" / "digits"
FILE = FOLDER / "1" / "model.onnx"
# Data types of Triton's configuration by those of ONNX Runtime.
TYPES = {"tensor(float)": "TYPE_FP32", "tensor(int64)": "TYPE_INT64"}


@pytest.fixture(scope="module")
def session():
    """The model, loaded."""
    return onnxruntime.InferenceSession(str(FILE), providers=["CPUExecutionProvider"])


def probabilities(session, images):
    """Probabilities of the ten digits for each image."""
    return session.run(["probabilities"], {"pixels": images})[0]


def test_it_reads_digits_that_training_has_not_seen(session):
    _, images, _, expected = make_model.split()
    found = probabilities(session, images)
    assert found.shape == (450, 10)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    accuracy = float(np.mean(found.argmax(axis=1) == expected))
    assert accuracy >= 0.97
    assert f"{accuracy:.4f}" == session.get_modelmeta().custom_metadata_map["accuracy"]


def test_it_has_learnt_and_does_not_repeat_one_digit(session):
    _, images, _, _ = make_model.split()
    found = probabilities(session, images).argmax(axis=1)
    assert sorted(set(found)) == list(range(10))
    noise = np.random.default_rng(0).permutation(images.ravel()).reshape(images.shape)
    assert np.mean(probabilities(session, noise).argmax(axis=1) == found) < 0.3


def test_its_configuration_is_what_the_file_has(session):
    config = text_format.Parse((FOLDER / "config.pbtxt").read_text(), ModelConfig())
    assert (config.name, config.backend) == (FOLDER.name, "onnxruntime")
    for declared, real in [(config.input, session.get_inputs()), (config.output, session.get_outputs())]:
        # The first dimension is the batch, which the configuration leaves out.
        assert [(one.name, list(one.dims)) for one in declared] == [(one.name, one.shape[1:]) for one in real]
        types = [
            ModelConfig.DESCRIPTOR.file.enum_types_by_name["DataType"].values_by_number[one.data_type].name
            for one in declared
        ]
        assert types == [TYPES[one.type] for one in real]
        assert all(not isinstance(one.shape[0], int) for one in real)
    assert config.max_batch_size >= 450


def test_it_is_of_operators_that_tensorrt_has(session):
    model = onnx.load(FILE)
    assert {one.domain for one in model.graph.node} == {""}
    (opset,) = model.opset_import
    assert (opset.domain, opset.version) == ("", make_model.OPSET)


def test_the_folder_has_nothing_that_triton_refuses():
    files = sorted(str(one.relative_to(FOLDER)) for one in FOLDER.rglob("*") if one.is_file())
    assert files == ["1/model.onnx", "config.pbtxt"]
    assert FILE.stat().st_size < 700_000


def test_made_again_it_predicts_the_same(session, tmp_path):
    for folder in ["one", "other"]:
        make_model.main([str(tmp_path / folder)])
    one, other = (tmp_path / folder / "1" / "model.onnx" for folder in ["one", "other"])
    assert filecmp.cmp(one, other, shallow=False)
    again = onnxruntime.InferenceSession(str(one), providers=["CPUExecutionProvider"])
    _, images, _, _ = make_model.split()
    before, after = probabilities(session, images), probabilities(again, images)
    # Another processor adds in another order, and training makes more of the difference.
    assert np.mean(before.argmax(axis=1) == after.argmax(axis=1)) >= 0.99
    assert again.get_inputs()[0].shape[1:] == session.get_inputs()[0].shape[1:]
