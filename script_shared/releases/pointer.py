"""The pointer: cheap to read, and changed by compare-and-swap, so that concurrent changes are serialised."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

from script_shared.errors import ReleaseConflictError
from script_shared.releases.records import HISTORY, Pointer, Promotion, decode
from script_shared.storage import Storage, StoredObject

KEY = "current"
ATTEMPTS = 200
REPAIR = "Point at a good release again: python -m pipelines releases promote VERSION --replace-damaged."

Change = Callable[[Pointer | None], Pointer | None]


def decode_pointer(stored: StoredObject | None, uri: str) -> Pointer | None:
    """The pointer that was read; None when none was ever written.

    Args:
        stored: what the storage has under ``KEY``.
        uri: of the storage, for the message.

    Raises:
        ReleaseCorruptError: it is no pointer.
    """
    return decode(Pointer, stored.data, f"pointer {uri}/{KEY}", REPAIR) if stored else None


def change_pointer(storage: Storage, change: Change, *, replace_damaged: bool = False) -> Pointer | None:
    """Apply ``change`` to the pointer as it is now, and again whenever another process changed it first.

    Args:
        storage: the root that holds the pointer.
        change: from the pointer to the next one; None leaves it as it is. May be called several times.
        replace_damaged: take a pointer that cannot be read as none at all.

    Returns:
        The pointer as it then is.

    Raises:
        ReleaseConflictError: others moved it all the time.
        ReleaseCorruptError: it is damaged.
    """
    for attempt in range(ATTEMPTS):
        stored = storage.read(KEY)
        pointer = None if replace_damaged and _is_damaged(stored) else decode_pointer(stored, storage.uri)
        changed = change(pointer)
        if changed is None:
            return pointer
        if storage.swap(KEY, changed.encode(), stored):
            return changed
        time.sleep(random.uniform(0, min(0.2, 0.005 * 2 ** min(attempt, 6))))
    raise ReleaseConflictError(f"pointer {storage.uri}/{KEY}: other processes kept moving it.", fix="Try again.")


def _is_damaged(stored: StoredObject | None) -> bool:
    try:
        Pointer.model_validate_json(stored.data if stored else b"")
    except ValueError:
        return True
    return False


def move_pointer(pointer: Pointer | None, version: str, reason: str, by: str, kind: str) -> Pointer:
    """The pointer after it moved to ``version``.

    Args:
        pointer: before the move, None for the first one.
        version: of the release that is in service from now on.
        reason: why, for people.
        by: who moved it.
        kind: ``promote`` or ``rollback``.
    """
    now = datetime.now(UTC)
    sequence = pointer.sequence + 1 if pointer else 1
    move = Promotion.model_validate(
        {"version": version, "sequence": sequence, "promoted_at": now, "by": by, "reason": reason, "kind": kind}
    )
    earlier = pointer.history if pointer else []
    return Pointer(
        **move.model_dump(),
        history=[*earlier, move][-HISTORY:],
        retiring=pointer.retiring if pointer else [],
        pins=pointer.pins if pointer else [],
        rewritings=pointer.rewritings if pointer else 0,
        revision=pointer.revision + 1 if pointer else 1,
    )


def with_retiring(pointer: Pointer, versions: list[str]) -> Pointer:
    """The pointer with another list of versions that are being deleted."""
    return pointer.model_copy(update={"retiring": versions, "revision": pointer.revision + 1})
