"""Tests of the set-up of Katib's database, on a real PostgreSQL with TLS and a master user like that of RDS."""

import contextlib

import psycopg2
import pytest
import setup_database
import setup_katib
from local_postgres import MASTER_PASSWORD

PASSWORD = "aB3dE5fG7hJ9"


@pytest.fixture
def katib(postgres):
    """Sets up everything twice, people too; the second run changes nothing that is right."""
    for _ in range(2):
        setup_database.set_up(postgres.connect, "mlplatform", ["ada"], "of the hub")
        setup_katib.set_up(postgres.connect, "mlplatform", PASSWORD)
    return postgres


def test_katib_has_a_database_that_nobody_else_opens(katib):
    with contextlib.closing(katib.connect("katib", "katib", PASSWORD)) as session:
        session.cursor().execute("CREATE TABLE IF NOT EXISTS observation_logs (id int)")
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        katib.connect("katib", "jupyterhub", "of the hub")
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        katib.connect("katib", "platform", MASTER_PASSWORD)


def test_katib_opens_nobody_elses_database(katib):
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        katib.connect("jupyterhub", "katib", PASSWORD)
    with pytest.raises(psycopg2.OperationalError):
        katib.connect("katib", "katib", "another")
    with pytest.raises(psycopg2.OperationalError, match="certificate"):
        katib.connect("katib", "katib", PASSWORD, roots=katib.others)


def test_a_new_password_takes_effect_and_the_tables_stay(katib):
    with contextlib.closing(katib.connect("katib", "katib", PASSWORD)) as session:
        cursor = session.cursor()
        cursor.execute("CREATE TABLE kept (id int)")
        session.commit()
    setup_katib.set_up(katib.connect, "mlplatform", "another1")
    with contextlib.closing(katib.connect("katib", "katib", "another1")) as session:
        session.cursor().execute("SELECT FROM kept")
    with pytest.raises(psycopg2.OperationalError):
        katib.connect("katib", "katib", PASSWORD)


def test_a_failure_is_tried_again_and_then_said(monkeypatch, capsys):
    pauses = []
    monkeypatch.setattr(setup_katib.time, "sleep", pauses.append)

    def no_role(environment):
        raise OSError("no role")

    monkeypatch.setattr(setup_database, "connect_as_master", no_role)
    assert setup_katib.main() == 1
    assert len(pauses) == setup_database.ATTEMPTS - 1
    assert "attempt 10 of 10: no role" in capsys.readouterr().err
