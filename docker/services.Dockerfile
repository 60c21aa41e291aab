# The services that are not ours, each with its configuration inside: no folder of the host has to be readable in them.
FROM postgres:17.6 AS postgres
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
USER 101:101
