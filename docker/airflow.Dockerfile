# The pipelines on Airflow's image: downloads, refines, trains, evaluates, releases. It serves every Airflow service.
FROM apache/airflow:3.3.2-python3.11
USER 0
# libgomp1 is what LightGBM and scikit-learn call; Debian's security updates move its version, so it is not pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
USER 50000:0
COPY requirements_airflow.txt /tmp/requirements_airflow.txt
RUN python -m pip install --no-cache-dir --require-hashes -r /tmp/requirements_airflow.txt
USER 0
WORKDIR /opt/pauta
COPY --chmod=755 docker/train-once.sh train-once.sh
COPY pipelines pipelines
COPY script_shared script_shared
# The owner of these folders is the owner of a named volume that is made from them; both images agree on it.
RUN python -m compileall -q pipelines script_shared \
    && install -d -m 775 -o 50000 -g 0 script_shared/data script_shared/models script_shared/evaluation
ENV PYTHONPATH=/opt/pauta \
    PYTHONUNBUFFERED=1 \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/pauta/pipelines/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=false
USER 50000:0
