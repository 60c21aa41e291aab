#!/bin/sh
# Starts the proxy with what the settings say: whose X-Forwarded-For and traceparent are believed, how large a body may be, and under which
# path the API is published.
set -eu
front=${FRONT:-/tmp/front.conf}
root=${PAUTA_ROOT_PATH:-}
root=${root#/}
root=${root%/}
{
    for each in $(echo "${PAUTA_TRUSTED_PROXIES:-}" | tr ',' ' '); do echo "set_real_ip_from $each;"; done
    echo "geo \$realip_remote_addr \$is_proxy {"
    echo "default 0;"
    for each in $(echo "${PAUTA_TRUSTED_PROXIES:-}" | tr ',' ' '); do echo "$each 1;"; done
    echo "}"
    echo "client_max_body_size ${PAUTA_HTTP_BODY_BYTES:-1000000};"
    echo "map \$host \$metrics_path { default \"${root:+/$root}/metrics\"; }"
} >"$front"
exec "$@"
