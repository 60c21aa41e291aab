"""Settings that each use case has for itself: ``PAUTA_<USE CASE>_SOURCE`` and so on."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from script_shared.cron import cron
from script_shared.errors import SettingsError
from script_shared.use_cases import entries

PREFIX = "PAUTA_"
CHOSEN = PREFIX + "USE_CASES"


class UseCaseSettings(BaseModel):
    """The environment's settings of one use case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str | None = Field(None, description="source of its raw data")
    source_path: Path | None = Field(None, description="folder or file that the source reads")
    schedule: Annotated[str, AfterValidator(cron)] | None = Field(
        None, description="when its data DAG starts by itself, as a cron expression in UTC"
    )
    params_file: Path | None = Field(None, description="its params file; unset, the one in the package")


def variable(use_case: str, field: str) -> str:
    """The environment variable of a field.

    >>> variable("students", "source_path")
    'PAUTA_STUDENTS_SOURCE_PATH'
    """
    return f"{PREFIX}{use_case}_{field}".upper()


def variables(use_cases: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Use case and field by variable."""
    return {variable(name, field): (name, field) for name in use_cases for field in UseCaseSettings.model_fields}


def hosted(environment: Mapping[str, str]) -> list[str]:
    """Names of the use cases that an environment chooses; of the whole registry where it chooses wrongly."""
    try:
        return list(entries(environment.get(CHOSEN, "")))
    except SettingsError:  # the settings refuse the choice themselves
        return list(entries())


class UseCaseVariables(PydanticBaseSettingsSource):
    """Collects the variables of all use cases into the field ``by_use_case``."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value of one field of the settings."""
        return (_collect(os.environ) if field_name == "by_use_case" else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values that this source has."""
        found = _collect(os.environ)
        return {"by_use_case": found} if found else {}


def _collect(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, (use_case, field) in variables(hosted(environment)).items():
        if value := environment.get(name):
            found.setdefault(use_case, {})[field] = value
    return found
