"""ONNX Runtime as a backend of Triton in Python, in place of the one in C++ that the server of PyPI lacks.

Triton takes `<backend directory>/<name>/model.py` for every model whose `config.pbtxt` names that backend, so the
folder of a model is the same as for the image of NVIDIA.
"""

import os
import sys
from pathlib import Path

# The interpreter in Triton's stub knows no virtual environment and no PYTHONPATH.
sys.path.insert(0, os.environ["TEST_SITE_PACKAGES"])

import numpy as np
import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    """A model of ONNX."""

    def initialize(self, args):
        """Loads the version of the model that Triton chose."""
        file = Path(args["model_repository"]) / args["model_version"] / "model.onnx"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(file), options, ["CPUExecutionProvider"])

    def execute(self, requests):
        """Answers each request with the outputs of the model."""
        return [triton.InferenceResponse(self.outputs(request)) for request in requests]

    def outputs(self, request):
        """Outputs by name, as the backend in C++ returns them."""
        given = {tensor.name(): tensor.as_numpy() for tensor in request.inputs()}
        names = [output.name for output in self.session.get_outputs()]
        results = self.session.run(names, given)
        return [triton.Tensor(name, np.asarray(result)) for name, result in zip(names, results, strict=True)]
