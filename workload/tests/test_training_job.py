"""The command's request for a training job is one that SageMaker's own model accepts, as botocore has it."""

import copy
import json
import os
import re

import botocore.session
import pytest
from botocore.validate import ParamValidator

SAGEMAKER = botocore.session.get_session().get_service_model("sagemaker")
SHAPE = SAGEMAKER.operation_model("CreateTrainingJob").input_shape


def faults(value, shape, path="request"):
    """What botocore does not check: patterns, greatest lengths and values, and enumerations."""
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from faults(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        yield from outside(len(value), shape, path)
        for member in value:
            yield from faults(member, shape.member, f"{path}[]")
    elif shape.type_name == "map":
        yield from outside(len(value), shape, path)
        for key, member in value.items():
            yield from faults(key, shape.key, f"{path} key")
            yield from faults(member, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from outside(len(value), shape, path)
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value} is not of {shape.enum}"
        if "pattern" in shape.metadata and not re.fullmatch(python(shape.metadata["pattern"]), value):
            yield f"{path}: {value} does not match {shape.metadata['pattern']}"
    elif shape.type_name in ("integer", "long"):
        yield from outside(value, shape, path)


def python(pattern):
    """A pattern of AWS, which matches a whole text, and writes classes of characters as Java does."""
    return pattern.replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d")


def outside(number, shape, path):
    if number > shape.metadata.get("max", number) or number < shape.metadata.get("min", number):
        yield f"{path}: {number} is not in {shape.metadata}"


def all_faults(request):
    report = ParamValidator().validate(request, SHAPE)
    return [report.generate_report()] if report.has_errors() else list(faults(request, SHAPE))


@pytest.fixture
def request_of_a_run():
    return json.loads(os.environ["TRAINING_JOB"])


def test_the_request_is_accepted(request_of_a_run):
    assert all_faults(request_of_a_run) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["TrainingJobName"], "a" * 64),
        (["TrainingJobName"], "under_score"),
        (["RoleArn"], "role"),
        (["ResourceConfig", "InstanceType"], "ml.unknown.large"),
        (["ResourceConfig", "InstanceCount"], "1"),
        (["HyperParameters", "x" * 257], "1"),
        (["Unknown"], 1),
    ],
)
def test_what_is_wrong_is_found(request_of_a_run, path, value):
    request = copy.deepcopy(request_of_a_run)
    *parents, last = path
    place = request
    for name in parents:
        place = place[name]
    place[last] = value
    assert all_faults(request) != []


def test_its_hyperparameters_are_options_of_the_program(request_of_a_run):
    given = {
        name: json.loads(value)
        for name, value in request_of_a_run["HyperParameters"].items()
        if not name.startswith("sagemaker_")
    }
    assert given == {"run": "tp9k2f-20", "size": "small"}
