"""A generated world whose last day differs from the days before, as the files of the source ``local``."""

from pathlib import Path

from pipelines.news.sources.sample import generate
from script_shared.news.params import NewsParams


def simulated_drift(params: NewsParams, folder: Path) -> list[str]:
    """Write the files into the folder; returns their names.

    Args:
        params: ``sample`` says the size of the site.
        folder: an existing folder.
    """
    generate(folder, params.sample.model_copy(update={"drift": 1.0}))
    return sorted(path.name for path in folder.iterdir() if path.is_file())
