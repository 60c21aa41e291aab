#!/bin/sh
# Puts a backup into empty volumes; start the stack afterwards. It refuses where a database is there already.
#   docker/restore.sh FOLDER
set -eu
folder=${1:?the folder that holds the backup}
for file in secrets.tar files.tar mlflow.tar airflow.dump mlflow.dump pauta.dump; do
    [ -s "$folder/$file" ] || { echo "$folder/$file is missing"; exit 1; }
done
unpack() { docker compose run --rm --no-deps -T --entrypoint tar "$@"; }
unpack secrets -C /run/secrets-of/all -xf - <"$folder/secrets.tar"
docker compose run --rm -T secrets
unpack airflow-init -C /opt/pauta/script_shared -xf - <"$folder/files.tar"
unpack mlflow -C /opt/pauta/mlflow -xf - <"$folder/mlflow.tar"
docker compose up --detach --wait postgres
if docker compose exec -T postgres psql -U postgres -d airflow -Atc "SELECT 1 FROM pg_tables WHERE tablename = 'dag'" | grep -q 1; then
    echo "The databases are not empty: remove the volumes first (docker compose down -v)."
    exit 1
fi
for database in airflow mlflow pauta; do
    docker compose exec -T postgres pg_restore --username postgres --dbname "$database" --exit-on-error <"$folder/$database.dump"
done
