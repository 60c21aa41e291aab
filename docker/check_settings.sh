#!/usr/bin/env bash
# Looks at what `make up` is about to use: settings that would be ignored or cut, and ports that another program has.
set -euo pipefail
wrong=0
complain() { echo "make up: $*" >&2; wrong=1; }

if [ -f .env ]; then
    while IFS='=' read -r name _; do
        grep -q "^#\?$name=" .env.example || complain ".env: $name is not a setting of .env.example. Settings of docs/configuration.md belong in settings.env."
    done < <(grep -oE '^(export +)?PAUTA_[A-Za-z0-9_]*=' .env | sed 's/^export *//')
    while read -r name; do
        complain ".env: the value of $name holds a \$, and Compose would replace what follows it. Put the value in single quotes: $name='...'"
    done < <(grep -E "^PAUTA_[A-Z_]*(TOKEN|PASSWORD)=[^']*\\$" .env | cut -d= -f1)
fi
if [ -f settings.env ] && grep -q '^PAUTA_PARAMS_FILE=' settings.env; then
    complain "settings.env: PAUTA_PARAMS_FILE belongs in .env, with the path of the file on this machine; containers get it from there."
fi
[ $wrong -eq 0 ] || exit 1

config=$(docker compose --profile '*' config)
project=$(sed -n 's/^name: *//p' <<<"$config" | head -1)
params=$(sed -n "s/^ *source: \(.*\)$/\1/p" <<<"$(grep -B1 'target: /opt/pauta/own-params.toml' <<<"$config")" | grep '^/' | head -1 || true)
[ -z "$params" ] || [ -f "$params" ] || { complain "PAUTA_PARAMS_FILE: there is no file $params."; exit 1; }

declare -A setting=(["proxy 8000"]=PAUTA_PORT ["proxy 9090"]=PAUTA_PROMETHEUS_PORT ["proxy 5000"]=PAUTA_MLFLOW_PORT
    ["airflow-api-server 8080"]=PAUTA_AIRFLOW_PORT ["grafana 3000"]=PAUTA_GRAFANA_PORT)
while read -r service target port; do
    timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null || continue  # nothing listens there
    own=$(docker ps --quiet --filter "label=com.docker.compose.project=$project" --filter "publish=$port")
    [ -n "$own" ] || complain "port $port is taken by another program. Stop it, or set ${setting["$service $target"]:-another port} in .env."
done < <(awk '/^  [a-z][a-z-]*:$/ {service = substr($1, 1, length($1) - 1)} /^ *target: [0-9]+$/ {target = $2}
    /^ *published:/ {gsub(/"/, "", $2); print service, target, $2} /^[a-z]/ {service = ""}' <<<"$config")
exit $wrong
