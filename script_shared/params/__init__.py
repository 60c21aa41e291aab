"""Reads what is tuned: hyperparameters, windows and thresholds, one TOML file per use case, unknown keys refused."""

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


def load_params(kind: type[P], file: Path, overrides: Sequence[str] = ()) -> P:
    """Read and check a params file.

    Args:
        kind: the use case's params.
        file: a TOML file.
        overrides: single values set over the file's, each a line of TOML such as ``split.window_hours = 6``.

    Raises:
        SettingsError: the file is missing, is no TOML, or has a key or value that is not allowed; the message names it.
    """
    try:
        return kind.model_validate(_read(file, overrides))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}).", fix="Correct PAUTA_PARAMS_FILE.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}.", fix="Correct that line.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{file}: {key}: {first['msg']}.", fix="Correct that key.") from error


def _read(file: Path, overrides: Sequence[str]) -> dict[str, Any]:
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    for line in overrides:
        _merge(values, tomllib.loads(line))
    return values


def _merge(into: dict[str, Any], values: dict[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
