"""How far the figures depend on the students drawn: repeated cross-validation, and the learning curve."""

from typing import Any

import numpy as np
import polars as pl

from pipelines.students.evaluation.measures import measures
from pipelines.students.evaluation.models import answers_of
from pipelines.students.evaluation.validation import validate
from pipelines.students.tables.gold import status_now
from pipelines.students.training.fit import fit_model
from script_shared.errors import InputError
from script_shared.students.params import StudentsParams

REPLICATES = 2  # refits of each model here; the candidate has more, which smooths it
SHOWN = ("macro_f1", "ap_critical", "auc_critical", "auc_lagging", "auc_newly_lagging")


def repeat_validation(rows: pl.DataFrame, params: StudentsParams) -> list[dict[str, Any]]:
    """By measure the mean and the standard deviation over repeats of the cross-validation by student.

    Args:
        rows: of the training years, each with a next_status.
    """
    wanted = params.evaluation
    found = list(validate(_some(rows, wanted.curve_students, params), _small(params), wanted.repeats))
    return [
        {
            "metric": name,
            "mean": float(np.mean([each[name] for each in found])),
            "deviation": float(np.std([each[name] for each in found])),
            "repeats": len(found),
        }
        for name in (SHOWN if found else ())
    ]


def learning_curve(rows: pl.DataFrame, test: pl.DataFrame, params: StudentsParams) -> list[dict[str, Any]]:
    """Figures on the test of models that learn from shares of the training students, and from all of them.

    A share with too few critical students to learn from is left out.
    """
    wanted = params.evaluation
    known, judged = (_some(each, wanted.curve_students, params) for each in (rows, test))
    came, now, found = judged["next_status"].to_numpy(), status_now(judged), []
    for share in sorted({*wanted.learning_curve, 1.0}) if wanted.learning_curve else ():
        chosen = _some(known, max(1, round(share * known["ra"].n_unique())), params)
        try:
            model = fit_model(chosen, _small(params))
        except InputError:
            continue
        figures = measures(came, now, answers_of(model, judged))
        found.append({"share": share, "students": chosen["ra"].n_unique(), **{name: figures[name] for name in SHOWN}})
    return found


def _some(rows: pl.DataFrame, most: int, params: StudentsParams) -> pl.DataFrame:
    """The rows of at most so many students, drawn; smaller draws are parts of larger ones."""
    students = rows["ra"].unique().sort().shuffle(seed=params.model.seed)
    return rows.filter(pl.col("ra").is_in(students.head(most).implode()))


def _small(params: StudentsParams) -> StudentsParams:
    return params.model_copy(update={"model": params.model.model_copy(update={"replicates": REPLICATES})})
