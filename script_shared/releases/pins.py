"""Pins: releases that a person protects from programs, with a reason, kept in the pointer.

A pin does not hold a release in service: a training that the gate accepts replaces it as always. It limits how far a
program goes back: never from a pinned release, and never past one. ``prune`` keeps pinned releases.
"""

from datetime import UTC, datetime

from script_shared.errors import InputError, ReleaseMissingError
from script_shared.releases.pointer import change_pointer
from script_shared.releases.records import Pin, Pointer
from script_shared.releases.verify import require_manifest
from script_shared.storage import Storage

PROGRAMS = ("pipeline", "guard")  # names in ``Promotion.by`` that are no person's
FORCED = "forced by a person over the gate"  # the reason of a promotion that the gate did not accept


def pin(storage: Storage, version: str, reason: str, by: str) -> Pointer:
    """Pin a release; a second pin replaces the first.

    Args:
        storage: the root of the releases.
        version: the release.
        reason: in words.
        by: who does it.

    Raises:
        InputError: there is no reason.
        ReleaseMissingError: there is no such release, it is being deleted, or none was ever promoted.
    """
    if not reason.strip():
        raise InputError("a pin needs a reason.", fix='Give --reason "…".')

    def add_pin(pointer: Pointer | None) -> Pointer | None:
        if pointer is None or version in pointer.retiring:
            raise ReleaseMissingError(f"release {version} cannot be pinned.", fix="Promote a release first.")
        require_manifest(storage, version)
        new = Pin(version=version, pinned_at=datetime.now(UTC), by=by, reason=reason.strip())
        return _with(pointer, [*(each for each in pointer.pins if each.version != version), new])

    return _require_pointer(change_pointer(storage, add_pin))


def unpin(storage: Storage, version: str) -> Pointer:
    """Take a pin back.

    Raises:
        InputError: the release is not pinned.
    """

    def without(pointer: Pointer | None) -> Pointer | None:
        kept = [each for each in pointer.pins if each.version != version] if pointer else []
        if pointer is None or len(kept) == len(pointer.pins):
            raise InputError(f"release {version} is not pinned.", fix="`releases list` shows pinned releases.")
        return _with(pointer, kept)

    return _require_pointer(change_pointer(storage, without))


def held_by_person(pointer: Pointer) -> dict[str, str]:
    """Releases that a program must not go back past, with the reason: pinned, or put into service by a person.

    A release that a program promotes after that is no longer a person's choice.

    Args:
        pointer: with its history and pins.

    Returns:
        The reason by version.
    """
    found = {}
    for each in pointer.history:
        if each.by not in PROGRAMS or each.reason == FORCED:
            found[each.version] = f"{each.kind} by {each.by}: {each.reason}"
        elif each.kind == "promote":
            found.pop(each.version, None)
    return found | {each.version: f"pinned by {each.by}: {each.reason}" for each in pointer.pins}


def _with(pointer: Pointer, pins: list[Pin]) -> Pointer:
    return pointer.model_copy(update={"pins": pins, "revision": pointer.revision + 1})


def _require_pointer(pointer: Pointer | None) -> Pointer:
    assert pointer is not None
    return pointer
