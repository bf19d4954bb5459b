"""Tests of the database's set-up, on a real PostgreSQL with TLS and a master user like that of RDS."""

import contextlib
import subprocess
from types import SimpleNamespace

import psycopg2
import pytest
import setup_database
from conftest import PROJECT
from local_postgres import MASTER_PASSWORD

PASSWORD = 'it\'s "odd" {and} %s'


def ask(postgres, statement, database="mlplatform"):
    with contextlib.closing(postgres.connect(database, "rdsadmin", "")) as session:
        cursor = session.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def state(postgres):
    """Roles, memberships and rights in the database that concern people and the hub."""
    statements = (
        "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname !~ '^(pg_|rds)' ORDER BY 1",
        "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members ORDER BY 1, 2",
        "SELECT datname, datdba::regrole::text, datacl::text FROM pg_database ORDER BY 1",
        "SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1",
    )
    return [ask(postgres, statement) for statement in statements]


@pytest.fixture
def set_up(postgres):
    """Sets up these people twice; the second run changes nothing."""

    def both(*people, password=PASSWORD):
        setup_database.set_up(postgres.connect, "mlplatform", people, password)
        first = state(postgres)
        setup_database.set_up(postgres.connect, "mlplatform", people, password)
        assert state(postgres) == first

    return both


def test_the_master_user_comes_with_a_token_where_rds_takes_no_password(monkeypatch, tmp_path):
    given = []

    def connect(**of):
        given.append(of["password"])
        if of["password"] == "secret":
            raise psycopg2.OperationalError('FATAL:  PAM authentication failed for user "platform"')
        return SimpleNamespace()

    monkeypatch.setattr(psycopg2, "connect", connect)
    keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}
    monkeypatch.setattr(setup_database.master_secret, "assume_role", lambda *_: keys)
    master = {"username": "platform", "password": "secret"}
    monkeypatch.setattr(setup_database.master_secret, "get_secret", lambda *_: master)
    (tmp_path / "token").write_text("token")
    names = ("AWS_REGION", "AWS_ROLE_ARN", "SECRET_ARN", "DATABASE_ROOTS")
    environment = {**dict.fromkeys(names, "x"), "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")}
    environment |= {"DATABASE_HOST": "db", "DATABASE_PORT": "5432"}
    open_session = setup_database.connect_as_master(environment)
    assert open_session("mlplatform").autocommit
    assert given[0] == "secret" and given[1].startswith("db:5432/?Action=connect&DBUser=platform&")
    master["password"] = "right"
    open_session("mlplatform")
    assert given[2:] == ["right"]


def test_the_hub_has_a_database_that_nobody_else_opens(postgres, set_up):
    set_up("ada", "grace")
    with contextlib.closing(postgres.connect("jupyterhub", "jupyterhub", PASSWORD)) as session:
        session.cursor().execute("CREATE TABLE mine (x int)")
    ask(postgres, "ALTER ROLE ada PASSWORD 'x'")
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        postgres.connect("jupyterhub", "ada", "x")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        postgres.connect("jupyterhub", "jupyterhub", "another")
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        postgres.connect("jupyterhub", "jupyterhub", PASSWORD, roots=postgres.others)


def test_a_changed_password_takes_effect(postgres, set_up):
    set_up(password="before")
    set_up(password=PASSWORD)
    postgres.connect("jupyterhub", "jupyterhub", PASSWORD).close()
    with pytest.raises(psycopg2.OperationalError):
        postgres.connect("jupyterhub", "jupyterhub", "before")


def test_no_password_stands_in_the_servers_log(postgres, set_up):
    set_up("ada", password="in the clear")
    log = (postgres.folder / "log").read_text()
    assert 'ALTER ROLE "jupyterhub"' in log
    assert "in the clear" not in log


def test_not_even_the_master_user_opens_it_by_accident(postgres, set_up):
    set_up()
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        postgres.connect("jupyterhub", "platform", MASTER_PASSWORD)


def test_people_have_what_database_roles_sql_gives_them(postgres, set_up):
    setup_database.set_up(postgres.connect, "mlplatform", ["ada", "grace-2"], PASSWORD)
    by_job = state(postgres)
    address = (
        f"host=localhost port={postgres.port} dbname=mlplatform user=platform password='{MASTER_PASSWORD}'"
    )
    address += f" sslmode=verify-full sslrootcert={postgres.roots}"
    script = ["--set", "people=ada,grace-2", "--file", str(PROJECT / "docs" / "database-roles.sql")]
    subprocess.run(["psql", "-X", "-q", address, *script], check=True, capture_output=True)
    assert state(postgres) == by_job
    names = ask(
        postgres, "SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole"
    )
    assert {"ada", '"grace-2"'} <= {name for (name,) in names}


def test_who_was_removed_is_logged_out_and_keeps_their_tables(postgres, set_up):
    set_up("ada", "grace")
    ask(postgres, "ALTER ROLE grace PASSWORD 'x'")
    session = postgres.connect("mlplatform", "grace", "x")
    session.cursor().execute(
        "CREATE SCHEMA IF NOT EXISTS work; CREATE TABLE IF NOT EXISTS work.t AS SELECT 1 AS x"
    )
    set_up("ada")
    with pytest.raises(psycopg2.OperationalError):
        session.cursor().execute("SELECT 1")
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        postgres.connect("mlplatform", "grace", "x")
    assert ask(postgres, "SELECT tableowner FROM pg_tables WHERE schemaname = 'work'") == [("grace",)]
    set_up("ada", "grace")
    with contextlib.closing(postgres.connect("mlplatform", "grace", "x")) as again:
        again.cursor().execute("SELECT x FROM work.t")


def test_a_name_is_a_name_whatever_is_in_it(postgres, set_up):
    evil = 'eve"; DROP SCHEMA shared CASCADE; --'
    set_up("ada", evil)
    assert ask(postgres, "SELECT 1 FROM pg_namespace WHERE nspname = 'shared'") == [(1,)]
    set_up("ada")
    assert ask(postgres, "SELECT rolcanlogin FROM pg_roles WHERE rolname LIKE 'eve%'") == [(False,)]


def test_a_fault_leaves_nothing_half_done(postgres, set_up):
    set_up("ada")
    ask(postgres, "ALTER ROLE rds_iam RENAME TO gone")
    try:
        with pytest.raises(psycopg2.Error):
            setup_database.set_up(postgres.connect, "mlplatform", ["ada", "late"], PASSWORD)
    finally:
        ask(postgres, "ALTER ROLE gone RENAME TO rds_iam")
    assert ask(postgres, "SELECT 1 FROM pg_roles WHERE rolname = 'late'") == []
