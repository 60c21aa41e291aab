"""Secrets and passwords of the local stack: made once, kept in files that only their owner can read."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

ADMIN = "admin"
SERVICE = "pauta"  # Airflow's user for the API; it may trigger DAGs and nothing more
PRIVATE = 0o600


@dataclass(frozen=True)
class Credentials:
    """Each is a random string; Airflow's components must share the first three."""

    jwt_secret: str
    api_secret: str
    fernet_key: str
    admin_password: str
    service_password: str
    admin_token: str

    @classmethod
    def new(cls) -> "Credentials":
        return cls(
            jwt_secret=secrets.token_urlsafe(64),
            api_secret=secrets.token_urlsafe(48),
            fernet_key=base64.urlsafe_b64encode(os.urandom(32)).decode(),
            admin_password=secrets.token_urlsafe(12),
            service_password=secrets.token_urlsafe(24),
            admin_token=secrets.token_urlsafe(24),
        )


def load_credentials(state: Path) -> Credentials:
    """The credentials of this checkout; creates missing ones."""
    file = state / "credentials.json"
    kept = json.loads(file.read_text()) if file.is_file() else {}
    known = {field.name for field in fields(Credentials)}
    credentials = Credentials(**(asdict(Credentials.new()) | {key: kept[key] for key in known & kept.keys()}))
    if asdict(credentials) != kept:
        write_private(file, asdict(credentials))
    return credentials


def write_passwords(state: Path, credentials: Credentials) -> Path:
    """The password file of Airflow's auth manager."""
    file = state / "airflow_passwords.json"
    write_private(file, {ADMIN: credentials.admin_password, SERVICE: credentials.service_password})
    return file


def write_private(file: Path, content: dict[str, str]) -> None:
    """Replace the file in one step; it is never readable by others, not even for a moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w") as stream:
        json.dump(content, stream, indent=2)
    partial.replace(file)
