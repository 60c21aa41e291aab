#!/bin/sh
# Prints the addresses of the running stack and its passwords.
set -eu
port() { docker compose --profile '*' port "$1" "$2" 2>/dev/null | sed 's/^0\.0\.0\.0/localhost/'; }
secret() { docker compose run --rm --no-deps -T secrets show "$1" 2>/dev/null; }
cat <<TEXT

  Recommendations   http://$(port proxy 8000)/      admin token: docker compose run --rm secrets show admin_token
  Airflow           http://$(port airflow-api-server 8080)/      login admin, password $(secret airflow_admin_password)
  Grafana           http://$(port grafana 3000)/      login admin, password $(secret grafana_password)
  MLflow            http://$(port proxy 5000)/      login admin, password $(secret proxy_password)
  Prometheus        http://$(port proxy 9090)/      the same login
  Alertmanager      http://$(port proxy 9093)/      the same login

  make demo-traffic sends made-up users; make down stops everything and keeps the data.
TEXT
