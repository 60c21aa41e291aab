"""Makes the passwords and keys of the stack once, keeps them, and gives each service a folder with its own.

python make_secrets.py                      make what is missing, write every service's folder
python make_secrets.py show [NAME]          print all of them, or one
python make_secrets.py renew NAME...        make these again
"""

import base64
import hashlib
import json
import os
import re
import secrets
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path("/run/secrets-of")
GIVEN = {  # what a person may choose, by the variable that says it
    "admin_token": "PAUTA_ADMIN_TOKEN",
    "airflow_admin_password": "PAUTA_AIRFLOW_ADMIN_PASSWORD",
    "grafana_password": "PAUTA_GRAFANA_PASSWORD",
    "proxy_password": "PAUTA_PROXY_PASSWORD",
}
LEFT_OVER = ("airflow/passwords.json",)  # written by earlier versions for services that do not need it
DEFAULT = re.compile(  # as in script_shared/environments/passwords.py
    r"(admin|airflow|change|default|example|grafana|key|me|minio|password|pass|pauta|postgres|root|secret|test|token|user"
    r"|word|your|[\W\d_])*+",
    re.IGNORECASE,
)
BYTES = {
    "admin_token": 24,
    "airflow_admin_password": 12,
    "airflow_service_password": 24,
    "airflow_db_password": 24,
    "events_db_password": 24,
    "grafana_password": 12,
    "jwt_secret": 64,
    "mlflow_db_password": 24,
    "postgres_password": 24,
    "proxy_password": 12,
    "redis_password": 24,
    "api_secret": 48,
}


def fresh() -> dict[str, str]:
    """A new value for every name."""
    made = {name: _secret(size) for name, size in BYTES.items()}
    return made | {"fernet_key": base64.urlsafe_b64encode(os.urandom(32)).decode()}


def _secret(size: int) -> str:
    """Random text that no program takes for a flag: it does not begin with a dash."""
    while (found := secrets.token_urlsafe(size)).startswith("-"):
        pass
    return found


def complete(
    kept: Mapping[str, str], environment: Mapping[str, str], renewed: frozenset[str] = frozenset()
) -> dict[str, str]:
    """What was kept, unless it is to be renewed; what the environment gives goes first, what is missing is made."""
    given = {name: environment[variable] for name, variable in GIVEN.items() if environment.get(variable)}
    return fresh() | {name: value for name, value in kept.items() if name not in renewed} | given


def files(of: Mapping[str, str]) -> dict[str, str]:
    """Every service's files, as paths below the root, with their content."""
    database = "postgresql+psycopg2://{}:{}@postgres:5432/{}"
    events = database.format("pauta", of["events_db_password"], "pauta")
    airflow = f"airflow:{of['airflow_db_password']}@postgres:5432/airflow"
    tasks = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{airflow}",
        "AIRFLOW__CORE__FERNET_KEY": of["fernet_key"],
        "AIRFLOW__CELERY__BROKER_URL": f"redis://:{of['redis_password']}@redis:6379/0",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql://{airflow}",
        "PAUTA_EVENTS_URI": events,
    }
    signing = {
        "AIRFLOW__API_AUTH__JWT_SECRET": of["jwt_secret"]
    }  # the scheduler signs tasks' tokens, the server checks them
    environments = {
        "api": {
            "PAUTA_EVENTS_URI": events,
            "PAUTA_ADMIN_TOKEN": of["admin_token"],
            "PAUTA_AIRFLOW_USERNAME": "pauta",
            "PAUTA_AIRFLOW_PASSWORD": of["airflow_service_password"],
        },
        "airflow": tasks,
        "airflow-scheduler": tasks | signing,
        "airflow-api-server": tasks | signing | {"AIRFLOW__API__SECRET_KEY": of["api_secret"]},
        "mlflow": {"MLFLOW_BACKEND_STORE_URI": database.format("mlflow", of["mlflow_db_password"], "mlflow")},
        "postgres": {
            "POSTGRES_PASSWORD": of["postgres_password"],
            "AIRFLOW_DB_PASSWORD": of["airflow_db_password"],
            "MLFLOW_DB_PASSWORD": of["mlflow_db_password"],
            "PAUTA_DB_PASSWORD": of["events_db_password"],
        },
        "grafana": {"GF_SECURITY_ADMIN_PASSWORD": of["grafana_password"]},
    }
    written = {f"{service}/env": _shell(values) for service, values in environments.items()}
    passwords = {"admin": of["airflow_admin_password"], "pauta": of["airflow_service_password"]}
    return written | {
        "airflow-api-server/passwords.json": json.dumps(passwords),
        "proxy/htpasswd": f"admin:{_salted(of['proxy_password'], salt=of['api_secret'])}\n",
        "redis/password": of["redis_password"] + "\n",
    }


def _salted(password: str, *, salt: str) -> str:
    """The password as nginx compares it: the SHA-1 of password and salt, then the salt (RFC 2307, SSHA).

    The salt comes from another secret, so that a second start writes the same file.
    """
    own = hashlib.sha256(f"proxy {salt}".encode()).digest()[:16]
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + own).digest() + own).decode()


def write(path: Path, content: str, mode: int) -> None:
    """Replace a file in one step."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as stream:
        stream.write(content)
    partial.chmod(mode)
    partial.replace(path)


def main(root: Path, arguments: list[str], environment: Mapping[str, str]) -> int:
    """Do what the arguments say; the exit code."""
    kept_in = root / "all" / "secrets.json"
    kept = json.loads(kept_in.read_text()) if kept_in.is_file() else {}
    if arguments[:1] == ["show"]:
        print(kept[arguments[1]] if arguments[1:] else json.dumps(kept, indent=2))
        return 0
    renewed = frozenset(arguments[1:]) if arguments[:1] == ["renew"] else frozenset()
    if unknown := renewed - fresh().keys():
        print(f"no such secret: {', '.join(sorted(unknown))}. There are: {', '.join(sorted(fresh()))}")
        return 2
    now = complete(kept, environment, renewed)
    if environment.get("PAUTA_ENV") == "prod" and (default := [name for name in GIVEN if DEFAULT.fullmatch(now[name])]):
        print(f"PAUTA_ENV is prod, and these have a default password: {', '.join(GIVEN[name] for name in default)}")
        return 2
    if now != kept:
        write(kept_in, json.dumps(now, indent=2), 0o600)
    for name, content in files(now).items():
        # Readable for every user: only the service's own containers mount the volume.
        write(root / name, content, 0o444)
    for name in LEFT_OVER:
        (root / name).unlink(missing_ok=True)
    print(f"{len(now)} secrets: {len(now.keys() - kept.keys())} made, {len(renewed)} renewed, the others kept")
    return 0


def _shell(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


if __name__ == "__main__":
    sys.exit(main(ROOT, sys.argv[1:], os.environ))
