"""Addresses in Airflow, MLflow and Grafana, for people."""

from dataclasses import dataclass
from urllib.parse import quote

from script_shared.settings import Settings


@dataclass(frozen=True)
class Links:
    """Addresses of an installation; "" for a tool whose address is not set."""

    airflow: str
    mlflow: str
    grafana: str

    @classmethod
    def of(cls, settings: Settings) -> "Links":
        """The addresses in the settings."""
        airflow = settings.airflow_public_url or settings.airflow_url
        return cls(
            *((url or "").rstrip("/") for url in (airflow, settings.mlflow_public_url, settings.grafana_public_url))
        )

    def dag(self, dag: str) -> str:
        """The runs of a DAG in Airflow."""
        return f"{self.airflow}/dags/{quote(dag)}/runs" if self.airflow else ""

    def model(self, use_case: str) -> str:
        """The releases of a use case in MLflow, each with the run that made it."""
        return f"{self.mlflow}/#/models/pauta-{quote(use_case)}" if self.mlflow else ""

    def board(self) -> str:
        """The board of models in Grafana."""
        return f"{self.grafana}/d/pauta-models" if self.grafana else ""
