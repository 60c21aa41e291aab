"""Move the pointer to another release."""

import logging
from collections.abc import Collection

from script_shared.errors import PautaError, ReleaseConflictError, ReleaseMissingError
from script_shared.releases import pointer as pointers
from script_shared.releases.latest_text import write_latest_text
from script_shared.releases.records import Pointer, check_version
from script_shared.releases.verify import require_manifest, verify
from script_shared.storage import Storage

log = logging.getLogger("script_shared.releases")


def move(
    storage: Storage,
    version: str,
    reason: str,
    by: str,
    kind: str,
    *,
    expect: str | None,
    replace_damaged: bool = False,
) -> Pointer:
    """Move the pointer; nothing changes if it is there already.

    Args:
        storage: the root of the releases.
        version: the release that shall be in service.
        reason: in words.
        by: who wants it.
        kind: ``promote`` or ``rollback``.
        expect: the version that must be in service now ("" for none); None accepts any.
        replace_damaged: start a new pointer when the present one cannot be read.

    Raises:
        ReleaseMissingError: there is no such release, or it is being deleted.
        ReleaseConflictError: another version than ``expect`` is in service.
    """
    check_version(version)

    def move(pointer: Pointer | None) -> Pointer | None:
        _refuse(storage, pointer, version, expect)
        if pointer and pointer.version == version:
            return None
        return pointers.move_pointer(pointer, version, reason, by, kind)

    changed = pointers.change_pointer(storage, move, replace_damaged=replace_damaged)
    assert changed is not None
    write_latest_text(storage)
    return changed


def roll_back(
    storage: Storage, pointer: Pointer | None, reason: str, by: str, among: Collection[str] | None
) -> Pointer:
    """Move the pointer to the previous release that is whole; releases that are gone or damaged are skipped.

    Args:
        storage: the root of the releases.
        pointer: as it is now, None when no release was ever in service.
        reason: the reason, in words.
        by: who rolls back.
        among: the only versions that may be chosen; None for any.

    Raises:
        ReleaseMissingError: there is no earlier release to roll back to.
    """
    for version in pointer.earlier() if pointer else []:
        if among is not None and version not in among:
            continue
        try:
            verify(storage, require_manifest(storage, version))
        except PautaError as error:
            log.warning("rollback skips release %s: %s", version, error)
            continue
        return move(storage, version, reason, by, "rollback", expect=pointer.version if pointer else None)
    raise ReleaseMissingError(
        "there is no earlier release to roll back to.",
        fix="Pick one from `python -m pipelines releases list` and promote it.",
    )


def _refuse(storage: Storage, pointer: Pointer | None, version: str, expect: str | None) -> None:
    """The pointer was read before the manifest is: a process that deletes a release writes the pointer first."""
    in_service = pointer.version if pointer else ""
    if expect is not None and in_service not in (expect, version):
        raise ReleaseConflictError(
            f"release {in_service or '(none)'} is in service, not {expect or '(none)'}.",
            fix="Check `python -m pipelines releases list`, then retry.",
        )
    if pointer and version in pointer.retiring:
        raise ReleaseMissingError(f"release {version} is being deleted.", fix="Promote another one.")
    require_manifest(storage, version)
