"""Output once everything works: a first recommendation for each segment, the addresses, the login."""

from typing import Any

from pipelines.supervisor.console import plainly
from pipelines.supervisor.rest.api import ApiRest
from pipelines.supervisor.settings.credentials import ADMIN, Credentials
from pipelines.supervisor.settings.stack_settings import StackSettings
from script_shared.settings import Settings

ITEMS = 3


def show_recommendations(api: ApiRest) -> None:
    """Print the recommendations of one user of each segment."""
    for segment, readers in api.examples().items():
        if readers:
            plainly(_list(segment, api.recommendations(readers[0], ITEMS)))
        else:
            plainly(f"\n  {segment}: no example user (a release of current data names none)")


def _list(segment: str, answer: dict[str, Any]) -> str:
    lines = [f"\n  {segment} user, answered by {answer['source']}:"]
    for place, item in enumerate(answer["items"], start=1):
        lines.append(f"    {place}. {(item['title'] or item['page'])[:70]}  ({item['reason']})")
    return "\n".join(lines)


def _trainings(settings: Settings) -> str:
    """Where MLflow shows them; the embedded one has no server until a person wants to look."""
    if settings.mlflow_uri in (None, "embedded"):
        return "make mlflow-ui"
    return settings.mlflow_address or "not tracked (PAUTA_MLFLOW_URI)"


def show_addresses(stack_settings: StackSettings, credentials: Credentials, settings: Settings) -> None:
    """Where to look next."""
    plainly(
        f"""
  Recommendations   {stack_settings.api_url}/           (documentation: {stack_settings.api_url}/docs)
  Airflow           {stack_settings.airflow_url}/           login {ADMIN}, password {credentials.admin_password}
  Trainings         {_trainings(settings)}
  Admin token       {stack_settings.state / "credentials.json"} ("admin_token")
  Logs              {stack_settings.state / "logs"}

  Ctrl-C stops everything."""
    )
