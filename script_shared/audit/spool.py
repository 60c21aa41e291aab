"""Decisions that wait for the database: small files beside the releases, appended later in order."""

import json
import logging
from collections.abc import Callable

from script_shared.decisions.decision import Decision
from script_shared.errors import PautaError
from script_shared.settings import Settings
from script_shared.storage import Storage, open_storage

FOLDER = "audit-spool"
log = logging.getLogger("pauta.audit")


class Spool:
    """Args:
    settings: name the release store, and the data folder for a process that cannot write there.
    """

    def __init__(self, settings: Settings) -> None:
        self._places: list[Storage] = [open_storage(settings.models_uri), open_storage(settings.data_dir)]

    def keep(self, decision: Decision) -> str:
        """Keep a decision that could not be appended; returns its place.

        Raises:
            PautaError: neither place can be written; the log of the process has the decision.
        """
        data = json.dumps(decision.plain(), ensure_ascii=False).encode()
        key = f"{FOLDER}/{decision.at_ms:014d}-{decision.entry_id}.json"
        for place in self._places:
            try:
                place.swap(key, data, None)
            except PautaError as error:
                log.warning("a decision cannot be kept beside the releases: %s", error.log_text)
                continue
            return f"{place.uri}/{key}"
        log.error("a decision could not be recorded: %s", data.decode())
        raise PautaError(
            "the decision could not be recorded.", fix="The log of this process has it. Check database and disks."
        )

    def empty(self, append: Callable[[Decision], object]) -> int:
        """Append the waiting decisions, oldest first, and return how many there were.

        A file that this process cannot delete stays for one that can: to append its decision again changes nothing.

        Raises:
            UnavailableError: the record cannot be written; the other decisions keep waiting.
        """
        waiting = _waiting(self._places)
        for name, place in waiting:
            decision = _read(place, f"{FOLDER}/{name}")
            if decision is not None:
                append(decision)
                _remove(place, f"{FOLDER}/{name}")
        return len(waiting)


def _waiting(places: list[Storage]) -> list[tuple[str, Storage]]:
    found: list[tuple[str, Storage]] = []
    for place in places:
        try:
            found += [(file.name, place) for file in place.files(FOLDER) if file.name.endswith(".json")]
        except PautaError as error:
            log.warning("waiting decisions cannot be listed: %s", error.log_text)
    return sorted(found, key=lambda each: each[0])


def _read(place: Storage, key: str) -> Decision | None:
    try:
        stored = place.read(key)
        content = json.loads(stored.data) if stored else None
        return None if content is None else Decision(**{**content, "evidence": json.loads(content["evidence"])})
    except (ValueError, TypeError, KeyError):
        log.error("%s/%s is not a decision: check the file", place.uri, key)
    except PautaError as error:
        log.warning("a waiting decision cannot be read: %s", error.log_text)
    return None


def _remove(place: Storage, key: str) -> None:
    try:
        place.remove(key)
    except PautaError as error:
        log.warning("a decision is in the record, but its file cannot be deleted: %s", error.log_text)
