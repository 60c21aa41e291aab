"""A part of the log is exactly the entries asked for, in order, whatever the size of a page."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, Kind
from script_shared.events.extract import KINDS, Extract, plain

SHAPES = st.lists(st.tuples(st.sampled_from(list(Kind)), st.integers(0, 5)), max_size=12)


@given(
    SHAPES, st.sets(st.sampled_from(sorted(KINDS)), min_size=1), st.integers(0, 5), st.integers(0, 6), st.integers(1, 4)
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)
def test_pages_hold_what_was_asked_for(log, shapes, kinds, since, until, size):
    before = log.head()
    log.append([Entry(f"{before} {n}", kind, time, "u", "a", {"n": n}) for n, (kind, time) in enumerate(shapes)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("script_shared.events.extract.PAGE", size)
        pages = list(Extract(tuple(kinds), since, until, before).pages(log))
    assert all(0 < len(page) <= size for page in pages)
    found = [entry.body["n"] for page in pages for entry in page]
    wanted = [KINDS[name] for name in kinds]
    assert found == [n for n, (kind, time) in enumerate(shapes) if kind in wanted and since <= time < until]


def test_what_comes_while_pages_are_read_is_left_for_the_next_export(log):
    log.append([Entry(str(n), Kind.CLICK, 1, "u", "a") for n in range(3)])
    pages = Extract().pages(log)
    first = next(pages)
    log.append([Entry("late", Kind.CLICK, 1, "u", "a")])
    assert [entry.entry_id for entry in first] == ["0", "1", "2"]
    assert list(pages) == []


def test_a_row_has_the_names_of_an_event_and_the_moment_to_the_millisecond():
    entry = Entry("e", Kind.CLICK, 1_660_532_387_042, "u", "p", {"session": "s", "user_id": "no"}, 7)
    assert plain(entry) == {
        "seq": 7,
        "event_id": "e",
        "kind": "click",
        "time": "2022-08-15T02:59:47.042Z",
        "user_id": "u",
        "page": "p",
        "session": "s",
    }
