"""The assets that chain the DAGs: refined data starts training, a promoted release ends it."""

from airflow.sdk import Asset


def refined_asset(use_case: str) -> Asset:
    """Checked tables of one run; its events carry ``{"run_id": …}``, the run to train on."""
    return Asset(name=f"{use_case}_refined", uri=f"pauta://{use_case}/refined", group="pauta")


def release(use_case: str) -> Asset:
    """The release in service; its events carry ``{"run_id": …}`` and what promote said."""
    return Asset(name=f"{use_case}_release", uri=f"pauta://{use_case}/release", group="pauta")
