#!/bin/sh
# Starts the proxy with what the settings say: whose X-Forwarded-For is believed, how large a body may be, and under which
# path the API is published.
set -eu
front=${FRONT:-/tmp/front.conf}
root=${PAUTA_ROOT_PATH:-}
root=${root#/}
root=${root%/}
{
    for each in $(echo "${PAUTA_TRUSTED_PROXIES:-}" | tr ',' ' '); do echo "set_real_ip_from $each;"; done
    echo "client_max_body_size ${PAUTA_HTTP_BODY_BYTES:-1000000};"
    echo "map \$host \$metrics_path { default \"${root:+/$root}/metrics\"; }"
} >"$front"
exec "$@"
