"""A saved state continues without a difference, also one of an earlier version."""

import json
from pathlib import Path
from shutil import rmtree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.errors import ReleaseCorruptError
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state_io import digest_of, load_state, save_state
from tests.script_shared.news.events_made import STREAMS, click, folded, read_rows, small_params


@settings(max_examples=40, deadline=None)
@given(STREAMS, st.integers(0, 120))
def test_a_saved_state_continues_without_a_difference(
    tmp_path_factory: pytest.TempPathFactory, events: list[LiveEvent], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("state")
    save_state(folded(*events[:cut]), folder)
    state = load_state(folder, small_params())
    assert digest_of(state) == digest_of(folded(*events[:cut]))
    state.fold(events[cut:])
    assert digest_of(state) == digest_of(folded(*events))


def test_a_state_of_other_bounds_is_refused(tmp_path: Path) -> None:
    save_state(folded(click("u", "a")), tmp_path)
    with pytest.raises(ReleaseCorruptError, match="other bounds"):
        load_state(tmp_path, small_params(articles=32))


@pytest.mark.parametrize("part", ["overall", "groups", "together"])
def test_counts_of_another_shape_are_refused(tmp_path: Path, part: str) -> None:
    save_state(folded(click("u", "a")), tmp_path)
    np.save(tmp_path / part / "totals.npy", np.zeros((3, 5)))
    with pytest.raises(ReleaseCorruptError, match="do not fit"):
        load_state(tmp_path, small_params())


def test_a_snapshot_without_counts_of_clusters_can_be_loaded(tmp_path: Path) -> None:
    state = folded(click("u", "a"))
    save_state(state, tmp_path)
    for part in ("trends", "clusters"):
        rmtree(tmp_path / part)
    loaded = load_state(tmp_path, small_params())
    assert loaded.counts.trends.sums.sum() == 0
    assert [loaded.article_id(row) for row in read_rows(loaded, "u")] == ["a"]


def test_a_snapshot_without_a_count_of_late_events_counts_from_zero(tmp_path: Path) -> None:
    state = folded(click("u", "a"))
    save_state(state, tmp_path)
    facts = json.loads((tmp_path / "state.json").read_text())
    del facts["behind"]
    (tmp_path / "state.json").write_text(json.dumps(facts))
    assert digest_of(load_state(tmp_path, small_params())) == digest_of(state)


def test_a_snapshot_without_weights_of_clicks_can_be_loaded(tmp_path: Path) -> None:
    state = folded(click("u", "a"))
    save_state(state, tmp_path)
    rmtree(tmp_path / "sources")
    for name in ("first_ms", "spent_ms", "spent"):
        (tmp_path / "readers" / f"{name}.npy").unlink()
    facts = json.loads((tmp_path / "state.json").read_text())
    del facts["labels"], facts["params"]["trust"]
    (tmp_path / "state.json").write_text(json.dumps(facts))
    loaded = load_state(tmp_path, small_params())
    assert loaded.fold([click("u", "a", 1), click("u", "b", 1), click("v", "a", 1)]) == [0.0, 1.0, 1.0]
    assert [loaded.article_id(row) for row in read_rows(loaded, "u")] == ["b", "a", "a"]
