"""The end of the record, noted beside the releases: a truncation of the record does not change this note."""

import json
import logging

from script_shared.errors import PautaError
from script_shared.events.database.audit import AuditTable
from script_shared.storage import Storage, StoredObject

HEAD = "audit-head.json"  # beside the releases: number and hash of the newest entry
TRIES = 5
log = logging.getLogger("pauta.audit")


class Head:
    """The noted end of one record.

    Args:
        store: the store of the releases.
        table: the record.
    """

    def __init__(self, store: Storage, table: AuditTable) -> None:
        self._store, self._table = store, table

    def read(self) -> tuple[int, str] | None:
        """Number and hash of the noted entry; None if none is noted.

        Raises:
            UnavailableError: the store cannot be read.
        """
        return _parse(self._store.read(HEAD))

    def note(self, number: int, digest: str) -> bool:
        """Note a newer end, if this process may write there and the end that was noted last is still in the record.

        Args:
            number: of an entry of the record; one that is not newer than the noted one changes nothing. 0 for none.
            digest: its hash.

        Returns:
            False if the noted entry is missing or was replaced: then the note stays, so that ``audit verify`` finds it.
        """
        data = json.dumps({"number": number, "hash": digest}).encode()
        try:
            for _ in range(TRIES):
                stored = self._store.read(HEAD)
                noted = _parse(stored)
                if noted is not None and self._table.hash_of(noted[0]) != noted[1]:
                    log.error(
                        "entry %d of the record of decisions is missing or was replaced: run audit verify", noted[0]
                    )
                    return False
                if number <= (noted[0] if noted else 0) or self._store.swap(HEAD, data, stored):
                    return True
        except (PautaError, OSError) as error:
            log.debug("the end of the record is not noted beside the releases: %s", error)
        return True


def _parse(stored: StoredObject | None) -> tuple[int, str] | None:
    try:
        found = json.loads(stored.data) if stored else None
        return None if found is None else (int(found["number"]), str(found["hash"]))
    except (ValueError, TypeError, KeyError):
        return None
