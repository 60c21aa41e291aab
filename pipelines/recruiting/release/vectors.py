"""Step index: puts the vectors of an accepted release on the index server, beside those of the release in service."""

import time
from typing import Any

from pipelines.erasures import erased_digests
from pipelines.use_case import Context
from script_shared.recruiting.erasure import are_erased
from script_shared.recruiting.index.kinds import open_index
from script_shared.recruiting.index.servers import SIDES, copy_index, index_name, index_server
from script_shared.recruiting.ranking.release_folder import INDEX
from script_shared.releases import Releases
from script_shared.settings import Settings


def index(context: Context) -> dict[str, Any]:
    """Copy both indexes of the published release to the server; the release in service keeps its own indexes.

    Args:
        context: the run, its settings, params and options.

    Returns:
        the number of vectors of each side, and ``seconds``; nothing if no server is set or the gate refused.

    Raises:
        RunError: the run has not been published yet.
        UnavailableError: the server does not answer; nothing is promoted.
    """
    run, begin = context.run, time.monotonic()
    version, counts = str(run.facts("published")["version"]), {}
    server = index_server(context.settings) if run.facts("gated")["accepted"] else None
    if server is not None:
        digests = erased_digests(context.settings)
        for side in SIDES:
            own = open_index(run.read("trained") / INDEX / side)
            ids = [each.id for each in own.entries()] if side == "candidates" else []
            gone = frozenset(name for name, erased in zip(ids, are_erased(ids, digests), strict=True) if erased)
            counts[side] = copy_index(own, server, index_name(side, version), gone)
        server.close()
    with run.write("indexed") as (_, facts):
        facts.update(counts, seconds=round(time.monotonic() - begin, 2))
    return dict(facts)


def drop_old(settings: Settings, releases: Releases) -> list[str]:
    """Remove the indexes of releases that no longer exist from the server; returns their names.

    Args:
        settings: ``PAUTA_RECRUITING_INDEX_URI`` says where the server is.
        releases: those that exist.

    Raises:
        UnavailableError: the server does not answer.
    """
    server = index_server(settings)
    if server is None:
        return []
    kept = {index_name(side, version) for version in releases.versions() for side in SIDES}
    old = [name for name in server.names() if name not in kept]
    for name in old:
        server.drop(name)
    server.close()
    return old
