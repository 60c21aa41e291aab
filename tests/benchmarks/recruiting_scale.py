"""``make bench-recruiting-scale``: 50,000 candidates, 10,000 vacancies, 50,000 applications, from files to release."""

import sys
from pathlib import Path

from pipelines.recruiting.sources.generated import generate
from pipelines.recruiting.use_case import RECRUITING
from script_shared.params import load_params
from tests.benchmarks.use_case_scale import Scale, run_scale

SIZE = ["generated.candidates=50000", "generated.vacancies=10000", "generated.applications=50000"]


def nested_files(work: Path, params: list[str]) -> Path:
    """The folder of the three nested files."""
    folder = work / "files"
    if not (folder / "prospects.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        generate(folder, load_params(RECRUITING.params_kind, RECRUITING.params_file, params).generated)
    return folder


if __name__ == "__main__":
    scale = Scale(RECRUITING, SIZE, "json", nested_files, seconds=300, megabytes=6_000)
    sys.exit(run_scale(scale, __doc__, "bench-recruiting-scale"))
