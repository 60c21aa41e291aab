#!/bin/sh
# Runs a command with the secrets of this container in its environment.
set -eu
set -a
. /run/pauta/env
set +a
exec "$@"
