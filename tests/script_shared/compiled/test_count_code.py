"""Clicks counted in compiled code give the same live state as the array operations, to the last bit."""

from array import array
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.compiled import count_code, library
from script_shared.compiled.count_code import clear_rows
from script_shared.events.entry import user_digest
from script_shared.news.params import TrustParams
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_counts import StateCounts
from script_shared.news.state.state_io import digest_of, load_state, parts, save_state
from tests.script_shared.news.events_made import START_MS, STREAMS, click, small_params

_VISITS = st.lists(
    st.builds(
        lambda user, article, gap, network: click(user, article, gap, network=network),
        st.sampled_from(["u1", "u2", "u3"]),
        st.integers(0, 24).map(lambda article: f"a{article}"),
        st.sampled_from([0, 0.01, 1, 1, 2, 5, 40, 3000, -30, -1]),
        st.sampled_from(["", "0a1b2c3d"]),
    ),
    min_size=60,
    max_size=120,
)
"""Long visits of few users, so that pairs are counted and articles lose their rows; times are pauses."""
CODES, NOTHING = array("h", [0, 1, 65, 81]), array("i", [-1, 3, 4])


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    if library.load() is None:
        pytest.skip(library.MISSING)


def _folded(events: list[LiveEvent], together: int, cut: int, folder: Path, *, plain: bool) -> LiveState:
    """A state that folds ``together`` events at once; after ``cut`` events, it is saved, loaded and forgets a user."""
    with pytest.MonkeyPatch.context() as patch:
        if plain:
            patch.setattr(count_code, "_functions", lambda: None)
        state = LiveState(small_params(TrustParams(label_users=1, new_hours=1, networks=3)))
        for start in range(0, len(events), together):
            if start <= cut < start + together:
                save_state(state, folder)
                state = load_state(folder, state.params)
                state.forget_digest(user_digest("u3"))
            state.clusters.assignment = lambda user: len(user) * int(user[-1]) % 40 - 1
            state.fold(events[start : start + together])
    return state


def _in_time(pauses: list[LiveEvent]) -> list[LiveEvent]:
    times = accumulate((event.time_ms - START_MS for event in pauses), initial=START_MS)
    return [replace(event, time_ms=max(time_ms, START_MS)) for event, time_ms in zip(pauses, times, strict=False)]


@settings(max_examples=100, deadline=None)
@given(st.one_of(STREAMS, _VISITS.map(_in_time)), st.integers(1, 130), st.integers(0, 120))
def test_folded_events_give_the_same_arrays_with_and_without_compiled_code(
    tmp_path_factory: pytest.TempPathFactory, events: list[LiveEvent], together: int, cut: int
) -> None:
    folders = tmp_path_factory.mktemp("compiled"), tmp_path_factory.mktemp("plain")
    found, wanted = (
        _folded(events, together, cut, folder, plain=plain)
        for folder, plain in zip(folders, (False, True), strict=True)
    )
    saved = parts(wanted)
    for part, arrays in parts(found).items():
        for name, values in arrays.items():
            assert np.asarray(values).tobytes() == np.asarray(saved[part][name]).tobytes(), f"{part} {name}"
    assert digest_of(found) == digest_of(wanted)


def test_a_click_is_counted_by_the_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = StateCounts(16, 1)
    counts.prepare()
    monkeypatch.setattr(StateCounts, "click", None)
    counts.count(3, CODES, 2, b"", 0, NOTHING, START_MS, 0.5)
    assert counts.overall.sums[:, 0, 3].all()


@pytest.mark.parametrize(
    ("row", "codes", "cluster", "reads"),
    [
        (16, CODES, -1, b""),
        (-1, CODES, -1, b""),
        (0, array("h", [0, 1, 9_999]), -1, b""),
        (0, array("h", [0, 0]), -1, b""),
        (0, CODES, 9_999, b""),
        (0, CODES, -1, array("I", [3]).tobytes()),
    ],
)
def test_rows_groups_clusters_and_reads_that_do_not_exist_are_refused(
    row: int, codes: "array[int]", cluster: int, reads: bytes
) -> None:
    counts = StateCounts(16, 1)
    counts.prepare()
    with pytest.raises(IndexError, match="does not exist"):
        counts.count(row, codes, cluster, reads, 1, NOTHING, START_MS, 1.0)


def test_a_read_in_a_row_that_does_not_exist_is_refused() -> None:
    """A damaged snapshot may name such a row; compiled code must not write there."""
    counts = StateCounts(16, 1)
    counts.prepare()
    with pytest.raises(IndexError, match="does not exist"):
        counts.count(0, CODES, -1, array("I", [1]).tobytes(), 1, array("i", [-1, 20_000_000]), START_MS, 1.0)


def test_rows_that_do_not_exist_are_not_cleared() -> None:
    with pytest.raises(IndexError, match="does not exist"):
        clear_rows(np.ones((1, 4, 4), np.float32), (4, 1), np.zeros((4, 1), np.uint8), np.array([4]))
