"""Step evaluate: the held-out models on the newest days, as a document, a page and rows of the figures' file."""

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from math import isnan
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from pipelines.measures import evaluation_csv
from pipelines.recruiting.evaluation.counterfactual import MOVED, Moves, counterfactual
from pipelines.recruiting.evaluation.figures import CANDIDATE, figures
from pipelines.recruiting.evaluation.groups import groups, sentences
from pipelines.recruiting.evaluation.match_figures import match_figures
from pipelines.recruiting.evaluation.outcome_groups import (
    KIND,
    UNKNOWN,
    outcome_sentences,
    outcomes,
    planted_genders,
)
from pipelines.recruiting.evaluation.page import render
from pipelines.recruiting.evaluation.replayed import ReplayFindings, decided_applications, replay_test
from pipelines.recruiting.tables.reading import read_tables
from pipelines.recruiting.training.encoder_fit import encode_all
from pipelines.recruiting.training.models import Models
from pipelines.recruiting.training.records import Data, data_of
from pipelines.recruiting.training.step import end_of, model_params
from pipelines.report import write_page
from pipelines.use_case import Context
from script_shared.recruiting.features.world import World
from script_shared.recruiting.params import RecruitingParams
from script_shared.recruiting.ranking import release_folder as names

FILE, PAGE = "metrics.json", "report.html"
CHECKED, COMPARED = 200, 20  # candidates of the counterfactual test, and the newest vacancies it scores them with


def evaluate(context: Context) -> dict[str, Any]:
    """Measure the candidate on the held-out days, compared with baselines.

    Reads refined and trained; writes evaluated (``metrics.json``, ``report.html``), copies both to
    ``evaluation_dir/recruiting`` and puts the figures into the CSV over all runs.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step: ``cases``, ``test`` (the days), ``alarms``, and the candidate's figures by metric; None where
        a figure is missing.

    Raises:
        RunError: an earlier step is missing.
    """
    params: RecruitingParams = context.params
    data = data_of(read_tables(context.run.read("refined")))
    until = int(context.run.facts("trained")["held_out_until"])
    with threadpool_limits(1):
        models = Models.load(context.run.read("trained") / names.HELD_OUT, until)
        content = document(context, data, models, params)
    with context.run.write("evaluated") as (folder, facts):
        (folder / FILE).write_text(json.dumps(_no_nan(content), indent=1), encoding="utf-8")
        write_page(folder / PAGE, render(content))
        facts.update(
            cases=content["cases"],
            test=content["test"],
            alarms=content["alarms"],
            **{each["metric"]: each["value"] for each in content["figures"] if each["model"] == CANDIDATE},
        )
    _copy_out(context, content)
    return _no_nan(dict(facts))


def document(context: Context, data: Data, models: Models, params: RecruitingParams) -> dict[str, Any]:
    """All that was measured, as JSON values (nan where a figure is missing)."""
    wanted, end = params.evaluation, end_of(data)
    encoded = encode_all(data, models.spaces.encoder)
    world = World(data.vacancies, data.candidates, *encoded.spaces(models.spaces))
    openness = model_params(params).openness
    share = min(1.0, wanted.cases / max(int((data.day >= models.until).sum()), 1))
    found = replay_test(data, world, models, models.until, end, openness, share)
    genders = planted_genders(context.run.folder("landing"), data)
    by_group = groups(data, found, {KIND: genders} if genders else None)
    people, size = [candidate for candidate, *_ in found.rows], wanted.resamples
    own, differences = figures(found.next_vacancy, size, params.ranker.seed, people)
    retrieved, _ = figures(found.applicants, size, params.ranker.seed, found.lists_of)
    scored = decided_applications(data, found)
    chances = match_figures(scored, size, params.match.seed)
    by_gender = outcomes(data, scored, genders) if genders else []
    moved = _counterfactual(data, models, world, end)
    pointer = context.releases.current()
    return {
        "run_id": context.run.run_id,
        "evaluated_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "source": context.run.facts("landing").get("source") if context.run.complete("landing") else None,
        "test": f"{np.datetime64(models.until, 'D')} to {np.datetime64(end - 1, 'D')}",
        "cases": len(found.rows),
        "open": float(np.mean(found.sizes)) if found.sizes else float("nan"),
        "release": pointer.version if pointer else None,
        "missing": {},
        "figures": [asdict(each) for each in (*own, *retrieved, *chances)],
        "differences": [asdict(each) for each in differences],
        "groups": [asdict(each) for each in by_group],
        "group_sentences": sentences(by_group, wanted.group_min),
        "outcomes": [asdict(each) for each in by_gender],
        "outcome_sentences": outcome_sentences(by_gender) if genders else [UNKNOWN],
        "counterfactual": {**asdict(moved), "largest_move": moved.largest},
        "alarms": _alarms(moved, found),
    }


def _counterfactual(data: Data, models: Models, world: World, day: int) -> Moves:
    chosen = [each for each in data.candidates if not each.is_blank][:CHECKED]
    newest = np.argsort([-each.asked_on for each in data.vacancies], kind="stable")[:COMPARED]
    return counterfactual(models, world, chosen, newest, day)


def _alarms(moved: Moves, found: ReplayFindings) -> list[str]:
    alarms = [] if found.rows else ["No case in the held-out days: nothing was measured."]
    if moved.largest > MOVED:
        alarms.append(f"A name and words of the other sex change a candidate's vector or score by {moved.largest:.2g}.")
    return alarms


def _copy_out(context: Context, content: dict[str, Any]) -> None:
    target = context.settings.evaluation_dir / "recruiting"
    target.mkdir(parents=True, exist_ok=True)
    for name in (FILE, PAGE):
        shutil.copyfile(context.run.folder("evaluated") / name, target / f"{context.run.run_id}-{name}")
    rows = [
        {
            **{name: content[name] for name in ("run_id", "evaluated_at", "source", "release")},
            **{name: each[name] for name in ("model", "metric", "value", "low", "high")},
            "segment": "all",
            "users": each["cases"],
            "protocol": content["test"],
        }
        for each in content["figures"]
    ]
    evaluation_csv.append_rows(target / evaluation_csv.NAME, rows, content["run_id"])


def _no_nan(value: Any) -> Any:
    """JSON has no nan: a missing figure is null."""
    if isinstance(value, dict):
        return {name: _no_nan(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_no_nan(each) for each in value]
    return None if isinstance(value, float) and isnan(value) else value
