"""Leaving out what was found bad gives the state that a fold without it would have given."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, Kind, Quarantine
from script_shared.events.entry import user_digest
from script_shared.events.quarantine import Rule
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import START_MS, small_params

MINUTE_MS = 60_000
senders = st.tuples(
    st.sets(st.sampled_from(["u1", "u2", "session s1"])),
    st.sets(st.sampled_from(["00000001", "00000002"])),
    st.sets(st.sampled_from(["a1", "a2"])),
    st.integers(0, 100),
    st.integers(0, 100),
)
_KINDS = st.sampled_from([Kind.CLICK] * 5 + [Kind.IMPRESSION])
events = st.lists(
    st.tuples(
        _KINDS,
        st.sampled_from(["", "u1", "u2", "u3"]),
        st.sampled_from(["", "s1", "s2"]),
        st.sampled_from(["", "00000001", "00000002"]),
        st.integers(0, 6),
        st.integers(0, 5),
    ),
    max_size=60,
)


def entries_of(events: list[tuple[Kind, str, str, str, int, int]]) -> list[Entry]:
    entries, time_ms = [], START_MS
    for seq, (kind, user, session, network, article, minutes) in enumerate(events, 1):
        time_ms += minutes * MINUTE_MS
        said = {"session": session, "network": network}
        body = {name: value for name, value in said.items() if value}
        entries.append(Entry(f"e{seq}", kind, time_ms, user, f"a{article}", body, seq))
    return entries


def rule_entry(made: tuple[set[str], set[str], set[str], int, int], seq: int) -> Entry:
    people, networks, articles, since, until = made
    body = {
        "digests": sorted(map(user_digest, people)),
        "networks": sorted(networks),
        "articles": sorted(articles),
        "from_ms": START_MS + since * MINUTE_MS,
        "until_ms": START_MS + until * MINUTE_MS,
    }
    return Entry(f"rule {seq}", Kind.QUARANTINE, START_MS, body=body, seq=seq)


def folded(entries: list[Entry], rules: list[Entry]) -> Newsroom:
    """As a process folds that starts with these rules in the log."""
    newsroom = Newsroom(LiveState(small_params(readers=100)))
    newsroom.leave_out(Quarantine.of(rules))
    newsroom.apply([*entries, *rules])
    return newsroom


@settings(max_examples=100, deadline=None)
@given(events, senders, senders)
def test_a_fold_with_rules_is_a_fold_without_what_they_hold(
    events: list[tuple[Kind, str, str, str, int, int]],
    one: tuple[set[str], set[str], set[str], int, int],
    two: tuple[set[str], set[str], set[str], int, int],
) -> None:
    entries = entries_of(events)
    rules = [rule_entry(one, len(entries) + 1), rule_entry(two, len(entries) + 2)]
    good = [entry for entry in entries if not any(Rule.of(rule).holds(entry) for rule in rules)]
    expected = folded(good, [])
    newsroom = folded(entries, rules)
    assert newsroom.digest() == expected.digest()
    assert newsroom.last_hour.top(newsroom.now_ms, 10) == expected.last_hour.top(expected.now_ms, 10)
    assert not newsroom.unclean
    taken_back = [Entry(f"undo {rule.seq}", Kind.QUARANTINE, 0, body={"undo": rule.entry_id}, seq=99) for rule in rules]
    assert folded(entries, [*rules, *taken_back]).digest() == folded(entries, []).digest()


def test_a_rule_that_comes_after_its_clicks_asks_for_another_fold_and_holds_from_then_on() -> None:
    click = Entry("e1", Kind.CLICK, START_MS, "u1", "a1", {}, 1)
    newsroom = Newsroom(LiveState(small_params()))
    newsroom.apply([click])
    assert not newsroom.unclean
    newsroom.apply([rule_entry(({"u1"}, set(), set(), 0, 100), 2)])
    assert newsroom.unclean
    newsroom.apply([replace(click, entry_id="e3", article_id="a2", seq=3)])
    assert newsroom.reads.read_by("u1", "") == {"a1"}


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, True),
        ({"user_id": "u2"}, False),
        ({"user_id": "", "body": {"session": "s1"}}, True),
        ({"user_id": "u2", "body": {"session": "s1"}}, True),
        ({"user_id": "u2", "body": {"network": "00000001"}}, True),
        ({"time_ms": START_MS - 1}, False),
        ({"time_ms": START_MS + 1}, False),
        ({"article_id": "a2"}, False),
        ({"kind": Kind.IMPRESSION}, True),
        ({"kind": Kind.ARTICLE}, False),
        ({"kind": Kind.ERASE}, False),
    ],
)
def test_a_rule_holds_its_senders_on_its_articles_in_its_time(changes: dict[str, object], held: bool) -> None:
    rule = Rule.of(rule_entry(({"u1", "session s1"}, {"00000001"}, {"a1"}, 0, 0), 9))
    entry = replace(Entry("e1", Kind.CLICK, START_MS, "u1", "a1"), **changes)  # type: ignore[arg-type]
    assert rule.holds(entry) is held


def test_rules_about_single_events_are_looked_up_and_not_walked():
    rules = [
        Entry(f"q{n}", Kind.QUARANTINE, 1, body={"events": [f"e{n}"], "from_ms": 5, "until_ms": 5}) for n in range(50)
    ]
    held = Quarantine.of(rules)
    assert held.holds(Entry("e7", Kind.CLICK, 5, "u", "a"))
    assert not held.holds(Entry("e7", Kind.CLICK, 6, "u", "a"))
    assert not held.holds(Entry("e50", Kind.CLICK, 5, "u", "a"))
    assert held._of_many == ()
    assert not held.after(Entry("x", Kind.QUARANTINE, 2, body={"undo": "q7"})).holds(
        Entry("e7", Kind.CLICK, 5, "u", "a")
    )
