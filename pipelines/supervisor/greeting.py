"""Output once everything works: the addresses and the login."""

from pipelines.supervisor.console import plainly
from pipelines.supervisor.settings.credentials import ADMIN, Credentials
from pipelines.supervisor.settings.stack_settings import StackSettings
from script_shared.settings import Settings


def _trainings(settings: Settings) -> str:
    """Where MLflow shows them; the embedded one has no server until a person wants to look."""
    if settings.mlflow_uri in (None, "embedded"):
        return "make mlflow-ui"
    return settings.mlflow_address or "not tracked (PAUTA_MLFLOW_URI)"


def show_addresses(stack_settings: StackSettings, credentials: Credentials, settings: Settings) -> None:
    """Where to look next."""
    plainly(
        f"""
  Front page        {stack_settings.api_url}/           (documentation: {stack_settings.api_url}/docs)
  Airflow           {stack_settings.airflow_url}/           login {ADMIN}, password {credentials.admin_password}
  Trainings         {_trainings(settings)}
  Admin token       {stack_settings.state / "credentials.json"} ("admin_token")
  Logs              {stack_settings.state / "logs"}

  Ctrl-C stops everything."""
    )
