#!/bin/sh
# Puts a backup into empty volumes; start the stack afterwards. Where a database is there already, it touches nothing.
#   docker/restore.sh FOLDER
set -eu
folder=${1:?the folder that holds the backup}
for file in secrets.tar files.tar mlflow.tar airflow.dump mlflow.dump pauta.dump; do
    [ -s "$folder/$file" ] || { echo "$folder/$file is missing"; exit 1; }
done
project=$(docker compose config | sed -n 's/^name: *//p' | head -1)
of_project="label=com.docker.compose.project=${project:?}"
if [ -n "$(docker volume ls --quiet --filter "$of_project" --filter label=com.docker.compose.volume=postgres)" ]; then
    echo "There is a database already, so nothing was touched. Remove the volumes first: docker compose --profile '*' down -v"
    exit 1
fi
unpack() { docker compose run --rm --no-deps -T --entrypoint tar "$@"; }
unpack secrets -C /run/secrets-of/all -xf - <"$folder/secrets.tar"
docker compose run --rm -T secrets
unpack airflow-init -C /opt/pauta/script_shared -xf - <"$folder/files.tar"
unpack mlflow -C /opt/pauta/mlflow -xf - <"$folder/mlflow.tar"
docker compose up --detach --wait postgres
for database in airflow mlflow pauta; do
    docker compose exec -T postgres pg_restore --username postgres --dbname "$database" --exit-on-error <"$folder/$database.dump"
done
