"""Step train: models that have not seen the newest days, to be measured, and models of all days, to be served."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from threadpoolctl import threadpool_limits

from pipelines.processes.other_core import other_core
from pipelines.recruiting.tables.reading import read_tables
from pipelines.recruiting.training.cases import Openness
from pipelines.recruiting.training.models import ModelParams, fit_models
from pipelines.recruiting.training.records import Data, data_of
from pipelines.recruiting.training.release import write_release
from pipelines.tracking.training_record import PARAMS
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.recruiting.params import RecruitingParams
from script_shared.recruiting.ranking import release_folder as names

FEW = 5_000  # candidates; for fewer, starting a process takes longer than it saves


def train(context: Context) -> dict[str, Any]:
    """Read refined; write trained: the folder of a release.

    ``held_out/`` learns from all days but the newest ``evaluation.days``, which it is measured on; the folder itself
    holds the same learnt from all days, and what serving knows of candidates and vacancies.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step, such as ``held_out_until`` (days since 1970-01-01), what each model was fitted on, and
        ``seconds``.

    Raises:
        InputError: too few applications to learn from, or a feature that gives the answer away.
    """
    params: RecruitingParams = context.params
    started = perf_counter()
    refined = context.run.read("refined")
    data = data_of(read_tables(refined))
    wanted, end = model_params(params), end_of(data)
    until = end - params.evaluation.days
    with threadpool_limits(1), context.run.write("trained") as (folder, facts):
        (folder / names.HELD_OUT).mkdir()
        with _beside(len(data.candidates)) as start:
            held_out = start(fit_held_out, refined, folder / names.HELD_OUT, until, wanted)
            models, world = fit_models(data, end, wanted)
            held_out_cases = held_out.result()
        today = {"day": end, "asked_days": wanted.openness.asked_days, "applied_days": wanted.openness.applied_days}
        write_release(folder, data, models, world, params.index, today)
        (folder / PARAMS).write_text(params.model_dump_json(indent=1), encoding="utf-8")
        facts.update(
            encoder=models.spaces.version,
            vacancies=len(data.vacancies),
            candidates=len(data.candidates),
            applications=len(data.day),
            until=end,
            held_out_until=until,
            cases=models.cases,
            held_out_cases=held_out_cases,
            seconds=round(perf_counter() - started, 2),
        )
    return dict(facts)


def fit_held_out(refined: Path, folder: Path, until: int, params: ModelParams) -> int:
    """Fit the models that are measured, and write them into the folder; the cases that they learnt from.

    Args:
        refined: folder of the step refine.
        folder: an empty folder.
        until: days since 1970-01-01; nothing of that day or later is used.
        params: of all models.

    Raises:
        InputError: too few applications to learn from, or a feature that gives the answer away.
    """
    with threadpool_limits(1):
        models, _ = fit_models(data_of(read_tables(refined)), until, params)
    models.save(folder)
    return models.cases


@contextmanager
def _beside(candidates: int) -> Iterator[Callable[..., Future[int]]]:
    """How to start a function: in a process of its own if there are many candidates and another core, or at once."""
    with other_core(worth_it=candidates > FEW) as pool:
        yield _run_now if pool is None else pool.submit


def _run_now(function: Callable[..., int], *args: Any) -> Future[int]:
    found: Future[int] = Future()
    found.set_result(function(*args))
    return found


def model_params(params: RecruitingParams) -> ModelParams:
    """The params of the models among those of the use case.

    Args:
        params: of the use case.
    """
    openness = Openness(params.open.asked_days, params.open.applied_days)
    return ModelParams(params.encoder, params.ranker, params.match, params.evaluation, openness)


def end_of(data: Data) -> int:
    """The day after the last application.

    Args:
        data: all records.

    Raises:
        InputError: there are no applications.
    """
    if not len(data.day):
        raise InputError("there is no application to learn from.", fix="Bring files with applications.")
    return int(data.day.max()) + 1
