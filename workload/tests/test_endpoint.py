"""Requests for an endpoint, as a stack declares them: SageMaker's own model, as botocore has it, accepts them."""

import copy
import json
import os

import pytest
from test_training_job import all_faults

# On a CPU and on a GPU; each has the requests by their operations.
ENDPOINTS = json.loads(os.environ.get("ENDPOINTS", "[{}, {}]"))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=["cpu", "gpu"])
def test_its_requests_are_accepted(endpoint):
    assert list(endpoint) == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    for operation, request in endpoint.items():
        assert all_faults(request, operation) == [], operation


@pytest.mark.parametrize(
    ("operation", "path", "value"),
    [
        ("CreateModel", ["PrimaryContainer", "ModelDataSource", "S3DataSource", "S3Uri"], "bucket"),
        ("CreateModel", ["PrimaryContainer", "ModelDataSource", "S3DataSource", "CompressionType"], "no"),
        ("CreateModel", ["PrimaryContainer", "Environment", "1"], "digits"),
        ("CreateModel", ["ExecutionRoleArn"], "role"),
        ("CreateEndpointConfig", ["ProductionVariants", 0, "InferenceAmiVersion"], "al2023"),
        ("CreateEndpointConfig", ["ProductionVariants", 0, "InstanceType"], "ml.t3.medium"),
        (
            "CreateEndpointConfig",
            ["ProductionVariants", 0, "ContainerStartupHealthCheckTimeoutInSeconds"],
            3601,
        ),
        ("CreateEndpoint", ["EndpointName"], "under_score"),
    ],
)
def test_what_is_wrong_is_found(operation, path, value):
    request = copy.deepcopy(ENDPOINTS[1][operation])
    *parents, last = path
    place = request
    for name in parents:
        place = place[name]
    place[last] = value
    assert all_faults(request, operation) != []
