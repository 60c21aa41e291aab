"""A slow site gets a release at the product's defaults, and a site is measured as it is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.measures.gate import Comparison, Rule, judge
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.result import read_evaluation
from pipelines.news.evaluation.step import evaluate
from pipelines.news.quality.site import site_section
from pipelines.news.release.gate import gate
from pipelines.news.replay.sources import from_dataset
from pipelines.news.site import pace_of, profile_of, settle_params, site_of
from pipelines.news.split.holdout import hold_out
from pipelines.news.split.moments import moments_of
from pipelines.news.training.assemble import assemble
from pipelines.news.training.ranker_step import rank
from pipelines.news.training.renewal import Renewal
from pipelines.news.training.segments import train
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.clock import HOUR_MS
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams, for_site
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.serving.loading import load_newsroom, pace_in
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.pipelines.news.factory import dataset
from tests.slow_site import make, write_refined

SMALLER = ("ranking.requests = 1500", "evaluation.replayed_clicks = 900", "evaluation.bootstrap_resamples = 50")


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A smaller site of the same rate: 7 views an hour over 140 days; nothing about its windows is set."""
    root = tmp_path_factory.mktemp("slow")
    settings = Settings(
        data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root / "evaluation", cache_dir=root
    )
    context = Context(settings, load_params(NewsParams, FILE, SMALLER), Run(root / "data" / "news", "r1"))
    with context.run.write("refined") as (folder, facts):
        write_refined(folder, make(views=24_000, users=900, articles=1_200, days=140))
        facts.update(source="slow site", login_flag="known")
    return context


@pytest.fixture(scope="module")
def judged(slow: Context) -> Context:
    for segment in SEGMENT_NAMES:
        train(slow, segment)
    for step in (assemble, rank, evaluate, gate):
        step(slow)
    return slow


def test_a_site_is_measured_by_its_rate_its_users_and_the_life_of_its_articles(slow: Context) -> None:
    site = site_of(slow)
    assert site.clicks_per_hour == pytest.approx(7.1, abs=0.4)
    assert 20 < site.life_hours < 90 < site.last_hours < 700
    assert 4 <= site.pace <= 64
    assert site.window_hours >= 168
    assert not site.fast


def test_a_busy_site_is_not_measured_closely_and_keeps_every_default(tmp_path: Path) -> None:
    data = dataset(tmp_path / "refined", hours=24, users=2000)
    assert len(data.interactions) / 24 > 400
    many = replace(data.interactions.rows(slice(0, 0)), **_twice(data))
    site = profile_of(replace(data, interactions=many))
    assert site.fast
    assert (site.pace, site.window_hours) == (1, 12.0)


def test_one_read_of_2001_changes_no_setting(tmp_path: Path, slow: Context) -> None:
    """Refine rids files of it, but the log may hold some clicks of long before the files."""
    busy = dataset(tmp_path / "refined", hours=24 * 4, users=8000)
    for data in (busy, Dataset.load(slow.run.read("refined"))):
        old = replace(data.interactions.rows(slice(0, 1)), time_ms=np.array([981_173_106_000]))
        both = {name: np.append(getattr(old, name), column) for name, column in vars(data.interactions).items()}
        odd = replace(data, interactions=replace(old, **both))
        assert profile_of(odd) == profile_of(data)
        assert for_site(slow.params, profile_of(odd)) == for_site(slow.params, profile_of(data))


def _twice(data: Dataset) -> dict[str, np.ndarray]:
    names = type(data.interactions).__dataclass_fields__
    return {name: np.repeat(getattr(data.interactions, name), 2) for name in names}


def test_the_pace_is_the_half_life_that_foresees_the_next_click_best() -> None:
    """Stories that are read for some minutes ask for short counts, lasting favourites for long ones."""
    draw, hour = np.random.default_rng(3), 3_600_000
    time = np.sort(draw.integers(0, 600 * hour, 6000))
    story = time // hour
    favourite = draw.zipf(1.3, 6000) % 40
    assert pace_of(time, story, 601) == 1
    assert pace_of(time, favourite, 40) >= 32
    assert pace_of(time[:50], favourite[:50], 40) == 1


@pytest.mark.slow
def test_at_its_defaults_a_slow_site_gets_a_release_that_beats_the_most_read_in_every_window(judged: Context) -> None:
    verdict = judged.run.facts("gated")
    assert verdict["accepted"] is True, verdict["reasons"]
    clicks = read_evaluation(judged.run.read("evaluated") / "metrics.json").by_click()
    assert clicks is not None
    rows = settle_params(judged).params.gate.beats
    assert [name.removeprefix("most_read_") for name in rows] == ["1h", "6h", "24h", "7d"]
    for row in rows:
        ours, theirs = (clicks.figure(model, "all", "ndcg", 10) for model in ("candidate", row))
        assert ours is not None
        assert theirs is not None
        assert ours.value > 1.05 * theirs.value, row


def test_the_release_keeps_the_pace_and_serves_at_it_whatever_the_params_say(judged: Context, tmp_path: Path) -> None:
    folder, pace = judged.run.read("ranked") / "release", site_of(judged).pace
    live = load_params(NewsParams, FILE).live
    assert live.pace == 1 < pace
    newsroom, missing = load_newsroom(folder, live)
    assert missing == ()
    assert newsroom.state is not None
    assert newsroom.state.counts.decay.half_lives_ms[2] == pytest.approx(pace * HOUR_MS / 6)
    assert NewsModel.load(folder).facts["site"]["pace"] == pace == pace_in(folder)
    (tmp_path / "model.json").write_text((folder / "model.json").read_text())
    empty, _ = load_newsroom(tmp_path, live)
    assert empty.pace == pace


def test_a_release_made_before_there_was_a_pace_keeps_its_windows(tmp_path: Path) -> None:
    live = load_params(NewsParams, FILE).live
    save_state(LiveState(live), tmp_path / "live")
    facts = tmp_path / "live" / "state.json"
    facts.write_text(facts.read_text().replace('"pace": 1, ', ""))
    assert '"pace"' not in facts.read_text()
    newsroom, missing = load_newsroom(tmp_path, live.model_copy(update={"pace": 8}))
    assert (newsroom.pace, missing) == (1, ())


def test_one_list_per_user_is_measured_on_the_first_part_of_a_long_window(slow: Context) -> None:
    data, params = Dataset.load(slow.run.read("refined")), settle_params(slow).params
    whole, part = (
        hold_out(data, params.model_copy(update={"evaluation": params.evaluation.model_copy(update=change)}))
        for change in ({"batch_hours": 10_000.0}, {"batch_hours": 48.0})
    )
    assert whole.notes() == []
    assert part.notes() == ["One list per user, made at its start, is measured on the first 48 hours of the window."]
    assert 0 < part.truth.reads.nnz < whole.truth.reads.nnz


def test_a_renewed_release_knows_nothing_of_what_comes_after_its_moment(judged: Context, tmp_path: Path) -> None:
    data, params = Dataset.load(judged.run.read("refined")), settle_params(judged).params
    at, stream = moments_of(data, params), from_dataset(data)
    places = np.flatnonzero(stream.time_ms > at.split)
    renewal = Renewal(data, params.ranking.renew_hours, tmp_path)
    periods = list(renewal.periods(stream, places, at.split))
    assert np.array_equal(np.concatenate([some for _, some in periods]), places)
    assert all(stream.time_ms[some[0]] > at_ms for at_ms, some in periods)
    assert len(periods) > 3
    origin = judged.run.read("assembled") / "holdout"
    assert renewal.folder(origin, "a", at.split, periods[0][0]) == origin
    later = NewsModel.load(renewal.folder(origin, "a", at.split, periods[2][0]))
    assert later.facts["data_end_ms"] == periods[2][0]
    assert len(later.readers.histories.article) == int((data.interactions.time_ms <= periods[2][0]).sum())
    assert len(list(Renewal(data, 8760.0, tmp_path).periods(stream, places, at.split))) == 1


def test_the_data_card_shows_what_was_measured_and_what_follows(slow: Context) -> None:
    section = site_section(site_of(slow), settle_params(slow).params)
    measured, settings = section.blocks
    assert ["reads an hour", pytest.approx(7.1, abs=0.4)] in list(measured.rows)
    rows = {row[0]: row[1:] for row in settings.rows}
    assert rows["gate.beats"][1:] == ["most_read_10m", "the site"]
    assert rows["split.window_hours"][1] == "12"
    own = slow.params.model_copy(update={"auto": []})
    assert site_section(site_of(slow), own).blocks[1].rows[0][3] == "the params file"


def test_a_gate_that_cannot_judge_says_what_to_set() -> None:
    few = [
        Comparison(segment, "most read, 1h", 0.2, 0.1, users, beat=True)
        for segment, users in (("logged", 7), ("anonymous", 2))
    ]
    verdict = judge(few, Rule("ndcg", 10, 0.05, 50))
    assert verdict.accepted is False
    assert "Make split.window_hours about 9 times longer, or set gate.min_users to at most 7" in verdict.reasons[0]
    assert "Make split.window_hours longer" in judge([], Rule("ndcg", 10, 0.05, 50)).reasons[0]


@pytest.mark.parametrize(("users", "accepted"), [(85, True), (400, False)])
def test_with_few_users_a_release_that_may_only_by_chance_be_no_better_is_accepted(users: int, accepted: bool) -> None:
    close = Comparison("anonymous", "most read, 6h", 0.31, 0.32, users, -0.04, 0.02, beat=True)
    assert judge([close], Rule("ndcg", 10, 0.05, 50)).accepted is accepted
    lost = replace(close, high=-0.001)
    assert judge([lost], Rule("ndcg", 10, 0.05, 50)).accepted is False
