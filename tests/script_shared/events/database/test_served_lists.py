"""Lists as they were served: few bytes each, found again by whom they were served to, and deleted with them."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.following.follower import LogFollower
from script_shared.events.served_list import ServedList, answer_key, is_sampled, pack_numbers, parts_of, unpack_numbers
from script_shared.exploration.draws import chances, draw, list_chance
from script_shared.exploration.randomization import SEED, Randomization
from tests.patience import PATIENCE_SECONDS
from tests.script_shared.events.following.test_follower import Collector, eventually


def served(name, user="ana", session="", time_ms=1_000, pages=("a1", "a2")):
    return ServedList(answer_key(name), time_ms, user, session, "logged", "ranker", "v1", list(pages))


def keys(entries):
    return [entry.entry_id for entry in entries if entry.kind == Kind.SERVED]


def ids(*names):
    return [f"served-{answer_key(name).hex()}" for name in names]


def test_a_list_comes_back_as_it_was_written(log):
    lists = [served("one", "ana", "s", pages=[f"p{n}" for n in range(300)]), served("two", "", "", pages=[])]
    assert log.served.write(lists, seen=0) == 2
    found = log.served.between(None, None, limit=10)
    assert [(one.key, one.user, one.session, one.segment, one.source, one.release) for one in found] == [
        (answer_key("one"), "ana", "s", "logged", "ranker", "v1"),
        (answer_key("two"), "", "", "logged", "ranker", "v1"),
    ]
    assert (found[0].pages, found[1].pages) == ([f"p{n}" for n in range(300)], [])
    assert log.tail(0) == []  # it is no entry that followers read


def test_lists_are_read_by_time_in_pages(log):
    log.served.write([served(str(time), time_ms=time) for time in (30, 10, 20, 20)], seen=0)
    found, after = [], (0, 0)
    while page := log.served.between(10, 30, after=after, limit=2):
        found += page
        after = (page[-1].time_ms, page[-1].number)
    assert [one.time_ms for one in found] == [10, 20, 20]


def drawn(name, how, ordered, n, **more):
    pages, outcome = draw(how, ordered, n, answer_key(name)[:SEED])
    return replace(served(name, pages=pages, **more), draw=outcome)


@given(
    st.lists(st.sampled_from([f"p{number}" for number in range(30)]), unique=True, max_size=14),
    st.builds(Randomization, st.floats(0, 1), st.integers(1, 8), st.integers(0, 6), st.floats(0.1, 100)),
    st.integers(1, 12),
    st.integers(0, 2**32),
)
def test_a_draw_comes_back_from_its_code(ordered, how, n, number):
    one = drawn(f"{number:08x}" + 16 * "0", how, ordered, n)
    numbers = {name: place for place, name in enumerate(dict.fromkeys(one.names), 1)}
    labels, pages, outcome = parts_of(
        list(unpack_numbers(one.blob(numbers))), {at: name for name, at in numbers.items()}
    )
    assert (labels, list(pages)) == (("logged", "ranker", "v1"), one.pages)
    assert outcome is not None
    assert (outcome.how, outcome.ranks, list(outcome.others)) == (how, one.draw.ranks, list(one.draw.others))


def test_a_drawn_list_comes_back_with_its_chances_and_can_be_computed_again(log):
    how = Randomization(0.5, 3, 2, 1.5)
    names = [f"{number:04x}" + 20 * "0" for number in range(40)]
    lists = [drawn(name, how, list("abcdefgh"), 6) for name in names]
    log.served.write([*lists, served("plain")], seen=0)
    *found, plain = log.served.between(None, None, limit=50)
    assert (plain.draw, plain.source, plain.is_repeatable()) == (None, "ranker", True)
    assert [(one.pages, one.source, one.draw.ranks) for one in found] == [
        (one.pages, "ranker", one.draw.ranks) for one in lists
    ]
    assert all(one.is_repeatable() for one in found)
    assert not all(replace(one, key=bytes(12)).is_repeatable() for one in found)
    body = found[0].entry().body
    exact = chances(how, 5, 3)
    assert body["propensities"] == [1.0] * 3 + [exact[rank, at] for at, rank in enumerate(found[0].draw.ranks)]
    assert body["list_propensity"] == list_chance(how, 5, found[0].draw.ranks)
    assert body["candidates"] == list("defgh")
    assert set(plain.entry().body) == {"segment", "source", "release", "items", "list"}


@given(st.lists(st.integers(0, 2**40)))
def test_numbers_are_packed_without_loss(numbers):
    assert list(unpack_numbers(pack_numbers(numbers))) == numbers


DRAWS = {"none": None, "default": Randomization(0.1, 4, 2, 3.0), "wide": Randomization(1.0, 8, 4, 3.0)}


@pytest.mark.parametrize("how", DRAWS.values(), ids=DRAWS.keys())
def test_a_list_of_ten_takes_at_most_200_bytes_of_the_database(tmp_path, how):
    path = tmp_path / "events.db"
    log = EventLog(f"sqlite:///{path}")
    log.head()
    log.close()
    before = path.stat().st_size
    for start in range(0, 5_000, 500):
        log.served.write(
            [
                replace(served(name, secrets.token_hex(16), secrets.token_hex(16), start, pages), draw=outcome)
                for number in range(500)
                for name in [secrets.token_hex(12)]
                for ordered in [[f"article-of-the-site-{(number * 7 + place) % 900}" for place in range(14)]]
                for pages, outcome in [
                    (ordered[:10], None) if how is None else draw(how, ordered, 10, answer_key(name)[:SEED])
                ]
            ],
            seen=0,
        )
    log.close()
    assert (path.stat().st_size - before) / 5_000 < 200


def test_a_user_s_lists_are_exported_and_erased_with_those_of_the_visits_before_the_login(log):
    log.append([Entry("click", Kind.CLICK, 1_000, "ana", "a1", {"session": "s"})])
    log.served.write(
        [
            *(served("before", "", "s"), served("mine", "ana", "s"), served("at home", "ana", "t")),
            *(served("visit of that list", "", "t"), served("other", "rui", "s"), served("stranger", "", "u")),
        ],
        seen=log.head(),
    )
    mine = ids("before", "mine", "at home", "visit of that list")
    assert keys(log.export("ana")) == mine
    assert log.visits("ana") == ["s", "t"]
    assert log.erase("ana").kinds == {"click": 1, "served": 4}
    assert keys(log.export("ana")) == []
    assert [one.user for one in log.served.between(None, None, limit=10)] == ["rui", ""]


def test_a_visit_s_lists_are_exported_and_erased_whatever_user_they_name(log):
    log.served.write([served("a", "", "s"), served("b", "ana", "s"), served("c", "ana", "t")], seen=0)
    assert keys(log.export("session s")) == ids("a", "b")
    assert log.erase("session s").kinds == {"served": 2}
    assert keys(log.export("ana")) == ids("c")


def test_names_of_one_key_are_told_apart(log, monkeypatch):
    monkeypatch.setattr("script_shared.events.database.served_lists.person_key", lambda name: 7 if name else 0)
    log.served.write([served("a", "ana", "s"), served("b", "rui", "t")], seen=0)
    assert keys(log.export("rui")) == ids("b")
    log.erase("session s")
    assert [one.user for one in log.served.between(None, None, limit=10)] == ["rui"]


def test_lists_served_before_an_erasure_are_not_written_after_it(log):
    log.append([Entry("c", Kind.CLICK, 1_000, "ana", "a1")])
    seen = log.head()
    log.erase("ana")
    log.erase("session s")
    assert log.served.write([served("a"), served("b", "rui"), served("c", "rui", "s")], seen=seen) == 1
    assert log.served.write([served("d")], seen=log.head()) == 1  # the user came back
    assert [one.key for one in log.served.between(None, None, limit=10)] == [answer_key("b"), answer_key("d")]


def test_lists_leave_by_age_with_those_that_earlier_versions_wrote_as_entries(log, monkeypatch):
    monkeypatch.setattr("script_shared.events.database.served_lists._PRUNED", 2)
    log.append([Entry(f"s{time}", Kind.SERVED, time, "ana", "", {"items": []}) for time in (1, 2, 9)])
    log.append([Entry("click", Kind.CLICK, 1, "ana", "a1")])
    log.served.write([served(str(time), time_ms=time) for time in (1, 2, 3, 9)], seen=log.head())
    assert log.served.prune(5) == 5
    assert [entry.entry_id for entry in log.tail(0)] == ["s9", "click"]
    assert [one.time_ms for one in log.served.between(None, None, limit=10)] == [9]
    assert keys(log.export("ana")) == ["s9", *ids("9")]


def test_a_share_of_the_lists_is_the_same_share_everywhere():
    names = [secrets.token_hex(12) for _ in range(4_000)]
    kept = [name for name in names if is_sampled(name, 0.25)]
    assert 800 < len(kept) < 1_200
    assert kept == [name for name in names if is_sampled(name, 0.25)]
    assert (all(is_sampled(name, 1.0) for name in names), any(is_sampled(name, 0.0) for name in names)) == (True, False)


class Full(EventLog):
    """A log that takes entries, and no served lists."""

    def __init__(self, uri):
        super().__init__(uri)
        self.served.write = self._refuse

    def _refuse(self, lists, *, seen):
        raise UnavailableError("the disk is full.")


def test_a_follower_writes_lists_together_and_what_waits_when_it_stops(tmp_path):
    log = EventLog(f"sqlite:///{tmp_path}/e.db")
    follower = LogFollower(log, Collector(), poll_seconds=0.02)
    for number in range(1_200):
        follower.submit_lists([served(str(number))])
    follower.start()
    follower.stop()
    assert log.served.head() == 1_200
    assert follower.lag.dropped == 0


def test_lists_that_cannot_be_written_are_counted_and_hold_up_no_event(tmp_path):
    log = Full(f"sqlite:///{tmp_path}/e.db")
    follower = LogFollower(log, Collector(), poll_seconds=0.02)
    follower.submit_lists([served("a"), served("b")])
    follower.start()
    assert follower.submit([Entry("c", Kind.CLICK, 1_000, "ana", "a1")]).result(PATIENCE_SECONDS) == [True]
    assert eventually(lambda: follower.lag.dropped == 2)
    follower.stop()


def test_a_list_that_waits_while_its_reader_is_erased_elsewhere_is_not_written(tmp_path):
    log = EventLog(f"sqlite:///{tmp_path}/e.db")
    follower = LogFollower(log, Collector(), poll_seconds=0.02)
    log.append([Entry("c", Kind.CLICK, 1_000, "ana", "a1")])
    follower.submit_lists([served("a", "ana"), served("b", "rui")])
    log.erase("ana")
    follower.start()
    follower.stop()
    assert [one.user for one in log.served.between(None, None, limit=10)] == ["rui"]


@pytest.mark.parametrize("rows", [0, 3])
def test_a_log_of_an_earlier_version_gets_the_tables(tmp_path: Path, rows: int) -> None:
    uri = f"sqlite:///{tmp_path}/e.db"
    old = EventLog(uri)
    old.append([Entry(str(n), Kind.SERVED, 1, "ana", "", {"items": ["a1"]}) for n in range(rows)])
    with old._transaction() as connection:
        for table in ("pauta_served", "pauta_served_names"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    old.close()
    log = EventLog(uri)
    assert log.served.write([served("new")], seen=0) == 1
    assert len(keys(log.export("ana"))) == rows + 1
