"""The use cases of this instance, as the pipelines see them; their entries are in ``script_shared.use_cases``."""

from pkgutil import resolve_name

from pipelines.use_case import UseCase
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from script_shared.use_cases import Entry, entries, unknown


def use_cases(settings: Settings) -> dict[str, UseCase]:
    """The use cases that ``settings`` choose, by name.

    Args:
        settings: ``PAUTA_USE_CASES`` names those of this instance.

    Returns:
        use cases by name, in the order of the setting.

    Raises:
        SettingsError: an entry's object cannot be imported or has another name.
    """
    return {name: _load(entry) for name, entry in entries(settings.use_cases).items()}


def find(settings: Settings, name: str) -> UseCase:
    """One use case.

    Args:
        settings: ``use_cases`` names those of this instance.
        name: such as ``news``.

    Raises:
        SettingsError: there is none of this name; the message lists those that exist.
    """
    hosted = entries(settings.use_cases)
    if name not in hosted:
        raise unknown(name, list(hosted))
    return _load(hosted[name])


def _load(entry: Entry) -> UseCase:
    try:
        case = resolve_name(entry.pipelines)
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"use case {entry.name}: {entry.pipelines} cannot be imported ({error}).", fix="Correct its entry."
        ) from error
    if not isinstance(case, UseCase) or case.name != entry.name:
        raise SettingsError(
            f"use case {entry.name}: {entry.pipelines} is no UseCase of this name.", fix="Correct its entry."
        )
    return case
