"""How a segment is served is chosen on the order that is served."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.replay.sources import from_dataset
from pipelines.news.replay.walk import Walk, place_after, recommender_of
from pipelines.news.split.moments import moments_of
from pipelines.news.training.served_order import LEAST_SHOWN, RecordedRequest, choices
from script_shared.errors import SettingsError
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.mixing import Mixing, load_mixing
from script_shared.news.ranking.query import Query
from script_shared.news.serving.loading import load_ranker
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.params import load_params
from tests.pipelines.news.training.ranked_run import ranked

NAMES = ("logged", "semi_logged", "anonymous")
MANY = 200


class OneFeature:
    """Replaces a ranker: the first column is the score."""

    def rank_rows(self, features: np.ndarray) -> np.ndarray:
        return features[:, 0]


def case(
    wanted: str, *, ranked: str, plain: str, listed: str = "", clicks: float = 5.0, allowed: str = ""
) -> RecordedRequest:
    """A request whose candidates are single letters, in the orders that are given."""
    ids = sorted({*ranked, *plain})
    scores = np.array([[-ranked.index(name) if name in ranked else -99.0] for name in ids])
    return RecordedRequest(
        0, wanted, ids, scores, list(plain), list(listed), frozenset(allowed or {*ids, *listed}), clicks
    )


def chosen(cases: list[RecordedRequest], grid: list[float], *, ranker: bool = True):
    segments = np.zeros(len(cases), np.int64)
    return choices(cases, segments, OneFeature() if ranker else None, grid)["logged"]  # type: ignore[arg-type]


def test_the_ranker_alone_is_chosen_where_mixing_in_the_segments_list_spoils_its_order() -> None:
    cases = [case("a", ranked="abcd", plain="bcda", listed="dcbxyz")] * LEAST_SHOWN
    choice = chosen(cases, [100.0, 25.0, 0.0])
    assert (choice.ranker, choice.enough) == (True, 0.0)
    assert choice.facts["mrr_ranker"] == 1.0


def test_a_better_list_of_the_segment_keeps_its_share() -> None:
    cases = [case("x", ranked="abcd", plain="bcda", listed="xyz")] * LEAST_SHOWN
    assert chosen(cases, [0.0, 100.0]).enough == 100.0


def test_ways_that_are_alike_leave_the_first_so_a_busy_site_keeps_its_number() -> None:
    cases = [case("a", ranked="ab", plain="ab", listed="bx", clicks=1e4)] * LEAST_SHOWN
    choice = chosen(cases, [100.0, 25.0, 0.0])
    assert (choice.ranker, choice.enough) == (False, 100.0)


def test_a_ranker_that_only_looks_better_before_mixing_does_not_serve() -> None:
    """Its own order is better (1 against 1/2); mixed as it is served, the other one is."""
    cases = [case("a", ranked="acbd", plain="bacd", listed="bdca", clicks=50.0)] * LEAST_SHOWN
    ways = [cases[0].reciprocal(scores, 100.0) for scores in (None, OneFeature().rank_rows(cases[0].features))]
    assert ways[0] == ways[1]
    assert chosen(cases, [100.0]).ranker is False


def test_what_may_not_be_shown_takes_no_place() -> None:
    one = case("c", ranked="abc", plain="abc", allowed="c")
    assert one.reciprocal(None, 0.0) == 1.0


def test_a_segment_with_few_requests_is_chosen_for_by_those_of_everybody() -> None:
    good, bad = case("a", ranked="ab", plain="ba"), case("a", ranked="ba", plain="ab")
    cases = [good] * LEAST_SHOWN + [bad] * 3
    found = choices(cases, np.array([1] * LEAST_SHOWN + [0] * 3), OneFeature(), [0.0])  # type: ignore[arg-type]
    assert [found[name].ranker for name in NAMES] == [True, True, True]
    assert found["logged"].facts["clicks"] == 3


def test_without_a_ranker_the_mixing_is_chosen_all_the_same() -> None:
    cases = [case("a", ranked="ab", plain="ab", listed="bxy")] * LEAST_SHOWN
    assert chosen(cases, [100.0, 0.0], ranker=False)[:2] == (False, 0.0)


def test_one_number_in_the_params_is_the_only_choice() -> None:
    assert load_params(NewsParams, FILE, ["serving.trusted_clicks = 7"]).serving.trusted_clicks == [7.0]
    with pytest.raises(SettingsError, match="trusted_clicks"):
        load_params(NewsParams, FILE, ["serving.trusted_clicks = []"])


def test_a_release_keeps_its_choice_and_one_without_it_the_default(tmp_path: Path) -> None:
    serving = load_params(NewsParams, FILE).serving
    assert load_mixing(tmp_path, serving) == (Mixing(100.0), ())
    (tmp_path / "live").mkdir()
    Mixing(100.0, {"logged": 0.0, "anonymous": 5.0}).save(tmp_path / "live")
    mixing, missing = load_mixing(tmp_path, serving)
    assert missing == ()
    assert [mixing.trust(name, 5.0) for name in NAMES] == [1.0, 0.05, 1.0]
    assert mixing.trust("logged", 0.0) == 0.0
    (tmp_path / "live" / "mixing.json").write_text('{"otherwise": 1, "trusted_clicks": [1]}')
    assert load_mixing(tmp_path, serving) == (Mixing(100.0), ("mixing",))


@pytest.fixture(scope="module")
def requests_on_release(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[LiveRecommender, list[tuple[RecordedRequest, Query]]]:
    """A release over a newsroom that gets no events, and requests that were kept as they were."""
    context = ranked(tmp_path_factory.mktemp("served"), users=600)
    data, folder = Dataset.load(context.run.read("refined")), context.run.read("ranked") / "holdout"
    at = moments_of(data, context.params)
    walk = Walk.towards(from_dataset(data), at.fitted, context.params)
    first = place_after(walk.stream, at.split)
    walk.fold_until(first + 100)
    recommender = recommender_of(folder, walk, at.split, context.params, load_ranker(folder)[0])
    kept = []
    for place, query in _requests(walk, first + 100, recommender):
        offer = recommender.offer(query)
        assert offer.found is not None
        kept.append((RecordedRequest.of(place, walk.stream.article_id(place), offer), query))
    return recommender, kept


def _requests(walk: Walk, first: int, recommender: LiveRecommender) -> Iterator[tuple[int, Query]]:
    """Requests of the readers of later clicks, all at one moment."""
    places = [place for place in range(first, first + 40) if not walk.stream.reread[place]]
    recommender.clock.advance(int(walk.stream.time_ms[first]))
    for place in places:
        yield place, Query(walk.stream.query(place).user, n=MANY)


@pytest.mark.slow
@pytest.mark.parametrize("enough", [100_000.0, 400.0, 0.0])
@pytest.mark.parametrize("with_ranker", [True, False])
def test_the_place_that_a_choice_is_judged_by_is_the_place_in_the_list_that_is_served(
    requests_on_release: tuple[LiveRecommender, list[tuple[RecordedRequest, Query]]], enough: float, with_ranker: bool
) -> None:
    recommender, kept = requests_on_release
    ranker = recommender.ranker
    assert ranker is not None
    ranker.segments = None if with_ranker else ()
    recommender.mixing = Mixing(enough)
    found = 0
    for shown, query in kept:
        served = [item.article_id for item in recommender.answer(query).items]
        scores = ranker.rank_rows(shown.features) if with_ranker else None
        value = shown.reciprocal(scores, enough)
        if value:
            assert served.index(shown.wanted) == round(1 / value) - 1
            found += 1
    assert found > 10
