# Two images of the same packages: `airflow` trains and schedules, `mlflow` is MLflow's server. Only the first holds our code,
# so that a change of the code leaves MLflow running.
# Airflow is one of the pinned packages, so the base is the same as the API's, and nothing is installed twice.
FROM python:3.11-slim-bookworm AS compiled
# Debian's security updates move these versions, so they are not pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY script_shared/compiled /build/compiled
RUN python /build/compiled/library.py

FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
RUN python -m venv --without-pip /opt/venv
COPY requirements_airflow.txt ./
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements_airflow.txt
# A step of its own, so that images with the encoders share the layer above with those without.
ARG ENCODERS=""
COPY requirements_encoders.txt ./
RUN if [ -n "$ENCODERS" ]; then \
      python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements_encoders.txt; fi
# What KubernetesExecutor needs: `docker build --build-arg KUBERNETES=1 …` (docs/kubernetes.md).
ARG KUBERNETES=""
COPY docker/kubernetes/requirements.txt ./requirements_kubernetes.txt
RUN if [ -n "$KUBERNETES" ]; then \
      python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements_kubernetes.txt; fi
# The engine Spark: `docker build --build-arg SPARK=1 …` (docs/spark.md). The file has all packages but one that pyproject.toml
# leaves out, and pip would ask for it: hence --no-deps.
ARG SPARK=""
COPY requirements_spark.txt ./
RUN if [ -n "$SPARK" ]; then \
      python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes --no-deps -r requirements_spark.txt; fi
# Bytecode names the hash of its source, not the time, so two builds make the same bytes. Packages may have files for another
# Python, which do not compile here.
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt/venv || true

FROM python:3.11-slim-bookworm AS base
# If it is set, useradd writes this day into /etc/shadow instead of today's.
ARG SOURCE_DATE_EPOCH
# libgomp1 is what LightGBM and scikit-learn call; Debian's security updates move its version, so it is not pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/ldconfig/aux-cache \
    && useradd --uid 50000 --gid 0 --create-home airflow
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/pauta
COPY --chmod=755 docker/with-secrets.sh docker/healthcheck.py ./
# The owner of these folders becomes the owner of the named volumes that are created from them; all images agree on it.
RUN install -d -m 775 -o 50000 -g 0 mlflow /opt/airflow /opt/airflow/logs && install -d -m 700 -o 50000 -g 0 backups
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/opt/airflow
USER 50000:0

FROM base AS mlflow
EXPOSE 5000
CMD ["mlflow", "server", "--host", "0.0.0.0", "--port", "5000"]

FROM base AS airflow
USER 0:0
# pg_dump for backups, in the version of the stack's PostgreSQL and from PostgreSQL's own packages: Debian's is older.
ARG POSTGRES_CLIENT=""
# hadolint ignore=DL3008
RUN if [ -n "$POSTGRES_CLIENT" ]; then \
      apt-get update && apt-get install -y --no-install-recommends ca-certificates postgresql-common \
      && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
      && apt-get install -y --no-install-recommends postgresql-client-17 \
      && rm -rf /var/lib/apt/lists/*; fi
# Java for the engine Spark. Its package creates links in a folder that slim images lack.
ARG SPARK=""
# hadolint ignore=DL3008
RUN if [ -n "$SPARK" ]; then \
      mkdir -p /usr/share/man/man1 \
      && apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
      && rm -rf /var/lib/apt/lists/* /var/log/*; fi
COPY --chmod=755 docker/airflow_heartbeat.py docker/celery_ping.py docker/spark-executor.sh ./
COPY pipelines pipelines
COPY script_shared script_shared
COPY --from=compiled /build/compiled script_shared/compiled
RUN chmod -R a+rX pipelines script_shared \
    && python -m compileall -q --invalidation-mode unchecked-hash pipelines script_shared \
    && install -d -m 775 -o 50000 -g 0 script_shared/data script_shared/models script_shared/evaluation
ENV PYTHONPATH=/opt/pauta \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/pauta/pipelines/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=false
USER 50000:0
CMD ["python", "-m", "pipelines", "--help"]
