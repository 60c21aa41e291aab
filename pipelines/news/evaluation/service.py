"""The release in service over time: a file for the API with its standing, its figures until now, and its drift."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.drift import SERVED, model_figures, page, write_figures
from pipelines.measures.figures import ALL
from pipelines.news.evaluation.answers import FOLDER, drifts_of_answers
from pipelines.news.evaluation.result import IN_SERVICE, Evaluation, json_text
from pipelines.news.evaluation.standing import Standing, sentence_of, standings
from pipelines.report import Section, Table, write_page
from pipelines.use_case import Context

FILE = "service.json"  # in the folder of evaluations of news; the API reads the same name
KEPT = 120  # evaluations; a month of them every six hours
SHOWN = 28  # of those, in the report; a week
HEADER = ("group", "", "clicks", "release", "best of the most read", "its figure", "lead", "low", "high")
OVER_TIME = ("evaluated", "release", "clicks until", "release's figure", "best of the most read", "lead", "verdict")
log = logging.getLogger("pauta.pipelines")


def note_service(context: Context, evaluation: Evaluation) -> tuple[dict[str, Any], list[Section]]:
    """Write whether the release still earns its place into ``service.json``.

    Args:
        context: where evaluations are.
        evaluation: of the release in service.

    Returns:
        facts ``earns_its_place`` and ``standing``, and sections of the report: by segment and source, and over time.
    """
    path = context.settings.evaluation_dir / "news" / FILE
    found = standings(evaluation)
    sentence = sentence_of(evaluation, found)
    log.info("%s", sentence)
    whole = next((each for each in found if each.group == ALL), None)
    verdict = whole.verdict if whole is not None else "unclear"
    now: dict[str, Any] = {
        "run_id": evaluation.run_id,
        "evaluated_at": evaluation.evaluated_at,
        "release": evaluation.releases.get(IN_SERVICE, ""),
        "window_start": evaluation.window["start"],
        "window_end": evaluation.window["end"],
        "verdict": verdict,
        "standings": [asdict(each) | {"verdict": each.verdict} for each in found],
    }
    earlier = [each for each in _history(path) if each["run_id"] != evaluation.run_id]
    history = [*earlier, now][-KEPT:]
    content = {**now, "sentence": sentence, "judged": _judged_facts(evaluation), "history": history}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{FILE}.partial")
    partial.write_text(json_text(content), encoding="utf-8")
    partial.replace(path)
    facts = {"earns_its_place": verdict, "standing": sentence}
    return facts, [_groups(found, sentence), _over_time(history)]


def note_answers(context: Context, evaluation: Evaluation, answers: pl.DataFrame) -> dict[str, Any]:
    """Compare the answers of the release with those of earlier windows; into the figures of drift.

    Args:
        context: where evaluations are.
        evaluation: whose rows are in the table of evaluations already.
        answers: of the release, see ``Answers``.

    Returns:
        facts ``answers_drift`` (sentences of the comparison with earlier windows) and ``answers_page``.
    """
    target, window = context.settings.evaluation_dir / "news", evaluation.window
    release, start_ms, end_ms = evaluation.releases.get(IN_SERVICE, ""), window["start_ms"], window["end_ms"]
    drifts = drifts_of_answers(target / FOLDER, answers, evaluation.run_id, start_ms, end_ms, release)
    write_figures(target, drifts, evaluation.run_id, names=SERVED, model=model_figures(context), release=release)
    if not drifts:
        return {"answers_drift": []}
    report = target / f"{evaluation.run_id}-answers-drift.html"
    write_page(report, page(drifts, "News: drift of answers", f"Run {evaluation.run_id}"))
    return {"answers_drift": drifts["served_long_term"].sentences(), "answers_page": str(report)}


def _judged_facts(evaluation: Evaluation) -> dict[str, Any]:
    clicks = evaluation.by_click()
    return dict(clicks.judged) if clicks is not None else {}


def _history(path: Path) -> list[dict[str, Any]]:
    """Evaluations so far, oldest first; none where the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["history"]
        return [each for each in found if isinstance(each, dict) and "run_id" in each]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _groups(found: list[Standing], sentence: str) -> Section:
    rows = [
        (each.group, each.kind, each.clicks, each.own, each.rival, each.rival_value, each.lead, each.low, each.high)
        for each in found
    ]
    return Section("Does the release earn its place?", sentence, [Table(HEADER, rows)] if rows else [])


def _over_time(history: list[dict[str, Any]]) -> Section:
    rows = []
    for each in history[-SHOWN:]:
        whole = next((group for group in each["standings"] if group["group"] == ALL), None)
        if whole is not None:
            rows.append(
                (
                    *(each["evaluated_at"], each["release"], each["window_end"], whole["own"]),
                    *(whole["rival_value"], whole["lead"], each["verdict"]),
                )
            )
    tables = [Table(OVER_TIME, rows)] if rows else []
    return Section("The release in service over time", "The newest evaluation is the last one.", tables)
