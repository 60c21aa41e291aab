"""Reads what is tuned: hyperparameters, windows and thresholds, one TOML file per use case, unknown keys refused."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from script_shared.errors import SettingsError

FOLDER = Path(__file__).parent


class Params(BaseModel):
    """Base of every params table: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


P = TypeVar("P", bound=Params)


def load_params(kind: type[P], file: Path) -> P:
    """Read and check a params file.

    Raises:
        SettingsError: the file is missing, is no TOML, or has a key or value that is not allowed; the message names it.
    """
    try:
        return kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}).", fix="Correct PAUTA_PARAMS_FILE.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}.", fix="Correct that line.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{file}: {key}: {first['msg']}.", fix="Correct that key.") from error
