"""Where the local stack lives and listens: folders, ports and addresses, from flags or the environment."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from script_shared.errors import SettingsError

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"


class StackSettings(BaseSettings):
    """Each is an environment variable with the prefix PAUTA_, or a flag of ``python -m pipelines.supervisor``."""

    model_config = SettingsConfigDict(
        env_prefix="PAUTA_",
        extra="ignore",
        frozen=True,
        cli_prog_name="python -m pipelines.supervisor",
        cli_kebab_case=True,
    )

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

    Args:
        argv: flags of the command.

    Raises:
        SettingsError: a value cannot be used, or both ports are the same; the message names it.
    """
    try:
        found = StackSettings(_cli_parse_args=argv)
    except ValidationError as error:
        first = error.errors()[0]
        name = "PAUTA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}.", fix="Correct the flag or the environment variable.") from None
    if found.airflow_port == found.port:
        raise SettingsError(
            f"PAUTA_AIRFLOW_PORT and PAUTA_PORT are both {found.port}.", fix="Airflow and the API each need their own."
        )
    return found
