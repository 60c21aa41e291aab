"""Step evaluate: the held-out model on the last pair of years, as a document, a page and rows of the figures' file."""

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from math import isnan
from typing import Any

import polars as pl

from pipelines.measures import evaluation_csv
from pipelines.report import write_page
from pipelines.students import scores
from pipelines.students.evaluation.calibration import calibration_points
from pipelines.students.evaluation.groups import groups, sentences
from pipelines.students.evaluation.measures import measure
from pipelines.students.evaluation.models import CANDIDATE, measured_models
from pipelines.students.evaluation.page import render
from pipelines.students.evaluation.robustness import learning_curve, repeat_validation
from pipelines.students.search.result import params_found
from pipelines.students.tables.gold import read_gold, status_now
from pipelines.use_case import Context
from script_shared.students.params import StudentsParams
from script_shared.students.release_folder import HELD_OUT
from script_shared.students.risk_model import RiskModel

FILE, PAGE = "metrics.json", "report.html"


def evaluate(context: Context) -> dict[str, Any]:
    """Measure the candidate on the last pair of years, beside the release in service and plain rules.

    Reads gold and trained; writes evaluated (``metrics.json``, ``report.html``), copies both to
    ``evaluation_dir/students`` and puts the figures into the CSV over all runs.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step: ``students``, ``test`` (the pair of years), ``release``, ``alarms``, ``calibration`` (points
        of lagging and of critical), and the candidate's figures by metric; None where a figure is missing.

    Raises:
        RunError: an earlier step is missing.
        UnavailableError: the place of the releases does not answer.
    """
    params = params_found(context.run, context.params)
    model = RiskModel.load(context.run.read("trained") / HELD_OUT)
    year = int(context.run.facts("trained")["test_year"])
    table = read_gold(context.run.read("gold"))
    of_year = table.filter(pl.col("year") == year)
    rows = of_year.filter(pl.col("next_status").is_not_null())
    before = table.filter((pl.col("year") < year) & pl.col("next_status").is_not_null())
    content = document(context, model, rows, params)
    content["left"] = _leavers(of_year)
    content["cross_validation"] = repeat_validation(before, params)
    content["learning_curve"] = learning_curve(before, rows, params)
    with context.run.write("evaluated") as (folder, facts):
        (folder / FILE).write_text(json.dumps(_no_nan(content), indent=1), encoding="utf-8")
        write_page(folder / PAGE, render(content))
        facts.update(
            students=rows.height,
            test=content["test"],
            release=content["release"],
            alarms=content["alarms"],
            calibration={"lagging": content["calibration"], "critical": content["calibration_critical"]},
            **{f["metric"]: f["value"] for f in content["figures"] if f["model"] == CANDIDATE},
        )
    _copy_out(context, content)
    return _no_nan(dict(facts))


def document(context: Context, model: RiskModel, rows: pl.DataFrame, params: StudentsParams) -> dict[str, Any]:
    """All that was measured, as JSON values (nan where a figure is missing).

    Args:
        rows: of gold, of one year, each with a next_status.
    """
    came, now, year = rows["next_status"].to_numpy(), status_now(rows), int(rows["year"][0])
    measured = measured_models(context, model, rows)
    wanted = params.evaluation
    figures, differences = measure(came, now, measured.answers, CANDIDATE, wanted.resamples, params.model.seed)
    found = groups(rows, came, measured.answers[CANDIDATE])
    own = measured.answers[CANDIDATE]
    return {
        "run_id": context.run.run_id,
        "evaluated_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "source": context.run.facts("landing").get("source") if context.run.complete("landing") else None,
        "train": model.facts["years"],
        "test": f"{year} to {year + 1}",
        "students": rows.height,
        "release": measured.release,
        "missing": measured.missing,
        "thresholds": vars(model.thresholds),
        "costs": params.decision.costs if params.decision.thresholds == "cost" else None,
        "figures": [asdict(figure) for figure in figures],
        "differences": [asdict(difference) for difference in differences],
        "confusion": scores.confusion(came, own.called).tolist(),
        "calibration": calibration_points(came > 0, own.chances[:, 0]),
        "calibration_critical": calibration_points(came == 2, own.chances[:, 1]),
        "groups": [asdict(group) for group in found],
        "group_sentences": sentences(found, wanted.group_min),
        "alarms": _alarms(figures, wanted.leak_alarm),
    }


def _alarms(figures: list[Any], most: float) -> list[str]:
    """Figures that are too good to be true."""
    watched = ("macro_f1", "auc_lagging", "auc_newly_lagging", "ap_critical")
    return [
        f"{figure.metric} of {figure.value:.3f} is above {most:g}: look for a leak before anybody believes it."
        for figure in figures
        if figure.model == CANDIDATE and figure.metric in watched and figure.value > most
    ]


def _leavers(of_year: pl.DataFrame) -> dict[str, Any]:
    """What is lost to students who left: they have no next status, and lag more or less than those who stayed."""
    gone = of_year["next_status"].is_null()
    lags = (of_year["lag"] < 0).to_numpy()
    left = gone.to_numpy()
    return {
        "students": int(gone.sum()),
        "share": float(left.mean()),
        "lagging_of_left": float(lags[left].mean()) if left.any() else 0.0,
        "lagging_of_stayed": float(lags[~left].mean()),
    }


def _copy_out(context: Context, content: dict[str, Any]) -> None:
    target = context.settings.evaluation_dir / "students"
    target.mkdir(parents=True, exist_ok=True)
    for name in (FILE, PAGE):
        shutil.copyfile(context.run.folder("evaluated") / name, target / f"{context.run.run_id}-{name}")
    rows = [
        {
            **{name: content[name] for name in ("run_id", "evaluated_at", "source", "release")},
            **{name: figure[name] for name in ("model", "metric", "value", "low", "high")},
            "segment": "all",
            "users": figure["students"],
            "protocol": f"years {content['test']}",
        }
        for figure in content["figures"]
    ]
    evaluation_csv.append_rows(target / evaluation_csv.NAME, rows, content["run_id"])


def _no_nan(value: Any) -> Any:
    """JSON has no nan: a missing figure is null."""
    if isinstance(value, dict):
        return {name: _no_nan(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_no_nan(each) for each in value]
    return None if isinstance(value, float) and isnan(value) else value
