"""Settings that each use case has for itself: ``PAUTA_<USE CASE>_SOURCE`` and so on."""

import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from script_shared.cron import cron
from script_shared.errors import SettingsError
from script_shared.people.access_settings import SHORTEST_TOKEN
from script_shared.use_cases import entries

PREFIX = "PAUTA_"
CHOSEN = PREFIX + "USE_CASES"
ADMIN = "admin"  # name and role of the holder of the admin token
_VIEWER = re.compile(r"[A-Za-z0-9._-]{1,64}")


def viewer_tokens(text: str) -> dict[str, str]:
    """Tokens by the name of their holder.

    Args:
        text: ``name=token`` of each holder, separated by commas; "" for none.

    Returns:
        tokens by name, in the order given.

    Raises:
        ValueError: a part is no name and token, a name is there twice, or a token is short; no token is repeated.

    >>> viewer_tokens("ana=0123456789abcdef, rui=fedcba9876543210")
    {'ana': '0123456789abcdef', 'rui': 'fedcba9876543210'}
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, token = (word.strip() for word in part.partition("="))
        if not _VIEWER.fullmatch(name) or name == ADMIN or name in found:
            raise ValueError("each part must be name=token with a name of its own: letters, digits, '.', '_' and '-'")
        if len(token) < SHORTEST_TOKEN:
            raise ValueError(f"the token of {name} is shorter than {SHORTEST_TOKEN} characters")
        found[name] = token
    return found


def _viewers(text: SecretStr) -> SecretStr:
    viewer_tokens(text.get_secret_value())
    return text


def _fernet(text: SecretStr) -> SecretStr:
    for part in text.get_secret_value().split(","):
        try:
            length = len(urlsafe_b64decode(part.strip()))
        except ValueError:
            length = 0
        if length != 32:
            raise ValueError("a key is 32 bytes in URL-safe base64")
    return text


class UseCaseSettings(BaseModel):
    """The environment's settings of one use case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str | None = Field(None, description="source of its raw data")
    source_path: Path | None = Field(None, description="folder or file that the source reads")
    schedule: Annotated[str, AfterValidator(cron)] | None = Field(
        None, description="when its data DAG starts by itself, as a cron expression in UTC"
    )
    params_file: Path | None = Field(None, description="its params file; unset, the one in the package")
    database_uri: SecretStr | None = Field(
        None,
        description="SQLAlchemy address of the use case's own tables (students, recruiting): SQLite or PostgreSQL, for "
        "recruiting also MySQL; unset, they are beside the event log",
    )
    contact_key: Annotated[SecretStr, AfterValidator(_fernet)] | None = Field(
        None,
        description="key that encrypts contacts of candidates (recruiting); docs/recruiting.md says how to make "
        "one; of several keys, separated by commas, the first one encrypts; unset, contacts are dropped at the first "
        "step",
    )
    index_uri: SecretStr | None = Field(
        None,
        description="server of the vector index (recruiting): `database` for pgvector in the use case's PostgreSQL, "
        "`postgresql://…` for another one, `http://…:6333` for Qdrant (`http://:key@…` with its API key); unset, the "
        "release's own index answers",
    )
    viewers: Annotated[SecretStr, AfterValidator(_viewers)] | None = Field(
        None,
        description="tokens of people who may see its students or candidates without the admin token: "
        "`name=token`, separated by commas; a token has 16 characters or more",
    )


def variable(use_case: str, field: str) -> str:
    """The environment variable of a field.

    Args:
        use_case: such as ``students``.
        field: of the use case's settings.

    >>> variable("students", "source_path")
    'PAUTA_STUDENTS_SOURCE_PATH'
    """
    return f"{PREFIX}{use_case}_{field}".upper()


def variables(use_cases: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The environment variables of use cases.

    Args:
        use_cases: their names.

    Returns:
        use case and field of each variable, by its name.
    """
    return {variable(name, field): (name, field) for name in use_cases for field in UseCaseSettings.model_fields}


def known_use_cases(text: str) -> str:
    """The text, if it is a choice of use cases.

    Args:
        text: as in the setting ``use_cases``.

    Raises:
        ValueError: it names a use case that does not exist.
    """
    try:
        entries(text)
    except SettingsError as error:
        raise ValueError(f"{error.message.rstrip('.')}. {error.fix}".rstrip(".")) from None
    return text


def hosted_use_cases(environment: Mapping[str, str]) -> list[str]:
    """Names of the use cases that an environment chooses; of the whole registry where it chooses wrongly.

    Args:
        environment: variables by name.
    """
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
    for name, (use_case, field) in variables(hosted_use_cases(environment)).items():
        if value := environment.get(name):
            found.setdefault(use_case, {})[field] = value
    return found
