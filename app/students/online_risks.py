"""Risks from the online feature store if a database is set for it, else from the release's own arrays."""

import asyncio

from script_shared.students.database.feature_store import FeatureStore, StudentFeatures
from script_shared.students.model import Risk, StudentsModel

PAUSE_SECONDS = 0.005  # between two students, about as long as the reasons of one take


class OnlineRisks:
    """Args:
    model: the release.
    store: has the students of this release; None for the release's own arrays.
    """

    def __init__(self, model: StudentsModel, store: FeatureStore | None) -> None:
        self._model, self._store = model, store

    async def of_place(self, place: int) -> Risk:
        """The risk of the student at a place of the release.

        Raises:
            UnavailableError: the store cannot be read.
        """
        if self._store is None:
            return self._model.of_place(place)
        ra = self._model.store.ids.ids[place]
        embedded = self._store.is_embedded
        read, version = self._store.read, self._model.version
        content = read(version, ra) if embedded else await asyncio.to_thread(read, version, ra)
        if content is None:
            return self._model.of_place(place)
        found = StudentFeatures.of(content)
        return self._model.of_stored(found.record, found.risks, found.effects)

    async def prepare(self) -> None:
        """Compute the reasons of the students beside requests, and keep them."""
        for place in self._model.prepare_order():
            await asyncio.to_thread(self._model.of_place, place)
            await asyncio.sleep(PAUSE_SECONDS)

    async def erase(self, ra: str) -> None:
        """Delete a student from the store.

        Raises:
            UnavailableError: the store cannot be written.
        """
        if self._store is not None:
            await asyncio.to_thread(self._store.erase, ra)
