"""The use cases that this instance serves; their entries are in ``script_shared.use_cases``."""

from pkgutil import resolve_name

from app.use_case import AppUseCase
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from script_shared.use_cases import Entry, entries


def use_cases(settings: Settings) -> dict[str, AppUseCase]:
    """The served use cases that ``settings`` choose, by name, the default one first.

    Raises:
        SettingsError: an entry's object cannot be imported or has another name.
    """
    return {name: _load(entry, entry.app) for name, entry in entries(settings.use_cases).items() if entry.app}


def find(settings: Settings, name: str) -> AppUseCase:
    """One served use case, without an import of the others.

    Args:
        settings: ``use_cases`` names those that are served here.
        name: such as ``news``.

    Raises:
        SettingsError: it is not served here, or its entry's object cannot be imported or has another name.
    """
    entry = entries(settings.use_cases).get(name)
    if entry is None or entry.app is None:
        raise SettingsError(f"the use case {name!r} is not served here.", fix="Correct PAUTA_USE_CASES.")
    return _load(entry, entry.app)


def _load(entry: Entry, where: str) -> AppUseCase:
    try:
        case = resolve_name(where)
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"use case {entry.name}: {where} cannot be imported ({error}).", fix="Correct its entry."
        ) from error
    if not isinstance(case, AppUseCase) or case.name != entry.name:
        raise SettingsError(f"use case {entry.name}: {where} is no AppUseCase of this name.", fix="Correct its entry.")
    return case
