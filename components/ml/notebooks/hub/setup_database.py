"""Creates the hub's database and everybody's login in the platform's database.

Runs as a Job with the master user's rights before the hub starts, and again when people are added or
removed. It does not change what is already correct. For people it does what `docs/database-roles.sql`
does. In addition, removed people can no longer log in. Their tables are kept, since nobody asked to
delete them.
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
# Roles of which each person's role is a member; RDS lets members of rds_iam log in with tokens only.
PEOPLE, TOKENS = "platform_people", "rds_iam"
# Lock that two Jobs, of the settings before and after a change, acquire one after the other.
LOCK = 18_05_2026
ATTEMPTS, PAUSE_SECONDS = 10, 15
# Error of RDS for a password where it takes only tokens.
TOKENS_ONLY = "PAM authentication failed"


def set_up(connect, database, people, hub_password):
    """Sets up everything; `connect` opens a session of the master user in a database by its name."""
    connection = connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        connection.autocommit = False
        with connection, connection.cursor() as cursor:
            removed = everybody(cursor, people)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for person in removed:
                remove(cursor, person)
            hub(cursor, connection, hub_password)
    finally:
        connection.close()


def everybody(cursor, people):
    """Creates a login for each person and disables those of removed people; returns the removed names."""
    if not exists(cursor, "pg_roles", "rolname", PEOPLE):
        run(cursor, "CREATE ROLE {} NOLOGIN", PEOPLE)
    cursor.execute("SELECT current_database()")
    run(cursor, "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {} TO {}", cursor.fetchone()[0], PEOPLE)
    run(cursor, "CREATE SCHEMA IF NOT EXISTS {}", "shared")
    run(cursor, "GRANT USAGE, CREATE ON SCHEMA {} TO {}", "shared", PEOPLE)
    # Without this every login of the server could create tables here.
    run(cursor, "REVOKE CREATE ON SCHEMA {} FROM PUBLIC", "public")
    for person in people:
        if not exists(cursor, "pg_roles", "rolname", person):
            run(cursor, "CREATE ROLE {}", person)
        run(cursor, "ALTER ROLE {} LOGIN", person)
        run(cursor, "GRANT {}, {} TO {}", PEOPLE, TOKENS, person)
    removed = sorted(members(cursor) - set(people))
    for person in removed:
        run(cursor, "ALTER ROLE {} NOLOGIN", person)
    return removed


def remove(cursor, person):
    """Ends a person's sessions and memberships; the role is kept, since it owns their tables.

    Runs after the commit of NOLOGIN: before it the person could open another session. The memberships
    are revoked last: if ending the sessions fails, the next attempt still finds the person.
    """
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [person])
    run(cursor, "REVOKE {}, {} FROM {}", PEOPLE, TOKENS, person)
    print(f"{person} can no longer log in", flush=True)


def members(cursor):
    """Names of all with access so far, without the master user, who is a member as the role's creator."""
    cursor.execute(
        "SELECT rolname FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member"
        " WHERE roleid = %s::regrole AND rolname <> session_user",
        [PEOPLE],
    )
    return {name for (name,) in cursor.fetchall()}


def hub(cursor, connection, password):
    """Creates the hub's role and database, which nobody else can use."""
    if not exists(cursor, "pg_roles", "rolname", HUB):
        run(cursor, "CREATE ROLE {}", HUB)
    # A verifier in place of the password: the server writes the statement to its log.
    verifier = encrypt_password(password, HUB, connection, "scram-sha-256")
    cursor.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(HUB), sql.Literal(verifier))
    )
    # In PostgreSQL 16 the creator of a role administers it, but cannot act as it or give it a database.
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
    """Runs a statement with names in it, whatever the names contain."""
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def connect_as_master(environment):
    """Returns a function that opens sessions as the master user; RDS changes the password every week.

    From PostgreSQL 16 on the creator of a role is its member. So the master user, who creates people's
    roles, is a member of rds_iam through them, and RDS may take nothing but a token from such a user.
    """
    region = environment["AWS_REGION"]
    with open(environment["AWS_WEB_IDENTITY_TOKEN_FILE"]) as file:
        credentials = master_secret.assume_role(region, environment["AWS_ROLE_ARN"], file.read())
    arn = environment["SECRET_ARN"]
    master = master_secret.get_secret(region, arn, credentials, datetime.now(UTC))

    host, port = environment["DATABASE_HOST"], environment["DATABASE_PORT"]

    def session(database, password):
        connection = psycopg2.connect(
            host=host,
            port=port,
            dbname=database,
            user=master["username"],
            password=password,
            sslmode="verify-full",
            sslrootcert=environment["DATABASE_ROOTS"],
            connect_timeout=30,
        )
        connection.autocommit = True
        return connection

    def connect(database):
        try:
            return session(database, master["password"])
        except psycopg2.OperationalError as error:
            if TOKENS_ONLY not in str(error):
                raise
        now = datetime.now(UTC)
        address = f"{host}:{port}"
        return session(
            database, master_secret.login_token(region, address, master["username"], credentials, now)
        )

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
            # A new AWS role and a new network policy take effect after some time.
            print(f"attempt {attempt} of {ATTEMPTS}: {error}", file=sys.stderr, flush=True)
            if attempt < ATTEMPTS:
                time.sleep(PAUSE_SECONDS)
    return 1


if __name__ == "__main__":
    sys.exit(main())
