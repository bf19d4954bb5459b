"""The commands' requests for jobs are ones that SageMaker's own model accepts, as botocore has it."""

import copy
import json
import os
import re

import botocore.session
import optuna
import pytest
import train
import tune
from botocore.validate import ParamValidator
from conftest import BUCKET
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

SAGEMAKER = botocore.session.get_session().get_service_model("sagemaker")
OPERATIONS = ("CreateTrainingJob", "CreateHyperParameterTuningJob")


def faults(value, shape, path="request"):
    """Checks that botocore leaves out: patterns, greatest lengths and values, and enumerations."""
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


def all_faults(request, operation=OPERATIONS[0]):
    shape = SAGEMAKER.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    return [report.generate_report()] if report.has_errors() else list(faults(request, shape))


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


# A tuning for the search space of the file, and one for a space with every kind of parameter.
TUNINGS = json.loads(os.environ.get("TUNING_JOBS", "[{}, {}]"))


@pytest.mark.parametrize("tuning", TUNINGS)
def test_the_request_for_a_tuning_job_is_accepted(tuning):
    assert all_faults(tuning["request"], OPERATIONS[1]) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["HyperParameterTuningJobName"], "a" * 33),
        (["HyperParameterTuningJobConfig", "Strategy"], "Bayes"),
        (["HyperParameterTuningJobConfig", "ResourceLimits", "MaxRuntimeInSeconds"], 60),
        (["TrainingJobDefinition", "AlgorithmSpecification", "ContainerEntrypoint"], ["python3"]),
    ],
)
def test_what_is_wrong_in_a_tuning_job_is_found(path, value):
    request = copy.deepcopy(TUNINGS[0]["request"])
    *parents, last = path
    place = request
    for name in parents:
        place = place[name]
    place[last] = value
    assert all_faults(request, OPERATIONS[1]) != []


def as_ranges(distributions):
    """The distributions of Optuna as SageMaker's ranges."""
    ranges = {"ContinuousParameterRanges": [], "IntegerParameterRanges": [], "CategoricalParameterRanges": []}
    for name, one in distributions.items():
        if isinstance(one, CategoricalDistribution):
            choice = [json.dumps(value) for value in one.choices]
            ranges["CategoricalParameterRanges"].append({"Name": name, "Values": choice})
        elif one.step not in (None, 1) or (isinstance(one, FloatDistribution) and one.step == 1):
            count = round((one.high - one.low) / one.step) + 1
            values = [one.low + index * one.step for index in range(count)]
            ranges["CategoricalParameterRanges"].append({"Name": name, "Values": values})
        else:
            kind = "Integer" if isinstance(one, IntDistribution) else "Continuous"
            scaling = "Logarithmic" if one.log else "Linear"
            ranges[f"{kind}ParameterRanges"].append(
                {"Name": name, "MinValue": one.low, "MaxValue": one.high, "ScalingType": scaling}
            )
    return ranges


def numbers(ranges):
    """Ranges with numbers in the place of texts."""
    for one in ranges["ContinuousParameterRanges"] + ranges["IntegerParameterRanges"]:
        one.update(MinValue=float(one["MinValue"]), MaxValue=float(one["MaxValue"]))
    for one in ranges["CategoricalParameterRanges"]:
        one["Values"] = [
            value if isinstance(value, float) else json.loads(str(value)) for value in one["Values"]
        ]
        one["Values"] = [round(value, 9) if isinstance(value, float) else value for value in one["Values"]]
    return ranges


@pytest.mark.parametrize("tuning", TUNINGS)
def test_sagemaker_and_optuna_look_in_the_same_ranges(tuning):
    trial = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0)).ask()
    for one in tuning["space"]["parameters"]:
        tune.suggestion(trial, one)
    found = tuning["request"]["HyperParameterTuningJobConfig"]["ParameterRanges"]
    assert sum(len(ranges) for ranges in found.values()) == len(trial.distributions)
    assert numbers(copy.deepcopy(found)) == numbers(as_ranges(trial.distributions))


def test_sagemaker_reads_the_metric_of_a_trial_from_its_log(aws, environment, monkeypatch, capsys):
    """The trial runs as the toolkit of the image runs it: hyperparameters are options, their values JSON or text."""
    definition = TUNINGS[0]["request"]["TrainingJobDefinition"]
    job = f"{TUNINGS[0]['request']['HyperParameterTuningJobName']}-001-0a1b2c3d"
    for name, value in {**definition["Environment"], "TRAINING_JOB_NAME": job}.items():
        if not name.startswith("DATABASE_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("BUCKET", BUCKET)
    monkeypatch.setitem(train.SIZES, "small", train.Size(copies=1, trees=10))
    tuned = {"learning_rate": "0.0123", "max_depth": "4", "subsample": "0.75"}
    assert tuned.keys() == {one["name"] for one in TUNINGS[0]["space"]["parameters"]}
    fixed = {
        name: json.loads(value)
        for name, value in definition["StaticHyperParameters"].items()
        if not name.startswith("sagemaker_")
    }
    arguments = [part for name, value in {**fixed, **tuned}.items() for part in (f"--{name}", value)]
    assert train.main(arguments) == 0
    key = f"users/ada/workload/{job}/metrics.json"
    metrics = json.loads(aws.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert metrics["parameters"] == {"learning_rate": 0.0123, "max_depth": 4, "subsample": 0.75, "seed": 0}
    [metric] = definition["AlgorithmSpecification"]["MetricDefinitions"]
    objective = TUNINGS[0]["request"]["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    assert metric["Name"] == objective["MetricName"]
    assert [float(one) for one in re.findall(metric["Regex"], capsys.readouterr().out)] == [
        metrics["accuracy"]
    ]
