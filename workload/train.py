"""Trains a classifier of handwritten digits: the same file on every target.

It reads the data set from the public part of the bucket, trains, writes model and metrics into the person's own part,
and a row into PostgreSQL as that person. A Kubernetes Job and a SageMaker training job run it as a program;
`welcome.ipynb` calls its functions one by one.

Prints one `name=value` per line, so that tuners can read the metric, and progress between them.
"""

import argparse
import gzip
import io
import json
import os
import platform
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import boto3
import joblib
import numpy as np
import psycopg
import sklearn
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split

# Key of the data set, and folder of a person's runs below their own part of the bucket.
DATA_KEY = "public/workload/digits.csv.gz"
RUNS = "workload"
# What Studio tells an app about itself.
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebooks-run-and-manage-metadata.html
STUDIO_METADATA = "/opt/ml/metadata/resource-metadata.json"
ROOTS_URL = "https://truststore.pki.rds.amazonaws.com/{0}/{0}-bundle.pem"
# Largest brightness of a pixel in the data set.
BRIGHTEST = 16.0


@dataclass(frozen=True)
class Size:
    """Repetitions of the data set, with noise in the copies, and trees of each class."""

    copies: int
    trees: int


# On one core of 2024: about 10 seconds, 1 minute, 6 minutes.
SIZES = {"small": Size(1, 100), "medium": Size(5, 100), "large": Size(24, 100)}


@dataclass(frozen=True)
class Parameters:
    """Parameters that a tuner may vary; each is an option of the command line, too."""

    learning_rate: float = 0.1
    max_depth: int = 3
    subsample: float = 0.5
    seed: int = 0


@dataclass(frozen=True)
class Place:
    """Place in which a run reads and writes, and the person as whom."""

    person: str
    region: str
    bucket: str
    database_host: str
    database_port: int = 5432
    database_name: str = "mlplatform"
    # File with the certificates of the database's authorities; downloaded if there is none.
    database_roots: str | None = None


def place(environment=os.environ):
    """The place of a job or a notebook, from its environment."""
    return Place(
        person=environment.get("PERSON") or environment.get("JUPYTERHUB_USER") or owner_of_space(environment),
        region=region_of(environment),
        bucket=environment["BUCKET"],
        database_host=environment["DATABASE_HOST"],
        database_port=int(environment["DATABASE_PORT"]),
        database_name=environment["DATABASE_NAME"],
        database_roots=environment.get("PGSSLROOTCERT"),
    )


def region_of(environment):
    """Region of the bucket and the database."""
    return environment.get("AWS_REGION") or environment["AWS_DEFAULT_REGION"]


def owner_of_space(environment, metadata=STUDIO_METADATA):
    """Name of the person whose space of Studio this runs in."""
    with open(metadata) as file:
        here = json.load(file)
    space = boto3.client("sagemaker", region_of(environment)).describe_space(
        DomainId=here["DomainId"], SpaceName=here["SpaceName"]
    )
    return space["OwnershipSettings"]["OwnerUserProfileName"]


def load(where):
    """Reads the data set: a row of 64 pixels a digit, and the digits."""
    body = boto3.client("s3", where.region).get_object(Bucket=where.bucket, Key=DATA_KEY)["Body"].read()
    rows = np.loadtxt(io.BytesIO(gzip.decompress(body)), delimiter=",")
    return rows[:, :-1], rows[:, -1].astype(int)


def grow(images, digits, copies, seed=0):
    """Repeats the data set with noise in the copies, for runs that take longer."""
    random = np.random.default_rng(seed)
    noisy = [np.clip(images + random.normal(0, 1, images.shape), 0, BRIGHTEST) for _ in range(copies - 1)]
    return np.concatenate([images, *noisy]), np.tile(digits, copies)


def objective(images, digits, parameters, size, report=lambda done: None):
    """Trains a model; returns it with its accuracy on a quarter of the images, of which it has seen no copy.

    `report` gets the share of the trees that are done, at each tenth.
    """
    training, testing, answers, expected = train_test_split(
        images, digits, test_size=0.25, random_state=parameters.seed, stratify=digits
    )
    model = GradientBoostingClassifier(
        n_estimators=size.trees,
        learning_rate=parameters.learning_rate,
        max_depth=parameters.max_depth,
        subsample=parameters.subsample,
        random_state=parameters.seed,
    )

    def monitor(tree, *_):
        if (tree + 1) * 10 // size.trees > tree * 10 // size.trees:
            report((tree + 1) / size.trees)
        return False

    model.fit(*grow(training, answers, size.copies, parameters.seed), monitor=monitor)
    return model, float(model.score(testing, expected))


def folder_of(where, run):
    """Folder of a run in the person's own part of the bucket."""
    return f"users/{where.person}/{RUNS}/{run}"


def save(where, run, name, content):
    """Writes a file of a run."""
    key = f"{folder_of(where, run)}/{name}"
    boto3.client("s3", where.region).put_object(Bucket=where.bucket, Key=key, Body=content)


def dumped(model):
    """A model as a file that `joblib.load` reads."""
    content = io.BytesIO()
    joblib.dump(model, content)
    return content.getvalue()


def login_token(where):
    """Password of the person's login in PostgreSQL, valid for 15 minutes."""
    return boto3.client("rds", where.region).generate_db_auth_token(
        where.database_host, where.database_port, where.person
    )


def roots(where, url=ROOTS_URL):
    """File with the certificates of the database's authorities, as `fetch_roots.py` of the hub writes it."""
    if where.database_roots is not None:
        return where.database_roots
    file, part = Path.home() / ".rds-roots.pem", Path.home() / f".rds-roots.pem.{os.getpid()}"
    with urllib.request.urlopen(url.format(where.region), timeout=20) as answer:
        # A redirect could lead to where everybody may change them.
        if url.startswith("https:") and not answer.url.startswith("https:"):
            raise OSError(f"redirected to {answer.url}, without TLS")
        content = answer.read()
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise OSError(f"{url} has no certificates")
    part.write_bytes(content)
    part.rename(file)
    return str(file)


def connect(where):
    """Opens a session in PostgreSQL as the person, on a verified connection."""
    return psycopg.connect(
        host=where.database_host,
        port=where.database_port,
        dbname=where.database_name,
        user=where.person,
        password=login_token(where),
        sslmode="verify-full",
        sslrootcert=roots(where),
        connect_timeout=30,
    )


def record(where, run, metrics):
    """Writes a row about a run that everybody can read; returns the number of the person's rows.

    Nobody may write the columns `person` and `at`, so PostgreSQL itself says who wrote a row.
    """
    with connect(where) as session:
        # Two first runs at the same time would both create the table.
        session.execute("SELECT pg_advisory_xact_lock(hashtext('shared.training_runs'))")
        if session.execute("SELECT to_regclass('shared.training_runs')").fetchone() == (None,):
            session.execute(
                "CREATE TABLE shared.training_runs ("
                "run text NOT NULL, accuracy real, training_seconds real,"
                " person text NOT NULL DEFAULT current_user, at timestamptz NOT NULL DEFAULT now())"
            )
            session.execute(
                "GRANT SELECT, INSERT (run, accuracy, training_seconds) ON shared.training_runs TO platform_people"
            )
        session.execute(
            "INSERT INTO shared.training_runs (run, accuracy, training_seconds) VALUES (%s, %s, %s)",
            [run, metrics["accuracy"], metrics["seconds"]["training"]],
        )
        count = "SELECT count(*) FROM shared.training_runs WHERE person = current_user"
        return session.execute(count).fetchone()[0]


@contextmanager
def timed(seconds, phase):
    """Adds the time of a block to a phase, in seconds."""
    print(f"{phase}: begun", flush=True)
    start = time.monotonic()
    try:
        yield
    finally:
        seconds[phase] = round(seconds.get(phase, 0) + time.monotonic() - start, 3)


def train(where, run, size, parameters):
    """A whole run; returns its metrics, of which `seconds` has the phases."""
    seconds, begun = {}, time.time()
    with timed(seconds, "data"):
        images, digits = load(where)
    with timed(seconds, "training"):
        model, accuracy = objective(
            images, digits, parameters, size, lambda done: print(f"training: {done:.0%}", flush=True)
        )
    with timed(seconds, "data"):
        save(where, run, "model.joblib", dumped(model))
    metrics = {
        "run": run,
        "begun": begun,
        "accuracy": accuracy,
        "parameters": asdict(parameters),
        "versions": {"python": platform.python_version(), "scikit-learn": sklearn.__version__},
        "seconds": seconds,
    }
    with timed(seconds, "database"):
        record(where, run, metrics)
    # Last, so that a run with metrics has done everything.
    save(where, run, "metrics.json", json.dumps(metrics).encode())
    return metrics


def main(arguments=None):
    """Runs with the options of the command line, which SageMaker makes of hyperparameters."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # A tuning job of SageMaker names its training jobs itself, and calls parameters as the search space does.
    job = os.environ.get("TRAINING_JOB_NAME")
    options.add_argument(
        "--run", required=job is None, default=job, help="name of this run, part of its folder"
    )
    options.add_argument("--size", choices=SIZES, default="small")
    for field in fields(Parameters):
        names = dict.fromkeys([f"--{field.name.replace('_', '-')}", f"--{field.name}"])
        options.add_argument(*names, type=field.type, default=field.default)
    given = vars(options.parse_args(arguments))
    run, size = given.pop("run"), SIZES[given.pop("size")]
    metrics = train(place(), run, size, Parameters(**given))
    print(f"accuracy={metrics['accuracy']}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
