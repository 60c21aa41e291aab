# The services that are not ours, each with its configuration inside: no folder of the host has to be readable in them.
FROM postgres:17.6 AS postgres
# The extension for vector indexes, from the package source of the image's PostgreSQL, which sets its version.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-17-pgvector \
    && rm -rf /var/lib/apt/lists/*
COPY --chmod=755 docker/with-secrets.sh /opt/pauta/with-secrets.sh
COPY --chmod=755 docker/postgres/databases.sh /docker-entrypoint-initdb.d/databases.sh

FROM prom/prometheus:v3.5.0 AS prometheus
COPY --chmod=755 docker/prometheus/ /etc/prometheus/

FROM prom/statsd-exporter:v0.28.0 AS statsd-exporter
COPY --chmod=755 docker/statsd/ /etc/statsd/

FROM grafana/grafana:12.1.1 AS grafana
COPY --chmod=755 docker/with-secrets.sh /opt/pauta/with-secrets.sh
COPY --chmod=755 grafana/provisioning /etc/grafana/provisioning
COPY --chmod=755 grafana/dashboards /var/lib/pauta/dashboards

FROM nginx:1.28.0 AS proxy
COPY --chmod=755 docker/proxy/nginx.conf /etc/nginx/nginx.conf
COPY --chmod=755 docker/proxy/api.conf /etc/nginx/api.conf
COPY --chmod=755 docker/proxy/start.sh /opt/pauta/start.sh
USER 101:101

# Alertmanager's own program, started by a script that writes its configuration. User 65534 is `nobody`, as in its image.
FROM python:3.11-slim-bookworm AS alertmanager
COPY --from=prom/alertmanager:v0.28.1 /bin/alertmanager /bin/amtool /usr/local/bin/
COPY --chmod=755 docker/healthcheck.py docker/alertmanager/start.py /opt/pauta/
RUN install -d -m 755 -o 65534 -g 65534 /alertmanager
WORKDIR /opt/pauta
USER 65534:65534

# Makes the passwords. The owner of these folders becomes the owner of the named volumes that are created from them.
FROM python:3.11-slim-bookworm AS secrets
RUN useradd --uid 50000 --gid 0 --create-home pauta \
    && for service in all api airflow airflow-api-server airflow-scheduler mlflow postgres proxy grafana redis; do \
         install -d -m 755 -o 50000 -g 0 "/run/secrets-of/$service"; done
COPY --chmod=755 docker/make_secrets.py /opt/pauta/make_secrets.py
USER 50000:0
ENTRYPOINT ["python", "/opt/pauta/make_secrets.py"]
