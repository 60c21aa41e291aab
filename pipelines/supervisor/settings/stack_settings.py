"""Where the local stack lives and listens: folders, ports and addresses, from flags or the environment."""

import argparse
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from script_shared.errors import SettingsError

ROOT = Path(__file__).parents[3]
HOST = "127.0.0.1"


class StackSettings(BaseSettings):
    """Each is an environment variable with the prefix ``PAUTA_``, or a flag of ``python -m pipelines.supervisor``."""

    model_config = SettingsConfigDict(env_prefix="PAUTA_", extra="ignore", frozen=True)

    airflow_port: int = Field(8080, ge=1, le=65535, description="port of Airflow's UI and API under `make run`")
    port: int = Field(8001, ge=1, le=65535, description="port of the API")
    home: Path = Field(ROOT, description="folder for `.airflow` and `.pauta` under `make run`")

    @property
    def airflow_url(self) -> str:
        return f"http://{HOST}:{self.airflow_port}"

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def airflow_home(self) -> Path:
        """Airflow's database, configuration and task logs."""
        return self.home.absolute() / ".airflow"

    @property
    def state(self) -> Path:
        """Secrets, and the logs of the components."""
        return self.home.absolute() / ".pauta"


def load_stack_settings(argv: list[str]) -> StackSettings:
    """Flags first, then the environment, then the defaults.

    Raises:
        SettingsError: a value cannot be used, or both ports are the same; the message names it.
    """
    parser = argparse.ArgumentParser(prog="python -m pipelines.supervisor", description=__doc__)
    for name, field in StackSettings.model_fields.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", help=f"{field.description} (PAUTA_{name.upper()}, default: {field.default})"
        )
    flags: dict[str, Any] = {name: value for name, value in vars(parser.parse_args(argv)).items() if value is not None}
    try:
        return _with_two_ports(StackSettings(**flags))
    except ValidationError as error:
        first = error.errors()[0]
        name = "PAUTA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}.", fix="Correct the flag or the environment variable.") from None


def _with_two_ports(stack_settings: StackSettings) -> StackSettings:
    if stack_settings.airflow_port == stack_settings.port:
        raise SettingsError(
            f"PAUTA_AIRFLOW_PORT and PAUTA_PORT are both {stack_settings.port}.",
            fix="Airflow and the API each need their own.",
        )
    return stack_settings
