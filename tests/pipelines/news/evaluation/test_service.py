"""Whether the release in service earns its place, and the drift of its answers over evaluations."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.measures.figures import Difference, Figure
from pipelines.news.evaluation.answers import KEPT, drifts_of_answers
from pipelines.news.evaluation.result import Evaluation
from pipelines.news.evaluation.service import FILE, note_service
from pipelines.news.evaluation.standing import sentence_of, standings
from pipelines.news.replay.figures import ReplayResult
from tests.pipelines.news.small_run import context_of

pytestmark = pytest.mark.slow

HOUR_MS = 3_600_000
NOON_MS = 1_772_452_800_000


def replayed(lead: float, width: float = 0.02, anonymous: float | None = None) -> ReplayResult:
    """A release that is ahead of most_read_1h by ``lead``, in one segment by ``anonymous``."""
    leads = {"all": lead, "logged": lead, "anonymous": lead if anonymous is None else anonymous}

    def figures(name: str, ahead: float) -> list[Figure]:
        values = {"in_service": 0.2 + ahead, "most_read_10m": 0.1, "most_read_1h": 0.2}
        return [Figure(model, name, "ndcg", 10, value, 0, 1, 50) for model, value in values.items()]

    def differences(name: str, ahead: float) -> list[Difference]:
        return [
            Difference("in_service", rival, name, "ndcg", 10, value, value - width, value + width)
            for rival, value in (("most_read_10m", ahead + 0.1), ("most_read_1h", ahead))
        ]

    segments = {name: {"clicks": 900, "asked": 500, "users": 50} for name in ("logged", "anonymous")}
    return ReplayResult(
        [each for name, ahead in leads.items() for each in figures(name, ahead)],
        [each for name, ahead in leads.items() for each in differences(name, ahead)],
        segments,
        0,
        figures("ranker", lead),
        differences("ranker", lead),
        {"ranker": 1_000},
    )


def evaluation(result: ReplayResult | None, run_id: str = "r2.service") -> Evaluation:
    return Evaluation(
        run_id=run_id,
        kind="service",
        evaluated_at="2026-03-02T12:00:00+00:00",
        source="sample",
        releases={"in_service": "v1"},
        window={"start": "a", "end": "b", "start_ms": 0, "end_ms": 1, "protocol": "time_split"},
        ground_truth={},
        segments={},
        missing={},
        notes=[],
        figures=[],
        differences=[],
        judged={"metric": "ndcg", "cutoff": 10},
        replayed=result,
    )


@pytest.mark.parametrize(
    ("lead", "says"),
    [(0.05, "still earns its place"), (0.01, "may no longer earn its place"), (-0.05, "no longer earns its place")],
)
def test_one_sentence_compares_the_release_with_the_best_row_of_the_most_read(lead: float, says: str) -> None:
    of = evaluation(replayed(lead))
    sentence = sentence_of(of, standings(of))
    assert sentence.startswith(f"Release v1 {says}")
    assert f"NDCG@10 is {0.2 + lead:.3f} on 1,000 clicks, that of most_read_1h 0.200 (lead {lead:+.3f}" in sentence


def test_a_segment_that_is_behind_is_named_and_sources_have_rows_of_their_own() -> None:
    of = evaluation(replayed(0.05, anonymous=-0.06))
    found = standings(of)
    assert "It is behind in anonymous." in sentence_of(of, found)
    assert [(each.kind, each.group, each.clicks) for each in found] == [
        ("segment", "all", 1_000),
        ("segment", "logged", 500),
        ("segment", "anonymous", 500),
        ("source", "ranker", 1_000),
    ]


def test_without_a_replay_the_sentence_says_that_it_is_unknown() -> None:
    of = evaluation(None)
    assert "is unknown" in sentence_of(of, standings(of))


def test_the_file_for_the_api_has_every_evaluation_until_now_once_and_survives_damage(tmp_path: Path) -> None:
    context = context_of(tmp_path, "r1")
    path = context.settings.evaluation_dir / "news" / FILE
    for lead, run_id in ((0.05, "a"), (0.01, "b"), (-0.05, "b")):
        facts, sections = note_service(context, evaluation(replayed(lead), run_id))
    content = json.loads(path.read_text())
    assert [(each["run_id"], each["verdict"]) for each in content["history"]] == [("a", "yes"), ("b", "no")]
    assert facts == {"earns_its_place": "no", "standing": content["sentence"]}
    assert len(sections[1].blocks[0].rows) == 2
    path.write_text("{half")
    note_service(context, evaluation(replayed(0.05), "c"))
    assert [each["run_id"] for each in json.loads(path.read_text())["history"]] == ["c"]


def answers(seed: int, mean: float = 0.5, ranked: float = 0.7) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    rows = 1_000
    return pl.DataFrame(
        {
            "answer.score": np.clip(draw.normal(mean, 0.1, rows), 0, 1),
            "answer.article_age_hours": draw.exponential(5, rows),
            "answer.newest_age_hours": draw.exponential(1, rows),
            "answer.source": np.where(draw.random(rows) < ranked, "ranker", "live"),
            "answer.segment": np.where(draw.random(rows) < 0.4, "logged", "anonymous"),
        }
    )


def compared(folder: Path, turn: int, table: pl.DataFrame, hours: int = 6) -> dict[str, list[str]]:
    start = NOON_MS + turn * hours * HOUR_MS
    found = drifts_of_answers(folder, table, f"r_{turn}", start, start + 6 * HOUR_MS)
    return {name: drift.columns("large") + drift.columns("notable") for name, drift in found.items()}


def test_answers_are_compared_with_those_of_earlier_windows_once_there_are_three(tmp_path: Path) -> None:
    assert [compared(tmp_path, turn, answers(turn)) for turn in range(3)] == [{}, {}, {}]
    for turn in range(3, 9):
        assert compared(tmp_path, turn, answers(turn)) == {"served_long_term": [], "served_short_term": []}
    assert compared(tmp_path, 9, answers(9, mean=0.2, ranked=0.2)) == {
        "served_long_term": ["answer.score", "answer.source"],
        "served_short_term": ["answer.score", "answer.source"],
    }


def test_windows_that_overlap_the_newest_one_or_are_the_same_run_are_no_reference(tmp_path: Path) -> None:
    for turn in range(4):
        compared(tmp_path, turn, answers(turn), hours=1)
    assert compared(tmp_path, 3, answers(3), hours=1) == {}
    assert len(list(tmp_path.glob("*.parquet"))) == 4


def test_old_tables_are_removed(tmp_path: Path) -> None:
    table = answers(0)[:5]
    for turn in range(KEPT + 3):
        compared(tmp_path, turn, table)
    assert len(list(tmp_path.glob("*.parquet"))) == KEPT
