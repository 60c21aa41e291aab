"""Saves a folded newsroom in the cache folder, so that the next process folds only newer entries."""

import json
import logging
import shutil
import tempfile
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import script_shared
from script_shared.errors import PautaError, UnavailableError
from script_shared.events import EventLog, Kind, Quarantine
from script_shared.news.newsroom.kept_newsroom import can_be_kept, load_newsroom, save_newsroom
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import LiveParams
from script_shared.news.state.reader_clusters import Assignment
from script_shared.storage.local import file_lock

log = logging.getLogger("pauta.state_keeper")
LEAST = 2_000  # new entries before another copy is written; folding them takes 0.1 s
DAMAGED = "is damaged"
SHARED, FOLDERS = Path(script_shared.__file__ or "").parent, ("news", "events", "compiled")
ABOUT, PARTIAL = "about.json", ".partial-"
ERRORS = (PautaError, OSError, ValueError, KeyError, TypeError)


class StateKeeper:
    """At most one newsroom in a folder, which processes on this machine share.

    A copy is used only by the same code with the same params, for the same release and log. It is not used
    after a user was erased or more clicks were found bad, because folding the log then gives another result.

    Args:
        folder: created if missing.
        events: the log.
    """

    def __init__(self, folder: Path, events: EventLog) -> None:
        self._folder, self._events = folder, events

    def resume(self, origin: str, params: LiveParams, assignment: Assignment) -> Newsroom | None:
        """The saved newsroom, or None if there is no usable one. Never raises.

        Args:
            origin: names the release.
            params: bounds of the live state, with the pace of the release.
            assignment: the release's clusters of users.
        """
        try:
            if (place := self._newest()) is None:
                return None
            about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
            if problem := self._problem(place, about, key_of(origin, params)):
                level = logging.WARNING if problem == DAMAGED else logging.INFO  # all others are normal
                log.log(level, "the log is folded from the release's snapshot on: the kept live state %s", problem)
                return None
            return load_newsroom(place, params, assignment)
        except ERRORS as error:
            log.warning(
                "the log is folded from the release's snapshot on, because the kept live state cannot be used: %s",
                error,
            )
            return None

    def keep(self, newsroom: Newsroom) -> None:
        """Write a copy, unless an existing one is nearly as new. Never raises.

        Args:
            newsroom: nothing is folded into it meanwhile.
        """
        try:
            if newsroom.has_erased:
                self.discard()
            elif can_be_kept(newsroom) and newsroom.origin:
                with file_lock(self._folder / "lock", 0.0):
                    self._keep(newsroom)
        except UnavailableError:
            pass  # another process writes one, or the log cannot be read
        except ERRORS as error:
            log.warning("the live state cannot be kept: %s", error)

    def discard(self) -> None:
        """Remove the copy."""
        for place in self._folder.glob("[0-9]*"):
            shutil.rmtree(place, ignore_errors=True)

    def _newest(self) -> Path | None:
        return max(self._folder.glob("[0-9]*"), default=None)

    def _keep(self, newsroom: Newsroom) -> None:
        assert newsroom.state is not None
        key = key_of(newsroom.origin, newsroom.state.params)
        if (newest := self._newest()) is not None:
            about = json.loads((newest / ABOUT).read_text(encoding="utf-8"))
            if about["key"] == key and newsroom.seq - LEAST < int(newest.name) <= newsroom.seq:
                return
        last = self._entry_at(newsroom.seq)
        if last is None:
            return
        for left in self._folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left, ignore_errors=True)
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=self._folder))
        save_newsroom(newsroom, partial)
        files = {str(path.relative_to(partial)): _digest(path) for path in partial.rglob("*") if path.is_file()}
        about = {"key": key, "last": [newsroom.seq, last], "after": newsroom.snapshot_seq, "files": files}
        about["quarantine"] = sorted(newsroom.quarantine.known)
        (partial / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        self.discard()
        partial.rename(self._folder / f"{newsroom.seq:020d}")

    def _problem(self, place: Path, about: dict[str, Any], key: str) -> str:
        """Why a copy cannot be used; "" if it can."""
        if about["key"] != key:
            return "is of another release, version or configuration"
        if any(_digest(place / name) != digest for name, digest in about["files"].items()):
            return DAMAGED
        seq, entry_id = about["last"]
        if self._entry_at(int(seq)) != entry_id:
            return "is of another event log"
        if self._events.erased_digests(int(about["after"])):
            self.discard()
            return "contains a user who was erased"
        known = Quarantine.of(self._events.history.quarantines()).known
        return "" if sorted(known) == about["quarantine"] else "was folded before clicks were found bad"

    def _entry_at(self, seq: int) -> str | None:
        """The id of an entry of the log, by its number."""
        found = self._events.tail(seq - 1, 1, without=(Kind.SERVED,))
        return found[0].entry_id if found and found[0].seq == seq else None


def key_of(origin: str, params: LiveParams) -> str:
    """A key that is equal for the same code, params and release.

    Args:
        origin: names the release.
        params: bounds of the live state.
    """
    return sha256(json.dumps([origin, params.model_dump(mode="json"), _code()]).encode()).hexdigest()


def sources() -> list[Path]:
    """The code that events pass through until they are folded, in Python and in C."""
    return sorted(path for folder in FOLDERS for path in (SHARED / folder).rglob("*") if path.suffix in (".py", ".c"))


@cache
def _code() -> str:
    """A digest of the sources."""
    total = sha256()
    for path in sources():
        total.update(path.read_bytes())
    return total.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
