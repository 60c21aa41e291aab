"""Secrets and passwords of the local stack: made once, kept in files that only their owner can read."""

import base64
import json
import os
import secrets
from functools import partial
from pathlib import Path
from tempfile import mkstemp

from pydantic import BaseModel, ConfigDict, Field

ADMIN = "admin"
SERVICE = "pauta"  # Airflow's user for the API; it may trigger DAGs and nothing more


def _secret(size: int) -> str:
    """Random text that no program takes for a flag: it does not begin with a dash."""
    while (found := secrets.token_urlsafe(size)).startswith("-"):
        pass
    return found


class Credentials(BaseModel):
    """Each is a random string; Airflow's components must share the first three."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    jwt_secret: str = Field(default_factory=partial(_secret, 64))
    api_secret: str = Field(default_factory=partial(_secret, 48))
    fernet_key: str = Field(default_factory=lambda: base64.urlsafe_b64encode(os.urandom(32)).decode())
    admin_password: str = Field(default_factory=partial(_secret, 12))
    service_password: str = Field(default_factory=partial(_secret, 24))
    admin_token: str = Field(default_factory=partial(_secret, 24))


def load_credentials(state: Path) -> Credentials:
    """The credentials of this checkout; creates missing ones."""
    file = state / "credentials.json"
    kept = json.loads(file.read_text()) if file.is_file() else {}
    credentials = Credentials.model_validate(kept)
    if credentials.model_dump() != kept:
        _write_private(file, credentials.model_dump())
    return credentials


def write_passwords(state: Path, credentials: Credentials) -> Path:
    """The password file of Airflow's auth manager."""
    file = state / "airflow_passwords.json"
    _write_private(file, {ADMIN: credentials.admin_password, SERVICE: credentials.service_password})
    return file


def _write_private(file: Path, content: dict[str, str]) -> None:
    """Replace the file in one step; ``mkstemp`` makes files that nobody else may read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, partial_file = mkstemp(prefix=f".{file.name}.", dir=file.parent)
    with os.fdopen(handle, "w") as stream:
        json.dump(content, stream, indent=2)
    os.replace(partial_file, file)
