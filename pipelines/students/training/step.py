"""Step train: a model that has not seen the last pair of years, to be measured, and one of all pairs, to be served."""

from time import perf_counter
from typing import Any

import polars as pl

from pipelines.students.search.result import params_found
from pipelines.students.tables.gold import pair_years, read_gold
from pipelines.students.training.fit import fit_model
from pipelines.students.training.student_store import store_of
from pipelines.tracking.training_record import PARAMS
from pipelines.use_case import Context
from script_shared.students.params import StudentsParams
from script_shared.students.release_folder import HELD_OUT


def train(context: Context) -> dict[str, Any]:
    """Read gold and search; write trained: the folder of a release.

    ``held_out/`` learns from all pairs of years but the last, which it is measured on; the folder itself holds the same
    fitted again on all pairs, and what serving knows of the students.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step: ``members``, ``test_year``, ``held_out`` and ``model`` (what each was fitted on),
        ``thresholds``, ``seconds``.

    Raises:
        InputError: too few students to learn from, or a feature that gives the answer away.
    """
    params: StudentsParams = params_found(context.run, context.params)
    table = read_gold(context.run.read("gold"))
    known = table.filter(pl.col("next_status").is_not_null())
    test_year = pair_years(table)[-1]
    with context.run.write("trained") as (folder, facts):
        started = perf_counter()
        held_out = fit_model(known.filter(pl.col("year") < test_year), params)
        held_out.save(folder / HELD_OUT)
        model = fit_model(known, params)
        model.save(folder)
        store_of(table, model).save(folder)
        (folder / PARAMS).write_text(params.model_dump_json(indent=1), encoding="utf-8")
        facts.update(
            members=params.model.kinds,
            test_year=test_year,
            held_out=dict(held_out.facts),
            model=dict(model.facts),
            thresholds=vars(model.thresholds),
            seconds=round(perf_counter() - started, 2),
        )
    return dict(facts)
