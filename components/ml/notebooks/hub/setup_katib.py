"""Creates the database of Katib and its login in the platform's PostgreSQL.

Runs as a Job with the master user's rights before Katib starts. The login has a password, since Katib reads it once and
RDS's tokens last for 15 minutes. Nobody else can use the database, and the login reaches no other one that has tables.
"""

import contextlib
import os
import sys
import time

import psycopg2
import setup_database
from psycopg2 import sql
from psycopg2.extensions import encrypt_password
from setup_database import exists, run

KATIB = "katib"


def set_up(connect, database, password):
    """Sets up everything; `connect` opens a session of the master user in a database by its name."""
    with contextlib.closing(connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [setup_database.LOCK])
        if not exists(cursor, "pg_roles", "rolname", KATIB):
            run(cursor, "CREATE ROLE {}", KATIB)
        # A verifier in place of the password: the server writes the statement to its log.
        verifier = encrypt_password(password, KATIB, connection, "scram-sha-256")
        cursor.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(KATIB), sql.Literal(verifier))
        )
        # In PostgreSQL 16 the creator of a role administers it, but cannot act as it or give it a database.
        run(cursor, "GRANT {} TO CURRENT_USER WITH SET TRUE, INHERIT FALSE", KATIB)
        if not exists(cursor, "pg_database", "datname", KATIB):
            run(cursor, "CREATE DATABASE {} OWNER {}", KATIB, KATIB)
        run(cursor, "SET ROLE {}", KATIB)
        run(cursor, "REVOKE ALL ON DATABASE {} FROM PUBLIC", KATIB)


def main():
    environment = os.environ
    for attempt in range(1, setup_database.ATTEMPTS + 1):
        try:
            connect = setup_database.connect_as_master(environment)
            set_up(connect, environment["DATABASE_NAME"], environment["PASSWORD"])
            print(f"{KATIB} has its database", flush=True)
            return 0
        except (OSError, psycopg2.Error) as error:
            # A new AWS role and a new network policy take effect after some time.
            print(f"attempt {attempt} of {setup_database.ATTEMPTS}: {error}", file=sys.stderr, flush=True)
            if attempt < setup_database.ATTEMPTS:
                time.sleep(setup_database.PAUSE_SECONDS)
    return 1


if __name__ == "__main__":
    sys.exit(main())
