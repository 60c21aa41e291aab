"""The registry: one line for each use case that the platform hosts.

A use case is three folders of one name (``script_shared/<name>/``, ``pipelines/<name>/``, ``app/<name>/``), its params
file ``script_shared/params/<name>.toml`` and its entry here.
"""

import re
from dataclasses import dataclass
from pkgutil import resolve_name

from script_shared.errors import SettingsError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Entry:
    """Where the parts of a use case are, as ``module:object``; each side imports its own part only.

    Attributes:
        name: lower-case letters, digits and ``_``; it names folders, DAGs, releases and settings.
        pipelines: its ``UseCase``: steps, schedule, maintenance.
        app: its ``AppUseCase``: how a release is loaded and served. None when the API does not serve it.
    """

    name: str
    pipelines: str
    app: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SettingsError(
                f"use case {self.name!r}: this cannot be a name.", fix="Use lower-case letters, digits and _."
            )


REGISTRY = (
    Entry("news", pipelines="pipelines.news.use_case:NEWS", app="app.news.use_case:NEWS"),
    Entry("students", pipelines="pipelines.students.use_case:STUDENTS", app="app.students.use_case:STUDENTS"),
    Entry("recruiting", pipelines="pipelines.recruiting.use_case:RECRUITING", app="app.recruiting.use_case:RECRUITING"),
)

FIRST = REGISTRY[0].name  # its table of evaluations is in the evaluation folder itself, not in a folder of its name


def entries(chosen: str = "") -> dict[str, Entry]:
    """The entries that an instance hosts, by name.

    Args:
        chosen: names of the registry, or ``module:object`` of an entry elsewhere, separated by commas; "" for the whole
            registry.

    Returns:
        entries in the order of ``chosen`` or of the registry.

    Raises:
        SettingsError: there is no such entry, or two have one name; the message lists those that exist.

    >>> list(entries("news"))
    ['news']
    """
    texts = [text.strip() for text in chosen.split(",") if text.strip()]
    found = [_entry(text) for text in texts] if texts else list(REGISTRY)
    by_name = {entry.name: entry for entry in found}
    if len(by_name) < len(found):
        raise SettingsError("PAUTA_USE_CASES: two entries have one name.", fix="Name each use case once.")
    return by_name


def _entry(text: str) -> Entry:
    if ":" not in text:
        for entry in REGISTRY:
            if entry.name == text:
                return entry
        raise unknown(text, [entry.name for entry in REGISTRY])
    try:
        found = resolve_name(text)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"PAUTA_USE_CASES: {text} cannot be imported ({error}).", fix="Give it as module:object."
        ) from error
    if not isinstance(found, Entry):
        raise SettingsError(f"PAUTA_USE_CASES: {text} is no Entry.", fix="See docs/use-cases.md.")
    return found


def unknown(name: str, names: list[str]) -> SettingsError:
    """The error for a use case that does not exist.

    Args:
        name: what was asked for.
        names: the use cases that exist.
    """
    return SettingsError(f"there is no use case {name!r}.", fix=f"Use cases are: {', '.join(sorted(names))}.")
