"""Makes the model that is served: a neural network that reads handwritten digits, as a folder for Triton.

    python workload/make_model.py workload/models/digits

The result is in the repository, so that what is served is what was tested; no deployment runs this. It needs the
packages of `tests/serving/requirements.in`, and takes some seconds.

The network is of matrix products, and ONNX's own operators alone compute it: TensorRT takes all of it.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DATA = Path(__file__).parent / "digits.csv.gz"
PIXELS = 64
# Version of ONNX's operators; the ONNX Runtime of Triton 26.05 (1.24) reads versions up to 24.
OPSET = 18


def split(seed=0):
    """Images and digits: three quarters to train with, and a quarter that training does not see."""
    rows = np.loadtxt(DATA, delimiter=",")
    images, digits = rows[:, :PIXELS].astype(np.float32), rows[:, PIXELS].astype(int)
    return train_test_split(images, digits, test_size=0.25, random_state=seed, stratify=digits)


def make(seed=0):
    """The model in ONNX: `pixels` in, `probabilities` of the ten digits out; its metadata has its accuracy."""
    training, testing, answers, expected = split(seed)
    network = MLPClassifier((256, 256), random_state=seed)
    classifier = make_pipeline(StandardScaler(), network).fit(training, answers)
    model = convert_sklearn(
        classifier,
        name="digits",
        initial_types=[("pixels", FloatTensorType([None, PIXELS]))],
        # A list of maps, of which Triton can return none, otherwise.
        options={id(classifier): {"zipmap": False}},
        target_opset={"": OPSET, "ai.onnx.ml": 3},
        # An operator of ONNX's extension for machine learning, which TensorRT lacks.
        black_op={"Scaler"},
    )
    model = select_model_inputs_outputs(model, ["probabilities"])
    # The cut above leaves the output without a type.
    model.graph.output[0].CopyFrom(
        onnx.helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, [None, 10])
    )
    used = {name for node in model.graph.node for name in node.input}
    for constant in [one for one in model.graph.initializer if one.name not in used]:
        model.graph.initializer.remove(constant)
    del model.opset_import[:]
    model.opset_import.append(onnx.helper.make_opsetid("", OPSET))
    accuracy = classifier.score(testing, expected)
    onnx.helper.set_model_props(model, {"accuracy": f"{accuracy:.4f}"})
    onnx.checker.check_model(model, full_check=True)
    return model


def main(arguments=None):
    """Writes version 1 of the model into a folder."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path, help="folder of the model, with its config.pbtxt")
    file = options.parse_args(arguments).folder / "1" / "model.onnx"
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(make(), file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
