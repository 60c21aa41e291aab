"""A release that is half there is used as it is, and says what is missing."""

import json

from script_shared.events import Entry, Kind
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.serving.loading import POSITION, load_newsroom, load_ranker
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from script_shared.params import load_params

PARAMS = load_params(NewsParams, FILE).live.model_copy(update={"articles": 16})


def snapshot(folder, seq):
    newsroom = Newsroom(LiveState(PARAMS))
    newsroom.apply([Entry("e", Kind.CLICK, 1_000_000, "u", "a", {}, 1)])
    save_state(newsroom.state, folder / "live")
    (folder / "live" / POSITION).write_text(json.dumps({"seq": seq}))


def test_a_snapshot_brings_its_position(tmp_path):
    snapshot(tmp_path, 7)
    newsroom, missing = load_newsroom(tmp_path, PARAMS)
    assert (newsroom.seq, newsroom.now_ms, missing) == (7, 1_000_000, ())
    assert newsroom.reads.read_by("u", "") == {"a"}


def test_without_a_snapshot_everything_is_folded_from_the_beginning(tmp_path):
    newsroom, missing = load_newsroom(tmp_path, PARAMS)
    assert (newsroom.seq, newsroom.state.events, missing) == (0, 0, ())


def test_a_damaged_snapshot_is_left_out_and_named(tmp_path):
    snapshot(tmp_path, 7)
    next((tmp_path / "live" / "readers").glob("*.npy")).unlink()
    newsroom, missing = load_newsroom(tmp_path, PARAMS)
    assert (newsroom.seq, newsroom.has_failed, missing) == (0, False, ("live_snapshot",))


def test_a_snapshot_with_other_bounds_or_without_its_position_is_left_out(tmp_path):
    snapshot(tmp_path, 7)
    assert load_newsroom(tmp_path, PARAMS.model_copy(update={"articles": 32}))[1] == ("live_snapshot",)
    (tmp_path / "live" / POSITION).write_text("{")
    assert load_newsroom(tmp_path, PARAMS)[1] == ("live_snapshot",)


def test_a_missing_or_damaged_ranker_is_named(tmp_path):
    assert load_ranker(tmp_path) == (None, ())
    (tmp_path / "ranker").mkdir()
    assert load_ranker(tmp_path) == (None, ("ranker",))
    (tmp_path / "ranker" / "ranker.json").write_text('{"features": ["share_10m"]}')
    (tmp_path / "ranker" / "ranker.txt").write_text("no model at all")
    assert load_ranker(tmp_path) == (None, ("ranker",))
