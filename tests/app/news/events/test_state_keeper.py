"""A process that loads a kept newsroom knows the same as one that folds the log since the release's snapshot."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.news.events.catch_up import Bounds, CatchUp
from app.news.events.state_keeper import SHARED, StateKeeper, sources
from script_shared.clock import Clock
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.entry import user_digest
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.reader_clusters import nobody
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import load_state, save_state
from tests.script_shared.news.events_made import MINUTE_MS, START_MS, small_params

DAY_MS = 24 * 60 * MINUTE_MS
PARAMS = small_params()
ENTRY = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([Kind.CLICK] * 6 + [Kind.IMPRESSION, Kind.IMPRESSION, Kind.ARTICLE, Kind.LOGIN]),
        "user": st.integers(0, 6),
        "article": st.integers(0, 30),
        "minute": st.integers(-30, 90),
        "session": st.sampled_from(["", "s1", "s2", "s3"]),
        "proof": st.sampled_from(["", "signed", "answer", "unsigned"]),
        "network": st.sampled_from(["", "0a1b2c3d"]),
        "region": st.sampled_from(["", "sp", "rj"]),
        "clock": st.sampled_from(["", "", "", "", "wall"]),
    }
)
TOLD = st.lists(ENTRY, max_size=50)


def _entries(told: list[dict[str, Any]], first: int = 0) -> list[Entry]:
    now, entries = START_MS + first * MINUTE_MS, []
    for place, one in enumerate(told, first):
        now += one["minute"] * MINUTE_MS
        user = f"u{one['user']}" if one["user"] else ""
        body: dict[str, Any] = {
            name: one[name] for name in ("session", "proof", "network", "region", "clock") if one[name]
        }
        if one["kind"] == Kind.ARTICLE:
            body = {"title": f"t{place}", "section": one["region"], "issued_ms": now - one["article"] * 20 * MINUTE_MS}
        article = "" if one["kind"] == Kind.LOGIN else f"a{one['article']}"
        entries.append(Entry(f"e{place}", one["kind"], now, user, article, body))
    return entries


class Site:
    """A log, a release whose snapshot holds its first entries, and a cache folder."""

    def __init__(self, folder: Path, base: list[Entry], clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        self.log = EventLog(f"sqlite:///{folder}/events.db")
        self.keeper = StateKeeper(folder / "kept", self.log)
        self.log.append(base)
        trained = Newsroom(LiveState(PARAMS))
        trained.apply([entry for entry in self.log.tail(0, 1000) if entry.kind != Kind.ERASE])
        assert trained.state is not None
        save_state(trained.state, folder / "release")
        self.snapshot = trained.seq

    def released(self) -> Newsroom:
        newsroom = Newsroom(load_state(self.folder / "release", PARAMS), seq=self.snapshot)
        newsroom.recalled, newsroom.origin = np.arange(1, self.snapshot, 3), "release"
        newsroom.shared_visits = np.zeros(0, np.uint64)
        return newsroom

    def gather(self, newsroom: Newsroom) -> Newsroom:
        bounds = Bounds(24.0, 2)
        CatchUp(self.log, 1.0).gather(newsroom, None, self.clock, bounds, before=None)
        return newsroom

    def resume(self, origin: str = "release") -> Newsroom | None:
        return self.keeper.resume(origin, PARAMS, nobody)


@contextmanager
def a_site(base: list[Entry], clock: Clock | None = None) -> Iterator[Site]:
    with TemporaryDirectory() as folder:
        site = Site(Path(folder), base, clock or Clock("wall", 0))
        yield site
        site.log.close()


def _known(newsroom: Newsroom) -> dict[str, Any]:
    """Everything that a newsroom knows."""
    state, hour = newsroom.state, newsroom.last_hour.as_json()
    assert state is not None
    return {
        "digest": newsroom.digest(),
        "stories": newsroom.editorial.stories(),
        "posts": newsroom.editorial.posts,
        "hour": [[minute, sorted(counts.items())] for minute, counts in hour["minutes"]],
        "reads": {name: sorted(map(repr, part)) for name, part in newsroom.reads.as_json()["noted"].items()},
        "recalled": newsroom.reads.as_json()["recalled"],
        "signs": newsroom.signs,
        "times": (newsroom.now_ms, newsroom.snapshot_ms, newsroom.live, state.time.turns, state.time.behind),
        "places": (newsroom.seq, newsroom.snapshot_seq, newsroom.state_fold.seq),
        "quarantine": newsroom.quarantine,
        "top": newsroom.last_hour.top(newsroom.now_ms, 5),
    }


@settings(deadline=None, max_examples=60)
@given(TOLD, TOLD.filter(bool), TOLD, TOLD, st.booleans())
def test_it_knows_the_same(base: Any, before: Any, after: Any, later: Any, in_data_time: bool) -> None:
    clock = Clock("data", START_MS, may_switch=True) if in_data_time else None
    with a_site(_entries(base), clock) as site:
        site.log.append(_entries(before, len(base)))
        site.keeper.keep(site.gather(site.released()))
        rest = _entries(after, len(base) + len(before))
        site.log.append(rest)
        resumed = site.resume()
        assert resumed is not None
        whole = site.gather(site.released())
        assert _known(site.gather(resumed)) == _known(whole)
        site.log.append(_entries(later, len(base) + len(before) + len(rest)))
        news = site.log.tail(whole.seq, 1000)
        for newsroom in (resumed, whole):
            newsroom.apply(news)
        assert _known(resumed) == _known(whole)


def _clicks(count: int, first: int = 0) -> list[Entry]:
    places = range(first, first + count)
    return [
        Entry(f"e{place}", Kind.CLICK, START_MS + 1000 * place, f"u{place % 7}", f"a{place % 11}") for place in places
    ]


@pytest.fixture
def site() -> Iterator[Site]:
    """With a kept newsroom."""
    with a_site(_clicks(20)) as site:
        site.log.append(_clicks(30, 20))
        site.keeper.keep(site.gather(site.released()))
        yield site


def test_a_resumed_newsroom_begins_where_the_kept_one_was(site: Site) -> None:
    resumed = site.resume()
    assert resumed is not None
    assert (resumed.snapshot_seq, resumed.seq) == (20, 50)


def test_users_who_were_erased_before_the_release_keep_what_they_read_since() -> None:
    mark = Entry("erase", Kind.ERASE, START_MS, body={"digest": user_digest("u1")})
    with a_site([*_clicks(20), mark, *_clicks(1, 20)]) as site:
        site.log.append(_clicks(30, 21))
        site.keeper.keep(site.gather(site.released()))
        resumed = site.resume()
        assert resumed is not None
        assert _known(site.gather(resumed)) == _known(site.gather(site.released()))


def test_a_change_of_any_code_that_folds_is_another_version() -> None:
    names = {str(path.relative_to(SHARED)) for path in sources()}
    assert {"news/state/state.py", "events/entry.py", "compiled/counts.c", "compiled/count_code.py"} <= names


def test_after_an_erasure_nothing_is_kept(site: Site) -> None:
    site.log.erase("u1")
    assert site.resume() is None
    assert list(site.keeper._folder.glob("[0-9]*")) == []
    newsroom = site.gather(site.released())
    site.keeper.keep(newsroom)
    assert site.resume() is None


def test_a_copy_is_not_used_after_clicks_were_found_bad(site: Site) -> None:
    rule = {"articles": ["a1"], "from_ms": START_MS, "until_ms": START_MS + DAY_MS}
    site.log.append([Entry("rule", Kind.QUARANTINE, START_MS, body=rule)])
    assert site.resume() is None


def test_another_release_log_or_configuration_is_another_newsroom(site: Site) -> None:
    assert site.resume("another release") is None
    assert site.keeper.resume("release", small_params(readers=13), nobody) is None
    with a_site(_clicks(60)) as other:
        other.log.erase("u2")  # the numbers are the same, the entry is not there
        keeper = StateKeeper(site.keeper._folder, other.log)
        assert keeper.resume("release", PARAMS, nobody) is None


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "no json"])
def test_a_damaged_copy_is_not_used(site: Site, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    (place,) = site.keeper._folder.glob("[0-9]*")
    file = place / "state/readers/reads.npy"
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "no json":
        (place / "about.json").write_text("{")
    else:
        file.write_bytes(whole[:-4] if damage == "cut" else whole[:-1] + b"\xff")
    assert site.resume() is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_what_a_killed_writer_left_is_no_copy_and_goes_away(site: Site) -> None:
    left = site.keeper._folder / ".partial-left"
    left.mkdir()
    resumed = site.resume()
    assert resumed is not None
    site.log.append(_clicks(2_100, 50))
    site.keeper.keep(site.gather(resumed))
    assert not left.exists()
    assert [int(place.name) for place in site.keeper._folder.glob("[0-9]*")] == [2_150]


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    (site.folder / "file").write_text("")
    keeper = StateKeeper(site.folder / "file", site.log)
    keeper.keep(site.gather(site.released()))
    assert keeper.resume("release", PARAMS, nobody) is None
    assert "cannot be kept" in caplog.text


def test_the_copy_holds_no_name_of_a_user(site: Site) -> None:
    (place,) = site.keeper._folder.glob("[0-9]*")
    assert place.stat().st_mode & 0o077 == 0
    facts = json.loads((place / "newsroom.json").read_text())
    assert "u1" not in json.dumps(facts)
