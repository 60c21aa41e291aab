"""What the ranking benchmark keeps of a day, the mean of days, and the table of losses."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.evaluation.rolling import RANKED
from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.walk import Walk
from pipelines.news.training.ranker_model import train
from pipelines.news.training.ranker_rows import collect
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.benchmarks.entrants import STANS, entrants, variants
from tests.benchmarks.ranking_day import Day, is_kept, settings_of
from tests.benchmarks.ranking_losses import COLUMNS, CROWDED, FOUND, NEW, REASONS, Losses, markdown, note
from tests.benchmarks.ranking_mean import leads, mean_figures
from tests.benchmarks.ranking_report import PLAIN, plain, write_day, write_mean
from tests.pipelines.news.replay.streams_made import planted
from tests.script_shared.news.events_made import small_params

GROUPS = ("all", "first", "later", "last", *SEGMENT_NAMES)
FACTS = {"cases": 4, "skipped_already_read": 1, "window": {"share": 0.5}, "peers": []}


def made(name: str, ours: list[int], peer: list[int], users: list[int] | None = None) -> Day:
    every = np.ones(len(ours), bool)
    ranks = {RANKED: np.array(ours), PLAIN: np.full(len(ours), MISSED), "STAN": np.array(peer)}
    members = dict.fromkeys(GROUPS, every)
    return Day(name, ranks, np.array(users or range(len(ours))), members, every, ["STAN"], FACTS)


FIRST, SECOND = made("2017-10-10", [0, 3, MISSED, 2], [5, MISSED, 30, 0]), made("2017-10-11", [0, 0], [0, MISSED])


def figure(days: list[Day], model: str, measure: str) -> float:
    return next(
        row.value for row in mean_figures(days, 50, 7) if (row.model, row.group, row.measure) == (model, "all", measure)
    )


def test_each_day_counts_the_same_in_the_mean() -> None:
    assert figure([FIRST, SECOND], RANKED, "HR@10") == pytest.approx((3 / 4 + 1.0) / 2)
    assert figure([FIRST, SECOND], "STAN", "HR@10") == pytest.approx((2 / 4 + 1 / 2) / 2)


def test_the_interval_of_the_mean_is_over_days_too() -> None:
    good, bad = made("a", [0] * 50, [0] * 50), made("b", [MISSED] * 50, [0] * 50)
    row = next(row for row in mean_figures([good, bad], 200, 7) if row.model == RANKED and row.measure == "HR@10")
    assert (row.low, row.value, row.high) == (0.0, 0.5, 1.0)


def test_the_lead_is_a_share_of_the_best_session_peer_s_hit_rate() -> None:
    (row,) = leads([FIRST, SECOND], ["all"], 50, 7)
    assert (row["peer"], row["lead"]) == ("STAN", pytest.approx(0.875 / 0.5 - 1))


def test_a_finished_day_is_kept_until_settings_or_code_change(tmp_path: Path) -> None:
    settings = settings_of({"share": 0.1}, {"share": 0.1})
    assert not is_kept(tmp_path, settings)
    FIRST.save(tmp_path, settings)
    found = Day.load(tmp_path)
    assert found.ranks[RANKED].tolist() == FIRST.ranks[RANKED].tolist()
    assert is_kept(tmp_path, settings)
    other = settings_of({"share": 0.2}, {"share": 0.1})
    assert not is_kept(tmp_path, other)
    assert is_kept(tmp_path, other, only="theirs")


def test_the_ranker_alone_is_measured_again_beside_the_peers_of_before() -> None:
    again = replace(FIRST, ranks={RANKED: np.zeros(4, np.int64)}, peers=[])
    both = again.with_peers_of(FIRST)
    assert both.ranks["STAN"].tolist() == FIRST.ranks["STAN"].tolist()
    assert both.ranks[RANKED].tolist() == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="other clicks"):
        SECOND.with_peers_of(FIRST)


def test_the_reports_name_every_group_the_gains_the_leads_and_the_bars(tmp_path: Path) -> None:
    text = write_day(FIRST, tmp_path, 50, 7)
    assert all(f"Segment {name}" in text for name in SEGMENT_NAMES)
    assert f"| {PLAIN} |" in text
    told = json.loads((tmp_path / "ranking.json").read_text())
    assert next(row["gain"] for row in told["gains"] if row["measure"] == "HR@10") == 0.75
    mean = write_mean([FIRST, SECOND], tmp_path, 50, 7)
    assert "| 2017-10-11 | 2 | 1.000 |" in mean
    assert "ahead of the best session peer" in mean
    assert json.loads(json.dumps(plain({"a": [np.float32(1.5), float("nan")]}), allow_nan=False)) == {"a": [1.5, None]}


def test_peers_of_a_share_are_shown_on_that_share_alone() -> None:
    part = replace(FIRST, sample=np.array([True, False, True, True]))
    rows = part.figures(50, 7)
    stan = {row.group: row.value for row in rows if row.model == "STAN" and row.measure == "HR@10"}
    assert set(stan) == {f"{group}, share of the peers" for group in GROUPS}
    assert stan["all, share of the peers"] == pytest.approx(2 / 3)
    assert next(row for row in rows if row.group == "all" and row.model == RANKED).clicks == 4


def test_other_settings_of_every_peer_that_looks_back_are_tried() -> None:
    tried = variants(15.0)
    assert all(any(name.startswith(peer) for name in tried) for peer in [*entrants(15.0), *STANS] if "ever" not in peer)


@pytest.fixture(scope="module")
def losses() -> Losses:
    """Of a planted stream, where few candidates are offered and the second click of each visit follows the first."""
    stream, params = planted(500), load_params(NewsParams, FILE, ["ranker.min_rows_in_leaf=20", "ranker.trees=20"])
    live = small_params(articles=128, known_articles=500, readers=600, candidates=22)
    walk = Walk(stream, Newsroom(LiveState(live)))
    ranker = train(*collect(walk, np.arange(600), params.ranker).split(600), params.ranker)
    early = note(Walk(stream, Newsroom(LiveState(live))), Walk(stream, Newsroom(LiveState(live))).cases([0, 1]), ranker)
    late = note(walk, walk.cases(range(600, len(stream))), ranker)
    return replace(late, cases=np.concatenate([early.cases, late.cases]))


def test_losses_say_why_a_clicked_article_is_no_candidate(losses: Losses) -> None:
    rank, reason = losses.cases[:, 0], losses.cases[:, 1]
    depth = losses.cases[:, COLUMNS.index("depth")]
    assert reason[0] == NEW
    assert (reason[2:][depth[2:] > 0] == FOUND).all()
    assert (rank[2:][depth[2:] > 0] == 0).all()
    assert ((rank == MISSED) == (reason != FOUND)).all()
    assert (reason[2:] == CROWDED).mean() > 0.1


def test_losses_name_the_features_that_hold_clicked_articles_back(losses: Losses) -> None:
    text = markdown([losses, losses])
    assert f"Where {2 * len(losses.cases):,} clicks of 2 days are missed" in text
    assert all(words in text for words in REASONS.values())
    assert losses.low > 0
    assert f"| {losses.features[int(np.argmax(losses.lacks))]} |" in text


def test_losses_are_kept(losses: Losses, tmp_path: Path) -> None:
    losses.save(tmp_path, {"ours": "x"})
    assert is_kept(tmp_path, {"ours": "x"}, file="losses.json")
    assert Losses.load(tmp_path).low == losses.low
