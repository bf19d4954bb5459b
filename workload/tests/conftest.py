"""Fixtures: a bucket with the public part of a stack, and a PostgreSQL with its people."""

import os
import sys
from pathlib import Path

import boto3
import moto
import psycopg
import psycopg2
import pytest

WORKLOAD = Path(__file__).parent.parent
PROJECT = WORKLOAD.parent
HUB_FILES = PROJECT / "components" / "ml" / "notebooks" / "hub"
sys.path[:0] = [str(WORKLOAD), str(PROJECT / "tests" / "support"), str(HUB_FILES)]

import local_postgres
import setup_database
import train

BUCKET, REGION = "data-0a1b2c3d", "eu-west-3"


@pytest.fixture(autouse=True)
def aws(monkeypatch):
    """An account of moto's with the bucket; keys that nothing else accepts."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "JUPYTERHUB_USER", "PERSON", "PGSSLROOTCERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with moto.mock_aws():
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.upload_file(str(WORKLOAD / "digits.csv.gz"), BUCKET, train.DATA_KEY)
        for name in ("train.py", "tune.py", "search-space.json"):
            s3.upload_file(str(WORKLOAD / name), BUCKET, f"public/workload/code/{name}")
        yield s3


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A server on which the program's own set-up has run for ada and grace."""
    for server in local_postgres.served(tmp_path_factory, psycopg2.connect):
        setup_database.set_up(server.connect, "mlplatform", ["ada", "grace"], "of the hub")
        yield server


@pytest.fixture
def database(postgres, monkeypatch):
    """The server as RDS: it takes a person's token, the one that `train` has just made, as their password."""
    real = train.login_token

    def accepted(where):
        token = real(where)
        assert f"DBUser={where.person}" in token
        with psycopg.connect(
            host="localhost",
            port=postgres.port,
            dbname="mlplatform",
            user="rdsadmin",
            sslrootcert=postgres.roots,
        ) as admin:
            admin.execute(psycopg.sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                psycopg.sql.Identifier(where.person), psycopg.sql.Literal(token)
            ))  # fmt: skip
        return token

    monkeypatch.setattr(train, "login_token", accepted)
    return postgres


@pytest.fixture
def place(database):
    """Returns the place of a person's runs."""

    def of(person, **others):
        given = {
            "database_host": "localhost",
            "database_port": database.port,
            "database_roots": database.roots,
        }
        return train.Place(person=person, region=REGION, bucket=BUCKET, **{**given, **others})

    return of


@pytest.fixture
def environment(database, monkeypatch):
    """Sets what a job finds in its environment."""
    values = {
        "AWS_REGION": REGION,
        "BUCKET": BUCKET,
        "DATABASE_HOST": "localhost",
        "DATABASE_PORT": str(database.port),
        "DATABASE_NAME": "mlplatform",
        "PGSSLROOTCERT": database.roots,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return os.environ
