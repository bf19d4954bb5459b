"""The workload on real libraries: scikit-learn, moto's S3, and a PostgreSQL with TLS."""

import io
import json
import re
from pathlib import Path

import joblib
import numpy as np
import psycopg
import pytest
import train
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from conftest import BUCKET, REGION, WORKLOAD
from sklearn.datasets import load_digits

FAST = train.Size(copies=1, trees=10)
DEFAULTS = train.Parameters()


def read(s3, key):
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def test_the_data_set_is_that_of_scikit_learn(place):
    images, digits = train.load(place("ada"))
    assert np.array_equal(images, load_digits().data)
    assert np.array_equal(digits, load_digits().target)


def test_growth_repeats_the_data_with_noise_in_the_copies():
    images, digits = load_digits(return_X_y=True)
    more, same = train.grow(images, digits, 3)
    assert more.shape == (3 * len(images), 64)
    assert np.array_equal(more[: len(images)], images)
    assert not np.array_equal(more[len(images) : 2 * len(images)], images)
    assert more.min() >= 0 and more.max() <= 16
    assert np.array_equal(same, np.tile(digits, 3))


def test_training_learns_and_reports_each_tenth():
    images, digits = load_digits(return_X_y=True)
    shares = []
    _, accuracy = train.objective(images, digits, DEFAULTS, train.Size(1, 30), shares.append)
    assert 0.85 < accuracy < 1
    assert [round(share, 1) for share in shares] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    again = train.objective(images, digits, DEFAULTS, train.Size(1, 30))[1]
    assert accuracy == again


def test_parameters_change_the_result():
    images, digits = load_digits(return_X_y=True)
    results = {
        train.objective(images, digits, parameters, FAST)[1]
        for parameters in (
            DEFAULTS,
            train.Parameters(learning_rate=0.001),
            train.Parameters(max_depth=1),
            train.Parameters(subsample=0.05),
        )
    }
    assert len(results) == 4


def test_no_copy_of_a_test_image_is_trained_on(monkeypatch):
    images, digits = load_digits(return_X_y=True)
    grown = []
    real = train.grow
    monkeypatch.setattr(train, "grow", lambda x, *rest: grown.append(x) or real(x, *rest))
    train.objective(images, digits, DEFAULTS, train.Size(2, 10))
    assert len(grown[0]) == 1347  # 1797, without the larger quarter


def test_a_run_leaves_model_metrics_and_a_row(aws, environment, monkeypatch, capsys):
    monkeypatch.setenv("PERSON", "ada")
    monkeypatch.setitem(train.SIZES, "small", FAST)
    assert train.main(["--run", "first", "--size", "small", "--max-depth", "2"]) == 0
    metrics = json.loads(read(aws, "users/ada/workload/first/metrics.json"))
    assert metrics["run"] == "first"
    assert metrics["parameters"]["max_depth"] == 2
    assert set(metrics["seconds"]) == {"data", "training", "database"}
    assert all(seconds > 0 for seconds in metrics["seconds"].values())
    model = joblib.load(io.BytesIO(read(aws, "users/ada/workload/first/model.joblib")))
    assert model.predict(load_digits().data[:1])[0] == 0
    printed = capsys.readouterr().out
    # A tuner reads the metric by such a line.
    assert re.search(r"^accuracy=0\.\d+$", printed, re.MULTILINE)
    assert "training: 50%" in printed
    with train.connect(train.place()) as session:
        row = session.execute(
            "SELECT person, run, accuracy FROM shared.training_runs WHERE run = 'first'"
        ).fetchone()
    assert row[:2] == ("ada", "first")
    assert row[2] == pytest.approx(metrics["accuracy"])


def test_everybody_sees_the_rows_and_writes_only_their_own(place):
    metrics = {"accuracy": 0.9, "seconds": {"training": 1.0}}
    for person in ("ada", "grace", "grace"):
        count = train.record(place(person), "both", metrics)
    assert count == 2
    with train.connect(place("grace")) as session:
        people = session.execute("SELECT person FROM shared.training_runs WHERE run = 'both'").fetchall()
        assert sorted(people) == [("ada",), ("grace",), ("grace",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("INSERT INTO shared.training_runs (run, person) VALUES ('x', 'ada')")


def test_a_failed_run_leaves_no_metrics(aws, environment, monkeypatch):
    monkeypatch.setenv("PERSON", "ada")
    monkeypatch.setenv("DATABASE_PORT", "1")
    monkeypatch.setitem(train.SIZES, "small", FAST)
    monkeypatch.setattr(train, "login_token", lambda where: "token")
    with pytest.raises(psycopg.OperationalError):
        train.main(["--run", "broken"])
    with pytest.raises(ClientError, match="NoSuchKey"):
        read(aws, "users/ada/workload/broken/metrics.json")


def test_the_connection_is_verified(place, postgres):
    with train.connect(place("ada")) as session:
        encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert session.execute(encrypted).fetchone() == (True,)
        assert session.execute("SELECT current_user").fetchone() == ("ada",)
    with pytest.raises(psycopg.OperationalError, match="certificate"):
        train.connect(place("ada", database_roots=postgres.others))


def test_certificates_are_downloaded_where_there_are_none(place, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    ada = place("ada", database_roots=None)
    certificate = "-----BEGIN CERTIFICATE-----"
    (tmp_path / "eu-west-3.pem").write_text(certificate)
    file = train.roots(ada, tmp_path.as_uri() + "/{0}.pem")
    with open(file) as content:
        assert content.read() == certificate
    # What is no certificate leaves the file as it is.
    (tmp_path / "eu-west-3.pem").write_text("<html>")
    with pytest.raises(OSError, match="no certificates"):
        train.roots(ada, tmp_path.as_uri() + "/{0}.pem")
    assert Path(file).read_text() == certificate


def test_certificates_come_by_tls_only(place, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    answer = io.BytesIO(b"-----BEGIN CERTIFICATE-----")
    answer.url = "http://example.com/roots.pem"
    monkeypatch.setattr(train.urllib.request, "urlopen", lambda *_, **__: answer)
    with pytest.raises(OSError, match="redirected to http://example.com/roots.pem, without TLS"):
        train.roots(place("ada", database_roots=None))


def test_a_size_or_parameter_that_is_none_is_refused(capsys):
    for odd in (["--size", "huge"], ["--max-depth", "deep"], []):
        with pytest.raises(SystemExit):
            train.main([*(["--run", "x"] if odd else []), *odd])
    assert "choose from" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["PERSON", "JUPYTERHUB_USER"])
def test_the_person_is_in_the_environment(environment, monkeypatch, variable):
    monkeypatch.setenv(variable, "grace")
    assert train.place().person == "grace"


def studio(monkeypatch, tmp_path):
    """Makes this an app of grace's space in Studio."""
    metadata = tmp_path / "resource-metadata.json"
    metadata.write_text(json.dumps({"DomainId": "d-1", "SpaceName": "mine"}))
    client = train.boto3.client("sagemaker", REGION)
    stub = Stubber(client)
    answer = {"OwnershipSettings": {"OwnerUserProfileName": "grace"}}
    stub.add_response("describe_space", answer, {"DomainId": "d-1", "SpaceName": "mine"})
    stub.activate()
    real = train.boto3.client
    monkeypatch.setattr(
        train.boto3, "client", lambda name, *rest: client if name == "sagemaker" else real(name, *rest)
    )
    monkeypatch.setattr(train.owner_of_space, "__defaults__", (str(metadata),))


@pytest.mark.parametrize("target", ["kubernetes", "studio"])
def test_the_notebook_runs_from_top_to_bottom(
    aws, environment, database, target, monkeypatch, tmp_path, capsys
):
    """As on each target, with the values that the program fills in."""
    monkeypatch.chdir(tmp_path)
    if target == "studio":
        studio(monkeypatch, tmp_path)
    else:
        monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    monkeypatch.setitem(train.SIZES, "small", FAST)
    values = {"BUCKET": BUCKET, "REGION": REGION, "DATABASE": f"localhost:{database.port}"}
    values["SERVING_ENDPOINT"] = ""
    cells = json.loads((WORKLOAD / "welcome.ipynb").read_text())["cells"]
    names = {}
    for cell in cells:
        source = re.sub(r"\{\{(\w+)\}\}", lambda name: values[name[1]], "".join(cell["source"]))
        if cell["cell_type"] == "code" and not source.startswith("%pip"):
            exec(source, names)  # noqa: S102
    assert names["here"].person == "grace"
    assert (tmp_path / "train.py").read_text() == (WORKLOAD / "train.py").read_text()
    assert read(aws, "users/grace/workload/by-hand/model.joblib")
    assert "('by-hand', " in capsys.readouterr().out
    assert (tmp_path / "tune.py").read_text() == (WORKLOAD / "tune.py").read_text()
    assert [trial.state.name for trial in names["study"].trials] == ["COMPLETE"] * 3
    assert json.loads(read(aws, "users/grace/workload/by-hand/trials.json"))["trials"][2]["number"] == 2
