"""The model in the repository: what it was trained to do, what it says of itself, and how it was made."""

import filecmp

import make_model
import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import PROJECT
from google.protobuf import text_format
from onnx.reference import ReferenceEvaluator
from onnxruntime.transformers.float16 import convert_float_to_float16
from tritonclient.grpc.model_config_pb2 import ModelConfig

FOLDER = PROJECT / "workload" / "models" / "digits"
FILE = FOLDER / "1" / "model.onnx"
TENSORRT = FOLDER.parent / "digits.tensorrt.pbtxt"
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
    config = configuration(FOLDER / "config.pbtxt")
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


def configuration(file):
    """A configuration as Triton reads it: a message of its protocol."""
    return text_format.Parse(file.read_text(), ModelConfig())


def test_tensorrt_has_the_same_model_and_says_no_more_than_how_it_is_computed():
    plain, tensorrt = configuration(FOLDER / "config.pbtxt"), configuration(TENSORRT)
    for field in ["instance_group", "optimization", "model_warmup"]:
        tensorrt.ClearField(field)
        plain.ClearField(field)
    assert tensorrt == plain


def test_tensorrt_has_one_engine_for_all_batches_that_are_allowed():
    config = configuration(TENSORRT)
    (accelerator,) = config.optimization.execution_accelerators.gpu_execution_accelerator
    assert accelerator.name == "tensorrt"
    shapes = {
        end: accelerator.parameters[f"trt_profile_{end}_shapes"].split(":") for end in ["min", "opt", "max"]
    }
    (pixels,) = config.input
    assert {name for name, _ in shapes.values()} == {pixels.name}
    sizes = {end: list(map(int, shape.split("x"))) for end, (_, shape) in shapes.items()}
    assert {tuple(dims) for _, *dims in sizes.values()} == {tuple(pixels.dims)}
    batches = [batch for batch, *_ in sizes.values()]
    assert batches == sorted(batches)
    assert (batches[0], batches[-1]) == (1, config.max_batch_size)
    assert [one.batch_size for one in config.model_warmup] == batches
    for one in config.model_warmup:
        ((name, tensor),) = one.inputs.items()
        assert name == pixels.name
        assert (list(tensor.dims), tensor.data_type) == (list(pixels.dims), pixels.data_type)


def test_half_precision_reads_the_same_digits(session):
    config = configuration(TENSORRT)
    (accelerator,) = config.optimization.execution_accelerators.gpu_execution_accelerator
    assert accelerator.parameters["precision_mode"] == "FP16"
    # Every product and sum with 16 bits, which is less exact than a GPU is: that adds with 32.
    half = ReferenceEvaluator(convert_float_to_float16(onnx.load(FILE), keep_io_types=False))
    _, images, _, expected = make_model.split()
    (found,) = half.run(["probabilities"], {"pixels": images.astype(np.float16)})
    assert found.dtype == np.float16 and np.isfinite(found).all()
    assert np.mean(found.argmax(axis=1) == expected) >= 0.97
    assert np.abs(found - probabilities(session, images)).max() < 0.01


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
