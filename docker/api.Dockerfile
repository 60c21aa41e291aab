# The service: the API's own packages and code, and nothing that only training needs.
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
COPY requirements.txt ./
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements.txt
# A step of its own, so that images with the encoders share the layer above with those without.
ARG ENCODERS=""
COPY requirements_encoders.txt ./
RUN if [ -n "$ENCODERS" ]; then \
      python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements_encoders.txt; fi
# The same for traces. The Airflow image has these packages in any case.
ARG TRACES=""
COPY requirements_traces.txt ./
RUN if [ -n "$TRACES" ]; then \
      python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements_traces.txt; fi
# Bytecode names the hash of its source, not the time, so two builds make the same bytes. Packages may have files for another
# Python, which do not compile here.
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt/venv || true

FROM python:3.11-slim-bookworm
# If it is set, useradd writes this day into /etc/shadow instead of today's.
ARG SOURCE_DATE_EPOCH
# libgomp1 is what LightGBM calls; Debian's security updates move its version, so it is not pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/ldconfig/aux-cache \
    && useradd --uid 50000 --gid 0 --create-home pauta
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PAUTA_HOST=0.0.0.0
WORKDIR /opt/pauta
COPY --chmod=755 docker/with-secrets.sh docker/healthcheck.py ./
COPY app app
COPY script_shared script_shared
COPY --from=compiled /build/compiled script_shared/compiled
COPY clients/javascript clients/javascript
# The owner of these folders is the owner of a named volume that is made from them; all images agree on it.
RUN chmod -R a+rX app clients script_shared \
    && python -m compileall -q --invalidation-mode unchecked-hash app script_shared \
    && install -d -m 775 -o 50000 -g 0 script_shared/data script_shared/models script_shared/evaluation \
    && install -d -m 755 -o 50000 -g 0 cache
USER 50000:0
EXPOSE 8001
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["python", "healthcheck.py", "/health"]
CMD ["python", "-m", "app"]
