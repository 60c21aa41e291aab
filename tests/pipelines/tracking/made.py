"""Trainings made up: the folders that a run leaves, and its release, without any training."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.news.replay.figures import ReplayResult
from pipelines.news.training.segments import PARAMS
from pipelines.runs import MANIFEST, Run
from pipelines.use_case import Context, Options
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.pipelines.news.evaluations import made_up
from tests.script_shared.releases.made import make_folder

MOMENT = int(time.time()) - 10_000
REASONS = ["logged: ndcg@10 0.3000 against 0.1000 of the best popularity"]


def settings_of(folder: Path, uri: str | None = "off", **more: Any) -> Settings:
    """Settings of a platform below ``folder``."""
    return Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder / "evaluation",
        cache_dir=folder / "cache",
        mlflow_uri=uri,
        **more,
    )


def context_of(settings: Settings, run_id: str) -> Context:
    """The context of a step of that run."""
    return Context(settings, load_params(NewsParams, FILE), Run(settings.data_dir / "news", run_id), Options())


def train(settings: Settings, run_id: str, at: int = 0, figure: float = 0.3) -> Context:
    """Refine, data card and three segments, as of ``at`` seconds after the moment."""
    context = context_of(settings, run_id)
    finish(context.run, "raw", at - 40, source="sample", fingerprint="sample:12ab")
    finish(context.run, "refined", at - 30, source="sample", users=20, articles=30, interactions=400, rejected_rows=3)
    finish(context.run, "quality", at - 20, {"data-card.html": "<p>card"})
    params = context.params.model_dump_json()
    for segment in SEGMENT_NAMES:
        finish(context.run, "trained", at, {PARAMS: params}, segment, seconds=2.5, users=10, interactions=100)
    return context


def judge(context: Context, at: int = 0, figure: float = 0.3, accepted: bool = True) -> Context:
    """Assemble, evaluate and gate."""
    figures = {"candidate": {"logged": figure}, "popularity_1h": {"logged": 0.2, "all": float("nan")}}
    clicks = made_up({"candidate": {"logged": figure + 0.2}, "popularity_1h": {"logged": 0.1}})
    replayed = ReplayResult(clicks.figures, clicks.differences, {"logged": {"clicks": 400, "users": 90}}, 0)
    evaluation = made_up(figures, replayed=replayed)
    finish(context.run, "assembled", at + 1)
    files = {"metrics.json": evaluation.as_json(), "report.html": "<p>report"}
    finish(context.run, "ranked", at + 1, ranker=False, why_not="too few clicks", seconds=4)
    finish(context.run, "evaluated", at + 2, files, users=900)
    finish(context.run, "gated", at + 3, {"verdict.json": "{}"}, accepted=accepted, reasons=REASONS, forced=None)
    return context


def publish(context: Context, at: int = 0, version: str = "") -> str:
    """Publish a release whose bytes depend on its version."""
    version = version or context.run.run_id
    folder = make_folder(context.settings.cache_dir / "made" / version, version)
    facts = {"gate": {"accepted": context.run.facts("gated")["accepted"], "reasons": REASONS}}
    context.releases.publish(folder, version, facts, run_id=context.run.run_id)
    finish(context.run, "published", at + 4, version=version, files=3, megabytes=0.1)
    return version


def whole(settings: Settings, run_id: str, at: int = 0, *, accepted: bool = True, figure: float = 0.3) -> Context:
    """A whole training up to its published release."""
    context = judge(train(settings, run_id, at), at, figure, accepted)
    publish(context, at)
    return context


def finish(
    run: Run, step: str, at: int, files: dict[str, str] | None = None, part: str | None = None, /, **facts: Any
) -> None:
    """A finished step, with the moment at which it ended set by hand."""
    with run.write(step, part) as (folder, kept):
        kept.update(facts)
        for name, text in (files or {}).items():
            (folder / name).write_text(text)
    manifest = run.folder(step, part) / MANIFEST
    content = json.loads(manifest.read_text())
    content["finished_at"] = datetime.fromtimestamp(MOMENT + at, UTC).isoformat(timespec="seconds")
    manifest.write_text(json.dumps(content))
