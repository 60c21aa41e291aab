"""The default sample holds something real: tastes, groups and freshness that beat popularity on what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from tests.pipelines.sample_world.worlds import itens, reads

HOUR = 3_600_000
HELD_OUT_HOURS = 12
TOP = 10
READERS = 800  # at most, of each kind


@dataclass
class History:
    """Reads until the held-out window, the window's reads, and the candidates that were out by then."""

    past: pl.DataFrame
    future: pl.DataFrame
    candidates: pl.DataFrame
    now: int

    def popularity(self, half_life_hours: float, only: pl.Expr | None = None) -> np.ndarray:
        """float64[candidates]: decayed reads."""
        rows = self.past if only is None else self.past.filter(only)
        age = (self.now - pl.col("timestampHistory")) / HOUR
        counts = rows.group_by("history").agg(n=(2.0 ** (-age / half_life_hours)).sum())
        return (
            self.candidates.join(counts, left_on="page", right_on="history", how="left", maintain_order="left")["n"]
            .fill_null(0.0)
            .to_numpy()
        )

    def recall(self, kind: str, score: Callable[[str, str | None], np.ndarray]) -> float:
        """Mean recall of ten among the unread candidates, over readers of the kind who come back in the window."""
        held = self.future.filter(pl.col("kind") == kind)
        rows = {page: row for row, page in enumerate(self.candidates["page"])}
        past = self.past.filter(pl.col("userId").is_in(held["userId"].unique().implode()))
        read = dict(past.group_by("userId").agg("history").iter_rows())
        found = []
        readers = held.group_by("userId", "group", maintain_order=True).agg("history").head(READERS)
        for user, group, wanted in readers.iter_rows():
            scores = score(user, group).copy()
            scores[[rows[page] for page in read.get(user, []) if page in rows]] = -np.inf
            top = set(np.argpartition(-scores, TOP)[:TOP].tolist())
            found.append(len(top & {rows.get(page, -1) for page in wanted}) / len(wanted))
        assert len(found) > 200
        return float(np.mean(found))


@pytest.fixture(scope="module")
def history(default_world: Path) -> History:
    people = pl.read_parquet(default_world / "truth" / "readers.parquet")
    news = pl.read_parquet(default_world / "truth" / "articles.parquet")
    clicks = reads(default_world).join(people, left_on="userId", right_on="user_id")
    clicks = clicks.join(
        news.select("article_id", "topic", section="section", place="region", appeals_to="circle"),
        left_on="history",
        right_on="article_id",
    )
    now = clicks["timestampHistory"].max() - HELD_OUT_HOURS * HOUR
    items = itens(default_world).join(news, left_on="page", right_on="article_id", maintain_order="left")
    out = items.filter(pl.col("issued_ms").is_between(now - 72 * HOUR, now))
    past, future = clicks.filter(pl.col("timestampHistory") <= now), clicks.filter(pl.col("timestampHistory") > now)
    return History(past, future, out, now)


def test_logged_readers_read_what_they_have_a_taste_for(history: History) -> None:
    logged = history.past.filter(pl.col("kind") == "logged")
    liked = pl.any_horizontal((pl.col(f"topic{n}") == pl.col("topic")).fill_null(False) for n in (1, 2, 3))
    at_home = pl.col("region") == pl.col("place").fill_null("")
    assert logged.select((liked | at_home).mean()).item() > 0.35
    assert (
        logged.with_columns(pl.col("^topic[123]$", "region").shuffle(seed=1)).select((liked | at_home).mean()).item()
        < 0.2
    )


def test_logged_readers_of_a_circle_read_the_same_articles_whatever_these_are_about(history: History) -> None:
    logged = history.past.filter(pl.col("kind") == "logged")
    own = (pl.col("circle") == pl.col("appeals_to")).fill_null(False).mean()
    chance = logged.with_columns(pl.col("circle").shuffle(seed=1)).select(own).item()
    assert logged.select(own).item() > 3 * chance
    assert history.past.filter(pl.col("kind") != "logged")["circle"].is_null().all()


def test_what_a_circle_likes_has_nothing_to_do_with_the_subject(default_world: Path) -> None:
    news = pl.read_parquet(default_world / "truth" / "articles.parquet").drop_nulls("circle")
    assert news["circle"].n_unique() == 8
    sections = news.group_by("circle").agg((pl.col("section") == "regional").mean())["section"]
    assert sections.max() - sections.min() < 0.15
    assert news.group_by("circle").agg(pl.len())["len"].min() > 0.8 * len(news) / 8


def test_a_readers_own_topics_beat_popularity_for_logged_readers(history: History) -> None:
    popular = history.popularity(1.0)
    mine = dict(
        history.past.filter(pl.col("kind") == "logged")
        .group_by("userId")
        .agg(pl.col("topic").value_counts())
        .iter_rows()
    )
    topics = history.candidates["topic"].to_list()

    def by_taste(user: str, _: str | None) -> np.ndarray:
        counts = {entry["topic"]: entry["count"] for entry in mine.get(user, [])}
        share = np.array([counts.get(topic, 0) for topic in topics]) / max(1, sum(counts.values()))
        return (share + 0.02) * np.log1p(popular)

    assert history.recall("logged", by_taste) > 1.7 * history.recall("logged", lambda *_: popular)


def test_the_top_of_a_readers_group_beats_popularity_for_semi_logged_readers(history: History) -> None:
    groups = history.past["group"].drop_nulls().unique().to_list()
    tops = {group: history.popularity(3.0, pl.col("group") == group) for group in groups}
    popular = history.popularity(1.0)
    by_group = history.recall("semi_logged", lambda _, group: tops[group] + 0.01 * popular)
    assert by_group > 1.8 * history.recall("semi_logged", lambda *_: popular)


def test_behaviour_alone_tells_the_groups_apart(history: History) -> None:
    readers = (
        history.past.filter(pl.col("kind") == "semi_logged")
        .group_by("userId", maintain_order=True)
        .agg(
            pl.col("timeOnPageHistory").clip(upper_bound=1_800_000).log().mean(),
            pl.col("scrollPercentageHistory").clip(upper_bound=100).mean(),
            pl.col("numberOfClicksHistory").clip(upper_bound=100).log1p().mean(),
            pl.col("group").first(),
        )
    )
    features = StandardScaler().fit_transform(readers.drop("userId", "group").to_numpy())
    labels = KMeans(6, n_init=3, random_state=0).fit_predict(features)
    assert adjusted_rand_score(readers["group"].to_list(), labels) > 0.6


def test_groups_come_at_their_own_hours(history: History) -> None:
    hour = ((pl.col("timestampHistory") // HOUR - 3) % 24).alias("hour")
    frame = history.past.filter(pl.col("kind") == "semi_logged").select("group", hour)
    busiest = dict(frame.group_by("group").agg(pl.col("hour").mode().first()).iter_rows())
    assert busiest["money at breakfast"] in (7, 8)
    assert busiest["politics at noon"] in (12, 13)
    assert busiest["stars at night"] in (20, 21)


def test_the_last_hour_says_far_more_than_all_time(history: History) -> None:
    last_hour, all_time = history.popularity(1.0), history.popularity(1e6)
    for kind in ("logged", "semi_logged", "anonymous"):
        assert history.recall(kind, lambda *_: last_hour) > 5 * history.recall(kind, lambda *_: all_time)


def test_freshness_times_popularity_beats_popularity_for_anonymous_readers(history: History) -> None:
    age = (history.now - history.candidates["issued_ms"].to_numpy()) / HOUR
    popular = history.popularity(1.0)
    fresh = popular * 2.0 ** (-age / 4)
    assert history.recall("anonymous", lambda *_: fresh) > 1.15 * history.recall("anonymous", lambda *_: popular)
