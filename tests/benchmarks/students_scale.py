"""``make bench-students-scale``: 300,000 generated students, from their workbooks to a promoted release."""

import sys
from pathlib import Path

from pipelines.students.use_case import STUDENTS
from tests.benchmarks.use_case_scale import Scale, flags, run_scale, run_step

SIZE = ["generated.students=300000", 'generated.files="each"']


def workbooks(work: Path, params: list[str]) -> Path:
    """The folder of the workbooks, which a run of the source ``generated`` leaves."""
    folder = work / "data/students/landing/generated/workbooks"
    if not folder.is_dir():
        run_step(
            STUDENTS, work, ["--run-id", "generated", "--step", "landing", "--source", "generated", *flags(params)]
        )
    return folder


if __name__ == "__main__":
    scale = Scale(STUDENTS, SIZE, "workbooks", workbooks, seconds=180, megabytes=4_096)
    sys.exit(run_scale(scale, __doc__, "bench-students-scale"))
