"""The scheduled evaluation sees clicks that no data run has refined, and leaves nothing but figures."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.measures.evaluation_csv import COLUMNS, append_rows, read_rows
from pipelines.news.evaluation.newest import evaluate_newest
from pipelines.news.quality.step import quality
from pipelines.news.refine import refine
from pipelines.news.release.publish import publish
from pipelines.news.sources import download
from pipelines.news.training.assemble import assemble
from pipelines.news.training.ranker_step import rank
from pipelines.news.training.segments import train
from pipelines.publishing import promote
from pipelines.use_case import Context
from script_shared.events import Entry, EventLog, Kind
from script_shared.news.segments import SEGMENT_NAMES
from tests.pipelines.news.small_run import context_of

pytestmark = pytest.mark.slow

SAMPLE = (
    "sample.users = 500",
    "sample.articles = 300",
    "sample.interactions = 6000",
    "sample.days = 4",
    "split.window_hours = 12",
    "gate.beats = []",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A release of generated data in service."""
    context = context_of(tmp_path_factory.mktemp("newest"), "r1", *SAMPLE, source="sample", force="promote")
    for step in (download, refine, quality):
        step(context)
    for segment in SEGMENT_NAMES:
        train(context, segment)
    for step in (assemble, rank):
        step(context)
    with context.run.write("gated") as (_, facts):
        facts.update(accepted=True, reasons=[], in_service=None)
    with context.run.write("evaluated") as (folder, _):
        (folder / "metrics.json").write_text("{}")
    publish(context)
    promote(context)
    return context


def clicks_after(context: Context, count: int, hours: float) -> None:
    """Clicks of known users on known articles after the end of the data."""
    from pipelines.news.dataset import Dataset

    data = Dataset.load(context.run.read("refined"))
    users, articles = data.users["user_id"].to_list(), data.articles["article_id"].to_list()
    step = int(hours * 3_600_000 / count)
    entries = [
        Entry(f"e{n}", Kind.CLICK, data.end_ms + (n + 1) * step, users[n % 97], articles[-1 - n % 40], {})
        for n in range(count)
    ]
    with closing(EventLog(context.settings.events_address)) as log:
        log.append(entries)


def test_without_newer_clicks_the_run_itself_is_evaluated(served: Context) -> None:
    facts = evaluate_newest(served)
    assert facts["newest_events"] == "the run has all of them"
    assert facts["standing"].startswith("Release ")


def test_newer_clicks_are_evaluated_in_a_run_that_is_gone_afterwards(served: Context) -> None:
    clicks_after(served, 400, 10)
    before = {path.name for path in (served.settings.data_dir / "news" / "refined").iterdir()}
    window = json.loads((served.settings.evaluation_dir / "news" / "service.json").read_text())["window_end"]
    facts = evaluate_newest(served)
    assert facts["newest_events"] == "up to entry 400 of the log"
    content = json.loads((served.settings.evaluation_dir / "news" / "service.json").read_text())
    assert content["window_end"] > window
    assert len(content["history"]) == 2
    root = served.settings.data_dir / "news"
    assert {path.name for path in (root / "refined").iterdir()} == before
    assert not any(content["run_id"].removesuffix(".service") in path.name for path in root.glob("*/*"))
    rows = read_rows(served.settings.evaluation_dir / "evaluation_metrics.csv")
    assert content["run_id"] in set(rows["run_id"])


def test_the_table_keeps_the_newest_scheduled_evaluations_and_every_training(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    for turn in range(6):
        for run_id in (f"r{turn}", f"r{turn}.service"):
            row = dict.fromkeys(COLUMNS, "") | {"run_id": run_id}
            append_rows(path, [row, row], run_id, newest_of=(".service", 2))
    kept = list(dict.fromkeys(read_rows(path)["run_id"]))
    assert [name for name in kept if name.endswith(".service")] == ["r4.service", "r5.service"]
    assert [name for name in kept if not name.endswith(".service")] == [f"r{turn}" for turn in range(6)]
