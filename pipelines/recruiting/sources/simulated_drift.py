"""The nested files of an invented agency whose last quarter differs from those before."""

from pathlib import Path

from pipelines.recruiting.sources.generated import generate
from script_shared.recruiting.params import RecruitingParams


def simulated_drift(params: RecruitingParams, folder: Path) -> list[str]:
    """Write the files into the folder; returns their names.

    Args:
        params: ``generated`` says the size of the agency.
        folder: an existing folder.
    """
    generate(folder, params.generated.model_copy(update={"drift": 1.0}))
    return sorted(path.name for path in folder.iterdir() if path.is_file())
