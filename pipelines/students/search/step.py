"""Step search: tries types and params by cross-validation on the training years; the best one is trained."""

import hashlib
import json
import logging
from time import perf_counter
from typing import Any

import polars as pl

from pipelines.students.evaluation.validation import validate
from pipelines.students.search.result import FILE
from pipelines.students.search.space import choice_of, proposal
from pipelines.students.tables.gold import pair_years, read_gold
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.students.params import StudentsParams

FOLDER = ".search"  # of the studies, below the use case's data folder: they outlive their run
VERSION = 1  # of the space; another one begins a new study
SPENT = "seconds"  # in a study: seconds that the tries of all runs took
log = logging.getLogger(__name__)


def search(context: Context) -> dict[str, Any]:
    """Read gold; write search (``choice.json``: the best, and every try). With no ``search.trials`` nothing is tried.

    The last pair of years is not used. A search that was stopped continues where it was, with the remaining
    ``search.trials`` and ``search.seconds``: the study is a SQLite file that belongs to these data and params.

    Args:
        context: the run, its settings, params and options.

    Returns:
        tries (finished ones), pruned, seconds (of all tries), best: value, type and params.
    """
    params: StudentsParams = context.params
    found: dict[str, Any] = {"tries": 0, "choice": None, "records": []}
    if params.search.trials:
        found = _search(context, params)
    with context.run.write("search") as (folder, facts):
        (folder / FILE).write_text(json.dumps(found, indent=1), encoding="utf-8")
        facts.update({name: value for name, value in found.items() if name != "records"})
    return dict(facts)


def _search(context: Context, params: StudentsParams) -> dict[str, Any]:
    import optuna
    from optuna.trial import TrialState

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    table = read_gold(context.run.read("gold"))
    known = table.filter(pl.col("next_status").is_not_null())
    rows = known.filter(pl.col("year") < pair_years(table)[-1])
    study = _study(context, params)
    over = (TrialState.COMPLETE, TrialState.PRUNED)
    left = params.search.trials - len(study.get_trials(deepcopy=False, states=over))
    if left > 0:
        _try(study, _objective(rows, params), left, params.search.seconds)
    tries = study.get_trials(deepcopy=False, states=over)
    finished = [each for each in tries if each.state == TrialState.COMPLETE]
    if not finished:
        raise InputError(
            f"the search finished no try within {params.search.seconds:g} s, earlier runs included.",
            fix="Give it more time (search.seconds), or set search.trials = 0.",
        )
    best = max(finished, key=lambda each: each.value or 0.0)
    return {
        "tries": len(finished),
        "pruned": len(tries) - len(finished),
        "seconds": round(study.user_attrs.get(SPENT, 0.0), 2),
        "metric": params.search.metric,
        "value": best.value,
        "study": study.study_name,
        "choice": best.user_attrs["choice"],
        "records": [_record(each) for each in tries],
    }


def _try(study: Any, objective: Any, most: int, seconds: float) -> None:
    """Make tries until their number or the time is reached; the time of earlier runs counts."""
    spent, began = float(study.user_attrs.get(SPENT, 0.0)), perf_counter()

    def note(*_: Any) -> None:
        study.set_user_attr(SPENT, spent + perf_counter() - began)

    if spent < seconds:
        study.optimize(objective, n_trials=most, timeout=seconds - spent, callbacks=[note])
        note()


def _study(context: Context, params: StudentsParams) -> Any:
    """The study of these data and params, made or continued. The first try is of the type in the params."""
    import optuna

    name = _name(context, params)
    folder = context.run.root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    storage = f"sqlite:///{(folder / f'{name}.sqlite3').absolute()}"
    study = optuna.create_study(
        study_name=name,
        storage=storage,
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=8, n_warmup_steps=0),
    )
    study.sampler = optuna.samplers.TPESampler(seed=params.model.seed + len(study.trials))
    if not study.trials and params.model.type in params.search.types:
        study.enqueue_trial({"type": params.model.type, "critical_weight": 1.0, "features": 0})
    return study


def _name(context: Context, params: StudentsParams) -> str:
    """Changes with the data and with all that decides the value of a try, but not with the limits of the search."""
    wanted = params.model_dump(include={"model", "ruler", "target", "bronze", "silver", "decision"})
    space = params.search.model_dump(exclude={"trials", "seconds"})
    content = [VERSION, context.run.facts("landing").get("fingerprint"), wanted, space]
    return "students-" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _objective(rows: pl.DataFrame, params: StudentsParams) -> Any:
    import optuna

    wanted = params.search

    def value(trial: Any) -> float:
        model = proposal(trial, params.model, wanted)
        trial.set_user_attr("choice", choice_of(model))
        few = model.model_copy(update={"replicates": wanted.replicates})
        tried = params.model_copy(update={"model": few})
        values: list[float] = []
        for step, measured in enumerate(validate(rows, tried, wanted.repeats)):
            values.append(measured[wanted.metric])
            mean = sum(values) / len(values)
            trial.report(mean, step)
            if trial.should_prune():
                raise optuna.TrialPruned
        log.info("try %s: %s %.4f", trial.number, model.type, mean)
        return mean

    return value


def _record(trial: Any) -> dict[str, Any]:
    """One try as JSON values."""
    return {
        "number": trial.number,
        "state": trial.state.name.lower(),
        "value": trial.value,
        "choice": trial.user_attrs.get("choice", {}),
        "started_ms": int(1_000 * trial.datetime_start.timestamp()),
        "ended_ms": int(1_000 * trial.datetime_complete.timestamp()),
    }
