"""Settings and params as names and texts, which a process compares with those that it recorded last.

No value of a secret leaves this module except into the keyed hash that the database computes.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, SecretStr

from script_shared.decisions.decision import canonical
from script_shared.params import FOLDER
from script_shared.settings import Settings
from script_shared.use_case_settings import PREFIX, UseCaseSettings, variable
from script_shared.use_cases import entries

NOT_SET = "(not set)"
AUTO = "auto"
LOCAL = ("cache_dir",)  # differs between machines of one installation
_LOGIN = re.compile(r"://\S*@")
_SECRET_PART = re.compile(r"(?i)(password|secret|token|key)=")


@dataclass(frozen=True)
class Configuration:
    """The effective settings and params of a process.

    Attributes:
        values: text by name, such as ``PAUTA_CLOCK`` or ``news.gate.tolerance``.
        secrets: by name a text for people and the secret itself, which is kept only as a keyed hash.
    """

    values: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)


def configuration_of(settings: Settings, params: Mapping[str, Any]) -> Configuration:
    """The settings of the environment, and the params of some use cases.

    Args:
        settings: of the process.
        params: by use case a table of params, or its values as a dict.
    """
    found = Configuration()
    for name in type(settings).model_fields:
        if name not in (*LOCAL, "by_use_case"):
            _add(found, f"{PREFIX}{name}".upper(), getattr(settings, name))
    for use_case in entries(settings.use_cases):
        own = settings.by_use_case.get(use_case, UseCaseSettings())
        for name in UseCaseSettings.model_fields:
            _add(found, variable(use_case, name), getattr(own, name))
    for use_case, table in params.items():
        values = table.model_dump(mode="json") if isinstance(table, BaseModel) else dict(table)
        left_to_site = dict.fromkeys(values.pop(AUTO, ()), AUTO)  # in a table of params; the file itself says "auto"
        flat = dict(_flat(values)) | left_to_site
        found.values.update((f"{use_case}.{name}", _text(value)) for name, value in flat.items())
    return found


def params_in_files(settings: Settings, use_cases: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The values of the params files, for a process that reads no params itself; a file that is no TOML is left out.

    Args:
        settings: name the params file of each use case.
        use_cases: names of those to read.

    Returns:
        the content of each file, by use case.
    """
    found = {}
    for name in use_cases:
        try:
            path = settings.of(name).params_file or FOLDER / f"{name}.toml"
            found[name] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # the release loader reports it
            continue
    return found


def _add(found: Configuration, name: str, value: Any) -> None:
    if isinstance(value, SecretStr):
        found.secrets[name] = ("secret", value.get_secret_value())
        return
    text = _text(value)
    shown = _LOGIN.sub("://***@", text)
    if shown != text or _SECRET_PART.search(text):
        found.secrets[name] = (shown if not _SECRET_PART.search(shown) else "an address with a secret", text)
    else:
        found.values[name] = text


def _flat(values: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _text(value: Any) -> str:
    """The same text for numbers that are equal: a file may say 1 where the params have 1.0.

    >>> _text(None), _text(1.0), _text([1, "a"]), _text("a")
    ('(not set)', '1', '[1,"a"]', 'a')
    """
    if value is None:
        return NOT_SET
    return value if isinstance(value, str) else canonical(_number(value))


def _number(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_number(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
