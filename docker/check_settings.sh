#!/usr/bin/env bash
# Looks at what `make up` is about to use: settings that would be ignored or cut, and ports that another program has.
set -euo pipefail
wrong=0
complain() { echo "make up: $*" >&2; wrong=1; }
assignments() { # of a file of settings, one NAME=value a line, without `export`, blanks around them, and comments
    [ ! -f "$1" ] || sed -nE "s/^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)[[:space:]]*[=:][[:space:]]*/\2=/; T; /=[\"']/! s/[[:space:]]#.*//; p" "$1"
}
value() { # of a setting: from the environment, else from .env, without quotes
    local given; given=$(assignments .env | sed -n "s/^$1=//p" | tail -1 | sed -E "s/^(['\"])(.*)\1\$/\2/; s/[[:space:]]+\$//")
    printf '%s' "${!1:-$given}"
}
names() { assignments "$1" | cut -d= -f1 | sort -u; }
cut_by_compose() { # names of the secrets whose value holds a $ outside single quotes
    assignments "$1" | grep -E "^[A-Z_]*(TOKEN|PASSWORD|KEY|URI|WEBHOOK_URL|VIEWERS)=([^'].*)?\\$" | cut -d= -f1 | sort -u || true
}

environment=$(value PAUTA_ENV)
environments=$(cd docker/environments && ls ./*.env | sed 's/\.env$//; s/^\.\///' | paste -sd ' ')
if [ ! -f "docker/environments/${environment:=dev}.env" ]; then
    complain "PAUTA_ENV: there is no environment '$environment'. There are: $environments."; exit 1
fi
if [ "$environment" = prod ] && ! assignments settings.env | grep -q '^PAUTA_EVENTS_KEY=.'; then
    complain "settings.env: PAUTA_EVENTS_KEY is not set. Without it anybody may send events that count, so PAUTA_ENV=prod does not start."
fi
if [ "$environment" != dev ]; then
    [ -n "$(value PAUTA_SOURCE)" ] || grep -qs '^PAUTA_[A-Z]*_SOURCE=' settings.env ||
        complain "PAUTA_SOURCE is not set, so $environment would train on the generated sample. Set it in .env."
fi

for file in .env settings.env; do
    for name in $(cut_by_compose $file); do
        complain "$file: the value of $name holds a \$, and Compose would replace what follows it. Put the value in single quotes: $name='...'"
    done
done
for name in $(names .env | grep '^PAUTA_' || true); do
    grep -q "^#\?$name=" .env.example || complain ".env: $name is not a setting of .env.example. Settings of docs/configuration.md belong in settings.env."
done
families=$(sed -nE 's/^\| `PAUTA_<USE CASE>(_[A-Z_]+)`.*/\1/p' docs/configuration.md | paste -sd '|')
for name in $(names settings.env | grep '^PAUTA_' || true); do
    if grep -q "^#\?$name=" .env.example; then
        complain "settings.env: $name belongs in .env; containers get it from there, and not from settings.env."
    elif grep -qE "^ +$name:" docker-compose.yml; then
        complain "settings.env: $name is set by docker-compose.yml, so its value here would be ignored. Remove it."
    elif ! grep -q "^| \`$name\` |" docs/configuration.md && ! [[ $name =~ ^PAUTA_[A-Z0-9_]+($families)$ ]]; then
        complain "settings.env: $name is not a setting of docs/configuration.md."
    fi
done

demand() { # NAME PATTERN MESSAGE: complains about a value that does not match the pattern
    local given; given=$(value "$1")
    [ -z "$given" ] || [[ $given =~ ^($2)$ ]] || complain "$1: $3"
}
demand PAUTA_ALERT_WEBHOOK_URL 'https?://[^[:space:]]+' "write an address that begins with https:// or http://."
demand PAUTA_ALERT_EMAIL_TO '[^@]+@[^@]+(,[^@]+@[^@]+)*' "write e-mail addresses, with commas between them."
demand PAUTA_ALERT_EMAIL_FROM '[^@]+@[^@]+' "write an e-mail address, such as pauta@news.example."
demand PAUTA_ALERT_SMTP '[^[:space:]:/]+:[0-9]{1,5}' "write the name and the port of the mail server, such as mail.news.example:587."
demand PAUTA_ALERT_SMTP_TLS 'true|false' "write true or false."
if [ -n "$(value PAUTA_ALERT_EMAIL_TO)$(value PAUTA_ALERT_EMAIL_FROM)$(value PAUTA_ALERT_SMTP)$(value PAUTA_ALERT_SMTP_USERNAME)" ]; then
    for name in PAUTA_ALERT_EMAIL_TO PAUTA_ALERT_EMAIL_FROM PAUTA_ALERT_SMTP; do
        [ -n "$(value $name)" ] || complain "$name is missing. Alerts by e-mail need PAUTA_ALERT_EMAIL_TO, PAUTA_ALERT_EMAIL_FROM and PAUTA_ALERT_SMTP."
    done
fi
[ -z "$(value PAUTA_ALERT_SMTP_USERNAME)" ] || [ -n "$(value PAUTA_ALERT_SMTP_PASSWORD)" ] ||
    complain "PAUTA_ALERT_SMTP_PASSWORD is missing. PAUTA_ALERT_SMTP_USERNAME needs it."
[ $wrong -eq 0 ] || exit 1

config=$(docker compose --profile '*' config)
project=$(sed -n 's/^name: *//p' <<<"$config" | head -1)
params=$(sed -n "s/^ *source: \(.*\)$/\1/p" <<<"$(grep -B1 'target: /opt/pauta/own-params.toml' <<<"$config")" | grep '^/' | head -1 || true)
[ -z "$params" ] || [ -f "$params" ] || { complain "PAUTA_PARAMS_FILE: there is no file $params."; exit 1; }

declare -A setting=(["proxy 8000"]=PAUTA_PORT ["proxy 9090"]=PAUTA_PROMETHEUS_PORT ["proxy 9093"]=PAUTA_ALERTMANAGER_PORT
    ["proxy 5000"]=PAUTA_MLFLOW_PORT
    ["airflow-api-server 8080"]=PAUTA_AIRFLOW_PORT ["grafana 3000"]=PAUTA_GRAFANA_PORT)
while read -r service target port; do
    timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null || continue  # nothing listens there
    own=$(docker ps --quiet --filter "label=com.docker.compose.project=$project" --filter "publish=$port")
    [ -n "$own" ] || complain "port $port is taken by another program. Stop it, or set ${setting["$service $target"]:-another port} in .env."
done < <(awk '/^  [a-z][a-z-]*:$/ {service = substr($1, 1, length($1) - 1)} /^ *target: [0-9]+$/ {target = $2}
    /^ *published:/ {gsub(/"/, "", $2); print service, target, $2} /^[a-z]/ {service = ""}' <<<"$config")
exit $wrong
