#!/bin/sh
# Starts Prometheus with the environment of this installation as a label of every target.
set -eu
folder=$(dirname "$0")
made=${CONFIG_FOLDER:-/tmp}
sed "s/replacement: dev}/replacement: ${PAUTA_ENV:-dev}}/; s|alerts.yml|$folder/alerts.yml|" "$folder/prometheus.yml" >"$made/prometheus.yml"
exec "${PROMETHEUS:-/bin/prometheus}" "--config.file=$made/prometheus.yml" "$@"
