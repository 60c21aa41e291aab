"""Drift of a news site: none in a usual day of the sample; a planted day is found, named, and written for the API."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.quality.drift import drifts_of
from pipelines.news.quality.step import quality
from pipelines.news.refine import refine
from pipelines.news.sources import download
from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings

pytestmark = pytest.mark.slow

SMALL = ["sample.users = 1500", "sample.articles = 1200", "sample.interactions = 24000", "sample.days = 8"]


def refined(root: Path, *more: str) -> Context:
    settings = Settings(data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root / "evaluation")
    params = load_params(NewsParams, FILE, [*SMALL, *more])
    context = Context(settings, params, Run(root / "data" / "news", "r1"), Options(source="sample"))
    download(context)
    refine(context)
    return context


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, dict[str, Any]]:
    context = refined(tmp_path_factory.mktemp("drifted"), "sample.drift = 1")
    return context, quality(context)


def test_a_usual_day_raises_no_alarm(tmp_path: Path) -> None:
    context = refined(tmp_path)
    found = drifts_of(context, Dataset.load(context.run.read("refined")))
    assert set(found) == {"long_term", "short_term"}
    assert not found["long_term"].alarm
    assert found["long_term"].rows > 500


def test_a_planted_day_raises_an_alarm_that_names_the_columns(drifted: tuple[Context, dict[str, Any]]) -> None:
    facts = drifted[1]
    assert facts["alarm"]
    assert {"read.article_age_hours", "read.section"} <= set(facts["drifted"])
    assert "no release is in service that this could concern" in facts["model"]
    assert any(sentence.startswith("read.article_age_hours rose") for sentence in facts["sentences"])


def test_the_report_and_the_figures_are_written_for_people_and_the_api(drifted: tuple[Context, dict[str, Any]]) -> None:
    context, facts = drifted
    text = Path(facts["drift_page"]).read_text(encoding="utf-8")
    assert "differs largely in columns that the model uses" in text
    assert text.count('<figure class="plot"') >= 3
    figures = json.loads((context.settings.evaluation_dir / "news" / "drift.json").read_text(encoding="utf-8"))
    assert figures["comparisons"]["long_term"]["alarm"] is True
    assert {column["column"] for column in figures["comparisons"]["long_term"]["columns"]} >= {
        "catalog.article_age_hours",
        "catalog.hours_since_newest",
    }
    assert figures["model"]["sentence"] == facts["model"]
    assert " compared with " in Path(facts["page"]).read_text(encoding="utf-8")


def test_with_too_few_days_nothing_is_compared_and_earlier_figures_end(tmp_path: Path) -> None:
    context = refined(tmp_path, "sample.days = 3")
    figures = context.settings.evaluation_dir / "news" / "drift.json"
    figures.parent.mkdir(parents=True)
    figures.write_text('{"comparisons": {"long_term": {"alarm": true}}}')
    assert drifts_of(context, Dataset.load(context.run.read("refined"))) == {}
    assert "alarm" not in quality(context)
    assert not figures.exists()
