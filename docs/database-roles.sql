-- Creates a login for each person, who then logs in with a token of their role instead of a password.
-- On sagemaker one of ml-admins runs it once, and again when people join; it changes nothing that exists.
-- On ec2 and eks a Job of the stack does the same, and nobody has to run this.
--
--   psql --set people=ada,grace --file database-roles.sql
--
-- docs/targets/sagemaker.md has the lines that connect psql as the master user.
\set ON_ERROR_STOP on
BEGIN;

-- Rights of everybody: connect, create schemas of their own, share one schema.
SELECT 'CREATE ROLE platform_people NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'platform_people') \gexec
SELECT format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO platform_people', current_database()) \gexec
CREATE SCHEMA IF NOT EXISTS shared;
GRANT USAGE, CREATE ON SCHEMA shared TO platform_people;
-- Without this every login of the server could create tables here.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

SELECT format('CREATE ROLE %I LOGIN', person)
FROM regexp_split_to_table(trim(:'people'), '\s*,\s*') AS person
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = person) \gexec
-- rds_iam is a role of RDS: its members log in with tokens, and with nothing else.
SELECT format('GRANT platform_people, rds_iam TO %I', person)
FROM regexp_split_to_table(trim(:'people'), '\s*,\s*') AS person \gexec

COMMIT;
