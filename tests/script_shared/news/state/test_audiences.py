"""Codes of the groups of requests equal those of a new search, also after events with new values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.news.state import audiences
from script_shared.news.state.audiences import Audiences, Visit

VISITS = st.builds(
    Visit,
    region=st.sampled_from(["", "sp", "rj"]),
    device=st.sampled_from(["", "mobile"]),
    os=st.sampled_from(["", "android"]),
    referrer=st.sampled_from(["", "search"]),
    came=st.sampled_from(["", "search", "mail"]),
    depth=st.integers(0, 4),
    total=st.integers(0, 50),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), VISITS), max_size=30), VISITS)
def test_codes_include_the_values_of_earlier_events(steps: list[tuple[bool, Visit]], last: Visit) -> None:
    groups = Audiences()
    for learns, visit in [*steps, (False, last)]:
        if learns:
            groups.learn(visit)
        fresh = Audiences()
        fresh.restore(groups.names)
        assert groups.codes(visit) == fresh.codes(visit)


def test_the_number_of_kept_combinations_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "_REMEMBERED", 3)
    groups = Audiences()
    found = [groups.codes(Visit(f"r{n}", "", "", "", "", 0, 0)) for n in range(10)]
    assert len(groups._found) <= 3
    assert found == [found[0]] * 10
