"""Step index: puts the vectors of an accepted release on the index server, beside those of the release in service."""

import logging
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pipelines.erasures import erased_digests
from pipelines.use_case import Context
from script_shared.errors import UnavailableError
from script_shared.recruiting.erasure import are_erased
from script_shared.recruiting.index.base import IndexServer
from script_shared.recruiting.index.kinds import open_index
from script_shared.recruiting.index.servers import SIDES, copy_index, index_name, index_server, is_of_store
from script_shared.recruiting.ranking.release_folder import INDEX
from script_shared.releases import Releases
from script_shared.releases.store_id import store_id
from script_shared.settings import Settings

USE_CASE = "recruiting"
log = logging.getLogger("pauta.pipelines")


def index(context: Context) -> dict[str, Any]:
    """Copy both indexes of the published release to the server; the release in service keeps its own indexes.

    A server that is down holds no release back: its own indexes answer, and ``maintenance`` copies them later.

    Args:
        context: the run, its settings, params and options.

    Returns:
        the number of vectors of each side, and ``seconds``; ``not_indexed`` says why there are none on the server;
        nothing of it if no server is set or the gate refused.

    Raises:
        RunError: the run has not been published yet.
    """
    run, begin = context.run, time.monotonic()
    version, found = str(run.facts("published")["version"]), dict[str, Any]()
    server = index_server(context.settings) if run.facts("gated")["accepted"] else None
    if server is not None:
        try:
            store = store_id(context.settings, USE_CASE, make=True)
            found |= _copy_both(context.settings, server, run.read("trained"), version, store)
        except UnavailableError as error:
            found["not_indexed"] = error.message
            log.warning(
                "recruiting: release %s goes on without the index server, its own indexes answer: %s", version, error
            )
        finally:
            server.close()
    with run.write("indexed") as (_, facts):
        facts.update(found, seconds=round(time.monotonic() - begin, 2))
    return dict(facts)


def _copy_both(settings: Settings, server: IndexServer, release: Path, version: str, store: str) -> dict[str, int]:
    """Copy both indexes; returns the number of vectors of each side."""
    digests, counts = erased_digests(settings), {}
    for side in SIDES:
        own = open_index(release / INDEX / side)
        ids = [each.id for each in own.entries()] if side == "candidates" else []
        gone = frozenset(name for name, erased in zip(ids, are_erased(ids, digests), strict=True) if erased)
        counts[side] = copy_index(own, server, index_name(side, version, store), gone)
    return counts


def keep_indexes(settings: Settings, releases: Releases, before: Collection[str]) -> dict[str, list[str]]:
    """Drop the indexes of releases that no longer exist, and copy those of the release in service if they are missing.

    Indexes of other installations on the same server stay.

    Args:
        settings: ``PAUTA_RECRUITING_INDEX_URI`` says where the server is.
        releases: those that exist.
        before: versions that existed before maintenance.

    Returns:
        names of the indexes that were dropped (``indexes``) and copied (``indexes_copied``).

    Raises:
        UnavailableError: the server does not answer.
    """
    server = index_server(settings)
    if server is None:
        return {"indexes": [], "indexes_copied": []}
    store, pointer = store_id(settings, USE_CASE, make=True), releases.current()
    versions, names = releases.versions(), server.names()
    kept = {index_name(side, version, store) for version in versions for side in SIDES}
    others = {version for version in before if pointer is None or version != pointer.version}
    unnamed = {index_name(side, version, "") for version in others for side in SIDES}  # from before stores had names
    old = [name for name in names if (is_of_store(name, store) and name not in kept) or name in unnamed]
    for name in old:
        server.drop(name)
    copied: list[str] = []
    folder = releases.fetch(pointer.version) if pointer is not None else None
    if pointer is not None and folder is not None and not _complete(server, folder, pointer.version, store):
        _copy_both(settings, server, folder, pointer.version, store)
        copied = [index_name(side, pointer.version, store) for side in SIDES]
    server.close()
    return {"indexes": old, "indexes_copied": copied}


def _complete(server: IndexServer, release: Path, version: str, store: str) -> bool:
    """Whether the server has both indexes of a release, complete."""
    for side in SIDES:
        own = open_index(release / INDEX / side)
        copy = server.open(index_name(side, version, store), own.width, own.encoder)
        if copy is None:
            return False
    return True
