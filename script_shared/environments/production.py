"""What production refuses to start with: default passwords, data that is lost with the container, unsigned events."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from script_shared.addresses import sqlite_file
from script_shared.environments.disks import MOUNTS, loses
from script_shared.environments.passwords import is_default_password
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from script_shared.use_case_settings import PREFIX, variable

SERVING = ("models_uri", "evaluation_dir")
TRAINING = ("data_dir", *SERVING)
WITH_LAKE = ("lake_uri", "models_uri")  # the folders of runs are a cache then, and figures are in the lake, too
OTHER_SECRETS = ("AWS_SECRET_ACCESS_KEY",)  # of libraries, which read it from the environment themselves


def check_environment(
    settings: Settings,
    folders: tuple[str, ...],
    environment: Mapping[str, str] | None = None,
    mounts: Path = MOUNTS,
) -> None:
    """Refuse settings that are unsafe in production; other environments accept them.

    Args:
        settings: of this process.
        folders: names of the settings whose folders this process uses, ``SERVING`` or ``TRAINING``.
        environment: variables of the process; its own when None.
        mounts: the kernel's list of mounts.

    Raises:
        SettingsError: one or more settings are not for production; the message names all of them.
    """
    if settings.env != "prod":
        return
    environment = os.environ if environment is None else environment
    wrong = [*_without_key(settings), *_default_passwords(settings, environment), *_losses(settings, folders, mounts)]
    if wrong:
        raise SettingsError(
            f"PAUTA_ENV is prod, and production does not start with this: {'; '.join(wrong)}.",
            fix="Correct these settings; docs/environments.md says how.",
        )


def _without_key(settings: Settings) -> Iterator[str]:
    if settings.events_key is None:
        yield "PAUTA_EVENTS_KEY is not set, so anybody may send events that count as your readers'"


def _default_passwords(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in (*_values(settings), *((name, environment.get(name)) for name in OTHER_SECRETS)):
        secret = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(secret, str) and any(map(is_default_password, _passwords(name, secret))):
            yield f"{name} has a default password"


def _values(settings: Settings) -> Iterator[tuple[str, object]]:
    """Every setting by the name of its variable, those of use cases included."""
    yield from ((f"{PREFIX}{name.upper()}", value) for name, value in settings if name != "by_use_case")
    for case, own in settings.by_use_case.items():
        yield from ((variable(case, name), value) for name, value in own)


def _passwords(name: str, text: str) -> list[str]:
    """Passwords in the value of a setting: in an address, of several people, or the value itself."""
    if "://" in text:
        password = urlsplit(text).password
        return [unquote(password)] if password else []
    if name.endswith("_VIEWERS"):
        return [each.partition("=")[2].strip() for each in text.split(",")]
    secret = name.endswith(("_TOKEN", "_KEY", "_PASSWORD"))
    return [each.strip() for each in text.split(",") if each.strip()] if secret else []


def _losses(settings: Settings, folders: tuple[str, ...], mounts: Path) -> Iterator[str]:
    if settings.lake_uri and folders == TRAINING:
        folders = WITH_LAKE
    places = {f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in folders}
    places["PAUTA_EVENTS_URI"] = settings.events_address
    for case, own in settings.by_use_case.items():
        if own.database_uri is not None:
            places[variable(case, "database_uri")] = own.database_uri.get_secret_value()
    for name, place in places.items():
        path = sqlite_file(place) if "://" in place else Path(place)
        if path and (where := loses(path, mounts)):
            yield f"{name} is {path} on {where}, which ends with the container"
