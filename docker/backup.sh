#!/bin/sh
# Writes a backup of the running stack into a folder: volumes first, then the databases, so that no release knows events
# that the event log has not. Releases are immutable and their pointer moves last, so they can be copied while in use.
#   docker/backup.sh FOLDER
set -eu
folder=${1:?the folder that takes the backup}
mkdir -p "$folder"
chmod 700 "$folder"
# tar ends with 1 when a file went away or grew while it was read: a run's, which is not complete then, or is there anyway.
pack() { docker compose run --rm --no-deps -T --entrypoint tar "$@" || [ $? -eq 1 ]; }
pack secrets -C /run/secrets-of/all -cf - . >"$folder/secrets.tar"
pack airflow-init -C /opt/pauta/script_shared -cf - models evaluation data >"$folder/files.tar"
pack mlflow -C /opt/pauta/mlflow -cf - . >"$folder/mlflow.tar"
for database in airflow mlflow pauta; do
    docker compose exec -T postgres pg_dump --username postgres --format custom "$database" >"$folder/$database.dump"
done
ls -l "$folder"
