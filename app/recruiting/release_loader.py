"""Loads releases of the recruiting use case."""

import contextlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.erased_people import ErasedPeople
from app.recruiting.index_copies import SECONDS, use_copies
from app.recruiting.live_records import LiveRecords, Position
from app.use_case import Parts, ReleaseLoader
from script_shared.errors import ReleaseCorruptError, UnavailableError
from script_shared.params import load_params
from script_shared.recruiting.erasure import person_name
from script_shared.recruiting.index.base import IndexServer
from script_shared.recruiting.index.servers import index_server
from script_shared.recruiting.params import FILE, RecruitingParams
from script_shared.recruiting.ranking.matcher import Matcher
from script_shared.recruiting.release_folder import CARD
from script_shared.recruiting.store.contacts import Contacts
from script_shared.recruiting.store.store import RecruitingStore
from script_shared.releases import Manifest
from script_shared.releases.store_id import store_id
from script_shared.storage.tables import tables_address

TRIAL = {"vacancy_id": "", "title": "Analista", "skills_text": "Java"}  # asked of each release before it serves


@dataclass(frozen=True)
class RecruitingRelease:
    """A loaded release, its candidates who were erased since, and how far it has followed the tables."""

    matcher: Matcher
    erased: ErasedPeople
    live: LiveRecords
    position: Position
    card: dict[str, Any]
    contacts: Contacts | None = None


class RecruitingLoader(ReleaseLoader[RecruitingRelease]):
    """Args:
    erased: who was erased.
    live: updates releases from the tables.
    server: has copies of the indexes; None if each release's own indexes answer.
    contacts: of the candidates; None if they are dropped.
    store: gives the name of the release store, which is part of the copies' names; "" by default.
    """

    def __init__(
        self,
        erased: ErasedPeople,
        live: LiveRecords,
        server: IndexServer | None = None,
        contacts: Contacts | None = None,
        store: Callable[[], str] = str,
    ) -> None:
        self._erased, self._live, self._server, self._contacts = erased, live, server, contacts
        self._store = store

    @classmethod
    def of(cls, parts: Parts) -> "RecruitingLoader":
        """The loader of a running service."""
        params = load_params(RecruitingParams, parts.settings.of("recruiting").params_file or FILE)
        erased = ErasedPeople(parts.log, person_name)
        live = LiveRecords(RecruitingStore(tables_address(parts.settings, "recruiting")), params.grades, erased)
        server, contacts = index_server(parts.settings, SECONDS), Contacts.of(parts.settings)
        return cls(erased, live, server, contacts, partial(store_id, parts.settings, "recruiting"))

    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> RecruitingRelease:
        """Load a release and have it answer once; the tables are left alone, so its trial can do the same.

        Raises:
            ReleaseCorruptError: a file is missing or damaged, or the answer is no list.
        """
        matcher = Matcher.load(folder, manifest.version)
        if not all(0 <= each.match_probability <= 1 for each in matcher.rank_candidates(TRIAL, None, 3)):
            raise ReleaseCorruptError(f"{folder}: its answers are not probabilities.", fix="Train it again.")
        return RecruitingRelease(matcher, self._erased, self._live, Position(), _card(folder), self._contacts)

    async def take_over(self, loaded: RecruitingRelease) -> None:
        """Update the release from the tables; while they are unreachable, each request tries again."""
        if self._server is not None:
            use_copies(loaded.matcher, self._server, self._store)
        with contextlib.suppress(UnavailableError):
            await self._live.follow(loaded.matcher, loaded.position, now=True)

    def card(self, loaded: RecruitingRelease) -> dict[str, Any]:
        """Counts and the model card."""
        matcher = loaded.matcher
        counts = {"vacancies": len(matcher.vacancies), "candidates": len(matcher.candidates)}
        return {**counts, "card": loaded.card}


def _card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseCorruptError(f"{folder / CARD}: not a readable model card.", fix="Train it again.") from error
    return card
