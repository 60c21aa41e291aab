"""A release's own index, and its copy on a server, which answers while the server is reachable."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock

from script_shared.arrays import FloatArray
from script_shared.errors import PautaError
from script_shared.recruiting.index.base import Entry, Neighbour, VectorIndex, Where
from script_shared.recruiting.index.exact import ExactIndex

log = logging.getLogger("pauta.recruiting")
DOWN_SECONDS = 5.0  # before the server is called again after a failure
SPARE = 10  # additional neighbours, because this process may not have read the records of some yet


class ServedIndex:
    """The interface of ``VectorIndex``. Changes are made in both; what the server missed is sent when it answers again.

    Args:
        own: index of the release.
        open_copy: opens the copy; returns None while there is none.
    """

    def __init__(self, own: ExactIndex, open_copy: Callable[[], VectorIndex | None]) -> None:
        self.own, self._open = own, open_copy
        self._copy: VectorIndex | None = None
        self._missed: dict[str, Entry | None] = {}  # None: the entry was deleted
        self._next_try, self._held = float("-inf"), False
        self._lock = RLock()

    @property
    def encoder(self) -> str:
        """Version of the encoder that all vectors are of."""
        return self.own.encoder

    @property
    def version(self) -> int:
        """Increases with every change of this process."""
        return self.own.version

    def upsert(self, entries: Sequence[Entry], encoder: str) -> None:
        """Add entries, or replace those of the same id.

        Args:
            entries: with vectors of length 1.
            encoder: name of their encoder.
        """
        self.own.upsert(entries, encoder)
        self._note({each.id: each for each in entries})

    def delete(self, ids: Sequence[str]) -> int:
        """Remove entries; returns how many existed.

        Args:
            ids: unknown ones are ignored.
        """
        count = self.own.delete(ids)
        self._note(dict.fromkeys(ids))
        return count

    def query(
        self, target: FloatArray | str, k: int, where: Where | None = None, encoder: str | None = None
    ) -> list[Neighbour]:
        """The k nearest entries, nearest first; see ``VectorIndex``.

        Args:
            target: float (width), or the id of an entry, which is then left out of its answer.
            k: neighbours at most.
            where: values that an entry must have, by name; None for all entries.
            encoder: name of the vector's encoder; None if it is known to be the index's.
        """
        copy = self._server()
        if copy is None:
            return self.own.query(target, k, where, encoder)
        name = target if isinstance(target, str) else None
        vector = target if not isinstance(target, str) else self.own.vector(target)
        try:
            found = copy.query(vector, k + SPARE, where, self.encoder if name is not None else encoder)
        except PautaError as error:
            self._note_failure(error)
            return self.own.query(target, k, where, encoder)
        return [each for each in found if each.id != name and self.own.has(each.id)][:k]

    def count(self, where: Where | None = None) -> int:
        """Entries, or those that fit.

        Args:
            where: values that an entry must have, by name; None for all entries.
        """
        return self.own.count(where)

    @contextmanager
    def send_together(self) -> Iterator[None]:
        """Changes inside the block reach the server when it ends."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._server()

    def _note(self, changes: dict[str, Entry | None]) -> None:
        with self._lock:
            self._missed.update(changes)
        if not self._held:
            self._server()

    def _server(self) -> VectorIndex | None:
        """The copy with all changes; None while it is unusable."""
        if self._copy is not None and (self._held or not self._missed) and time.monotonic() >= self._next_try:
            return self._copy
        with self._lock:
            if time.monotonic() < self._next_try:
                return None
            try:
                self._copy = self._copy or self._open()
                if self._copy is None:
                    log.warning("the index server has no index of this release: the release's own answers")
                    self._next_try = time.monotonic() + DOWN_SECONDS
                elif not self._held:
                    self._send(self._copy)
            except PautaError as error:
                self._note_failure(error)
                return None
            return self._copy

    def _send(self, copy: VectorIndex) -> None:
        changed = [each for each in self._missed.values() if each is not None]
        gone = [name for name, each in self._missed.items() if each is None]
        if changed:
            copy.upsert(changed, self.encoder)
        if gone:
            copy.delete(gone)
        self._missed.clear()

    def _note_failure(self, error: PautaError) -> None:
        log.warning("the index server is not used for now, the release's own index answers: %s", error)
        self._next_try = time.monotonic() + DOWN_SECONDS
