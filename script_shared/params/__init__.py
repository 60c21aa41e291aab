"""Reads params (hyperparameters, windows, thresholds): one TOML file per use case; unknown keys are refused."""

import copy
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from script_shared.errors import SettingsError

FOLDER = Path(__file__).parent


class Params(BaseModel):
    """Base of every params table: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


P = TypeVar("P", bound=Params)


def load_params(
    kind: type[P],
    file: Path,
    overrides: Sequence[str] = (),
    *,
    over: Path | None = None,
    file_from: str = "PAUTA_PARAMS_FILE",
    set_by: str = "",
) -> P:
    """Read and check a params file.

    Args:
        kind: the use case's params.
        file: a TOML file.
        overrides: single values set over the file's, each a line of TOML such as ``split.window_hours = 6``.
        over: a TOML file of an experiment, whose values replace those of ``file``; it may hold a few alone.
        file_from: where ``file`` was named, for the message when it cannot be read.
        set_by: prefix of an override in a message, such as ``--set`` and a space.

    Raises:
        SettingsError: the file is missing, is no TOML, or has a key or value that is not allowed; the message names
            the file, or the override that brought it in.
    """
    values = _read(file, file_from)
    lines = [(str(over), _read(over, "--params"))] if over else []
    lines += [(f"{set_by}{line}", _parse(line, set_by)) for line in overrides]
    for _, given in lines:
        _merge(values, copy.deepcopy(given))
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        names = [name for name, given in lines if _reaches(given, first["loc"])]
        raise SettingsError(
            f"{names[-1] if names else file}: {key}: {first['msg']}.", fix="Correct that key."
        ) from error


def _read(file: Path, file_from: str) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}).", fix=f"Correct {file_from}.") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise SettingsError(f"{file}: is not valid TOML: {error}.", fix="Correct that line.") from error


def _parse(line: str, set_by: str) -> dict[str, Any]:
    try:
        return tomllib.loads(line)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{set_by}{line}: is not valid TOML: {error}.",
            fix="Use KEY=VALUE in TOML syntax, a text in double quotes.",
        ) from error


def _reaches(given: Any, place: Sequence[Any]) -> bool:
    """Whether an override sets the value at a place, or something above it."""
    for part in place:
        if not isinstance(given, dict):
            return True
        if part not in given:
            return False
        given = given[part]
    return True


def _merge(into: dict[str, Any], values: dict[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
