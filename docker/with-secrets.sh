#!/bin/sh
# Runs a command with the secrets of this container in its environment; what the environment says already stays.
set -eu
given=$(export -p)
set -a
. "${SECRETS_FILE:-/run/pauta/env}"
set +a
eval "$given"
exec "$@"
