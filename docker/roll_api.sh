#!/usr/bin/env bash
# Replaces the API's containers one by one with the image and the settings of now: a new one answers before an old one ends.
# Containers that are up to date stay; where none runs, `docker compose up` starts them.
set -euo pipefail
READY_SECONDS=${READY_SECONDS:-900}
FOLLOW_SECONDS=4 # the proxy asks for the addresses of `api` every two seconds

inspect() { docker inspect --format "$1" "${@:2}" 2>/dev/null; }
outdated() { # names of containers that `docker compose up` would replace: their image or configuration changed
    local said failed=0
    said=$(docker compose --dry-run up --detach --no-build api 2>&1) || failed=$?
    if [ $failed -ne 0 ] && ! grep -qE 'Container +[^ ]+-api-[0-9]+ ' <<<"$said"; then
        printf '%s\n' "$said" >&2
        echo "Compose did not say which containers of the API are out of date, so none was replaced. Fix the above, then try" >&2
        echo "again. \`docker compose up --detach\` replaces all of them at once, with a pause of some seconds." >&2
        return 1
    fi
    sed -nE 's/.*Container +([^ ]+-api-[0-9]+) +Recreate *$/\1/p' <<<"$said"
}
wait_healthy() { # of one container; fails when it ends or takes too long
    local until=$((SECONDS + READY_SECONDS))
    while [ $SECONDS -lt $until ]; do
        case $(inspect '{{.State.Status}} {{.State.Health.Status}}' "$1") in
            'running healthy') return 0 ;;
            exited*|dead*|'') return 1 ;;
        esac
        sleep 0.5
    done
    return 1
}

[ -n "$(docker compose ps --quiet api)" ] || exit 0
old_ones=$(outdated)
for old in $old_ones; do
    before=$(docker compose ps --quiet api)
    # Not with --no-deps: Compose counts what a service depends on as configuration, and would replace the container later.
    docker compose up --detach --no-recreate --no-build --scale "api=$(($(wc -w <<<"$before") + 1))" api >/dev/null 2>&1
    new=$(comm -13 <(sort <<<"$before") <(docker compose ps --quiet api | sort))
    if ! wait_healthy "${new:?no new container of the API started}"; then
        docker logs --tail 20 "$new" >&2 || true
        docker rm --force "$new" >/dev/null
        echo "The new container of the API did not become healthy and was removed. The old one still answers." >&2
        exit 1
    fi
    sleep "$FOLLOW_SECONDS"
    docker stop "$old" >/dev/null
    docker rm "$old" >/dev/null
    sleep "$FOLLOW_SECONDS"
    echo "API: $old was replaced"
done
