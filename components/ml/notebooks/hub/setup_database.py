"""Makes the hub's database, and everybody's login in the database of the platform.

Runs as a Job with the master user's rights before the hub starts, and again when people come or go.
It changes nothing that is there as it should be. For people it does what `docs/database-roles.sql`
does, and more: who was removed can no longer log in. Their tables stay, since nobody asked for an end.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime

import master_secret
import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

HUB = "jupyterhub"
# What a person's role is a member of; RDS lets members of rds_iam log in with tokens, and nothing else.
PEOPLE, TOKENS = "platform_people", "rds_iam"
# Two Jobs, of the settings before and after a change, take turns.
LOCK = 18_05_2026
ATTEMPTS, PAUSE_SECONDS = 10, 15


def set_up(connect, database, people, hub_password):
    """Everything; `connect` opens a session of the master user in a database by its name."""
    connection = connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        connection.autocommit = False
        with connection, connection.cursor() as cursor:
            everybody(cursor, people)
        connection.autocommit = True
        with connection.cursor() as cursor:
            hub(cursor, connection, hub_password)
    finally:
        connection.close()


def everybody(cursor, people):
    """People's logins: one for each of them, none for those who were removed."""
    if not exists(cursor, "pg_roles", "rolname", PEOPLE):
        run(cursor, "CREATE ROLE {} NOLOGIN", PEOPLE)
    cursor.execute("SELECT current_database()")
    run(cursor, "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {} TO {}", cursor.fetchone()[0], PEOPLE)
    run(cursor, "CREATE SCHEMA IF NOT EXISTS {}", "shared")
    run(cursor, "GRANT USAGE, CREATE ON SCHEMA {} TO {}", "shared", PEOPLE)
    # Without this every login of the server could make tables here.
    run(cursor, "REVOKE CREATE ON SCHEMA {} FROM PUBLIC", "public")
    for person in people:
        if not exists(cursor, "pg_roles", "rolname", person):
            run(cursor, "CREATE ROLE {}", person)
        run(cursor, "ALTER ROLE {} LOGIN", person)
        run(cursor, "GRANT {}, {} TO {}", PEOPLE, TOKENS, person)
    for person in sorted(members(cursor) - set(people)):
        remove(cursor, person)


def remove(cursor, person):
    """Ends a person's access; the role stays, since their tables have to be somebody's."""
    run(cursor, "ALTER ROLE {} NOLOGIN", person)
    run(cursor, "REVOKE {}, {} FROM {}", PEOPLE, TOKENS, person)
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [person])
    print(f"{person} can no longer log in", flush=True)


def members(cursor):
    """Whoever had access so far; the master user, who made the role, is among its members."""
    cursor.execute(
        "SELECT rolname FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member"
        " WHERE roleid = %s::regrole AND rolname <> session_user",
        [PEOPLE],
    )
    return {name for (name,) in cursor.fetchall()}


def hub(cursor, connection, password):
    """The hub's own role and database, for nobody else."""
    if not exists(cursor, "pg_roles", "rolname", HUB):
        run(cursor, "CREATE ROLE {}", HUB)
    # A verifier in place of the password, which would stand in the server's log.
    verifier = encrypt_password(password, HUB, connection, "scram-sha-256")
    cursor.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(HUB), sql.Literal(verifier))
    )
    # Who makes a role of PostgreSQL 16 may administer it, but neither act nor give away as it.
    run(cursor, "GRANT {} TO CURRENT_USER WITH SET TRUE, INHERIT FALSE", HUB)
    if not exists(cursor, "pg_database", "datname", HUB):
        run(cursor, "CREATE DATABASE {} OWNER {}", HUB, HUB)
    run(cursor, "SET ROLE {}", HUB)
    run(cursor, "REVOKE ALL ON DATABASE {} FROM PUBLIC", HUB)
    cursor.execute("RESET ROLE")


def exists(cursor, catalog, column, name):
    cursor.execute(
        sql.SQL("SELECT FROM {} WHERE {} = %s").format(sql.Identifier(catalog), sql.Identifier(column)),
        [name],
    )
    return cursor.fetchone() is not None


def run(cursor, statement, *names):
    """A statement with names in it, whatever is in these."""
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def connect_as_master(environment):
    """Opens sessions as the master user, whose password RDS changes every week."""
    region = environment["AWS_REGION"]
    with open(environment["AWS_WEB_IDENTITY_TOKEN_FILE"]) as file:
        credentials = master_secret.assume_role(region, environment["AWS_ROLE_ARN"], file.read())
    arn = environment["SECRET_ARN"]
    master = master_secret.get_secret(region, arn, credentials, datetime.now(UTC))

    def connect(database):
        connection = psycopg2.connect(
            host=environment["DATABASE_HOST"],
            port=environment["DATABASE_PORT"],
            dbname=database,
            user=master["username"],
            password=master["password"],
            sslmode="verify-full",
            sslrootcert=environment["DATABASE_ROOTS"],
            connect_timeout=30,
        )
        connection.autocommit = True
        return connection

    return connect


def main():
    environment = os.environ
    people = json.loads(environment["PEOPLE"])
    for attempt in range(1, ATTEMPTS + 1):
        try:
            connect = connect_as_master(environment)
            set_up(connect, environment["DATABASE_NAME"], people, environment["HUB_PASSWORD"])
            print(f"{HUB} and {len(people)} people have their logins", flush=True)
            return 0
        except (OSError, psycopg2.Error) as error:
            # A new role is not known everywhere at once, nor is a network policy.
            print(f"attempt {attempt} of {ATTEMPTS}: {error}", file=sys.stderr, flush=True)
            if attempt < ATTEMPTS:
                time.sleep(PAUSE_SECONDS)
    return 1


if __name__ == "__main__":
    sys.exit(main())
