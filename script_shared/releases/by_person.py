"""What a person does with releases on a page: put into service, go back, pin, unpin; and its entry in the record."""

from dataclasses import dataclass
from typing import Literal

from script_shared.decisions.decision import Decision, Kind
from script_shared.errors import ReleaseConflictError
from script_shared.releases.records import Pointer
from script_shared.releases.store import Releases

ActionName = Literal["promote", "rollback", "pin", "unpin"]
KINDS: dict[ActionName, Kind] = {
    "promote": "promote",
    "rollback": "rollback",
    "pin": "configuration",
    "unpin": "configuration",
}


@dataclass(frozen=True)
class Action:
    """One action.

    Attributes:
        by: name of the person's token.
        in_service: the version that the person saw in service, "" for none; another one refuses promote and rollback.
        version: the release that it is about; "" for a rollback.
    """

    name: ActionName
    reason: str
    by: str
    in_service: str = ""
    version: str = ""


def carry_out(releases: Releases, action: Action) -> Pointer:
    """Do it.

    Args:
        releases: of the use case.
        action: what the person wants.

    Returns:
        The pointer afterwards.

    Raises:
        ReleaseError: there is no such release, it is damaged, or another one is in service meanwhile.
        InputError: a pin without a reason, or an unpin of a release that is not pinned.
        UnavailableError: the store cannot be written.
    """
    if action.name == "promote":
        return releases.promote(action.version, action.reason, by=action.by, expect=action.in_service)
    if action.name == "pin":
        return releases.pin(action.version, action.reason, by=action.by)
    if action.name == "unpin":
        return releases.unpin(action.version)
    pointer = releases.current()
    if pointer is None or pointer.version != action.in_service:
        now = pointer.version if pointer else "(none)"
        raise ReleaseConflictError(
            f"release {now} is in service, not {action.in_service}.", fix="Open the page again, then retry."
        )
    return releases.rollback(action.reason, by=action.by)


def decision_of(action: Action, use_case: str, after: Pointer, evidence: dict[str, str]) -> Decision:
    """The entry in the record of an action that was carried out.

    Args:
        action: what the person did.
        use_case: whose releases.
        after: the pointer afterwards.
        evidence: such as the route or the run that did it.

    Returns:
        The decision, under the name of the person's token.
    """
    pinned = {"pin": ("", action.version), "unpin": (action.version, "")}
    before, now = pinned.get(action.name, (action.in_service, after.version))
    whole = {**evidence, "action": action.name, "sequence": after.sequence}
    return Decision(f"token:{action.by}", KINDS[action.name], use_case, before, now, action.reason, whole)
