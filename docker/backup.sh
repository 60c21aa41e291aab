#!/bin/sh
# Writes a backup of the running stack into a folder: volumes first, then the databases, so that no release knows events
# that the event log has not. Releases are immutable and their pointer moves last, so they can be copied while in use.
#   docker/backup.sh FOLDER
set -eu
folder=${1:?the folder that takes the backup}
mkdir -p "$folder"
chmod 700 "$folder"
# tar ends with 1 when a file went away or grew while it was read: a run's, which is not complete then, or is there anyway.
# So does docker, for reasons of its own: what was written has to be an archive that can be read to its end.
pack() {
    archive=$folder/$1
    shift
    docker compose run --rm --no-deps -T --entrypoint tar "$@" >"$archive" || [ $? -eq 1 ]
    [ -s "$archive" ] && tar -tf "$archive" >/dev/null || { echo "$archive was not written whole: this is no backup"; exit 1; }
}
pack secrets.tar secrets -C /run/secrets-of/all -cf - .
pack files.tar airflow-init -C /opt/pauta/script_shared -cf - models evaluation data
pack mlflow.tar mlflow -C /opt/pauta/mlflow -cf - .
for database in airflow mlflow pauta; do
    docker compose exec -T postgres pg_dump --username postgres --format custom "$database" >"$folder/$database.dump"
done
ls -l "$folder"
