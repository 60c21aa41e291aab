"""Small runs of the students use case: generated or from workbooks that a test writes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.students.use_case import STUDENTS
from pipelines.use_case import Context, Options
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.stores import s3_endpoint, s3_root

__all__ = ["s3_endpoint", "s3_root"]

SMALL = (
    "generated.students = 400",
    "model.replicates = 2",
    "model.forest.trees = 5",
    "model.folds = 2",
    "evaluation.resamples = 40",
    "evaluation.repeats = 1",
    "evaluation.learning_curve = [0.5]",
)
Make = Callable[..., Context]


def write_workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook of rows by sheet; the first row is the header."""
    from xlsxwriter import Workbook

    with Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return path


def make_context(folder: Path, *overrides: str, **options: Any) -> Context:
    """A context whose data, releases and evaluation are below the folder."""
    settings = Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder / "evaluation",
        mlflow_uri="off",
    )
    params = load_params(STUDENTS.params_kind, STUDENTS.params_file, [*SMALL, *overrides])
    return STUDENTS.context(settings, "run-1", Options(**options), params)


def do(context: Context, *steps: str) -> dict[str, Any]:
    """Do steps in order; the facts of the last one."""
    facts: dict[str, Any] = {}
    for name in steps:
        facts = STUDENTS.step(name).action(context)
    return facts


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A generated run, from workbooks to a release in service; so small a model has to be promoted by a person."""
    context = make_context(tmp_path_factory.mktemp("students"), force="promote")
    for step in STUDENTS.steps:
        step.action(context)
    return context
