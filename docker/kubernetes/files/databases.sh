#!/bin/sh
# Makes the databases of Airflow, MLflow and the event log, each with an owner that may use no other; sets the passwords.
# Runs when the data folder is new, and by hand after passwords were renewed. A managed PostgreSQL has no superuser: there
# the user postgres becomes a member of each role, because only a member may make databases for it.
set -eu
sql() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres "$@"; }
for pair in "airflow:$AIRFLOW_DB_PASSWORD" "mlflow:$MLFLOW_DB_PASSWORD" "pauta:$PAUTA_DB_PASSWORD"; do
    name=${pair%%:*}
    sql --dbname postgres --set name="$name" --set password="${pair#*:}" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('GRANT %I TO CURRENT_USER', :'name') FROM pg_roles WHERE rolname = CURRENT_USER AND NOT rolsuper \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'name', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', :'name') \gexec
SQL
done
# Vectors of the recruiting use case; the owner of a database is not allowed to create this extension.
sql --dbname pauta <<'SQL'
SELECT 'CREATE EXTENSION IF NOT EXISTS vector' FROM pg_available_extensions WHERE name = 'vector' \gexec
SQL
