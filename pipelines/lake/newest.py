"""The newest run, on this machine or in the data lake."""

from pipelines.lake.session import see_lake
from pipelines.runs import latest_run
from script_shared.settings import Settings


def newest_run(settings: Settings, use_case: str, folder: str) -> str | None:
    """The id of the newest run in which a folder is complete; None where there is none.

    Args:
        settings: the data folder, and ``PAUTA_LAKE_URI``.
        use_case: its name.
        folder: such as ``refined``.

    Raises:
        UnavailableError: the data lake cannot be used.
    """
    see_lake(settings, use_case)
    return latest_run(settings.data_dir / use_case, folder)
