"""What a release answers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS
from script_shared.errors import ReleaseCorruptError, ReleaseError
from script_shared.news.model import NewsModel
from script_shared.news.segments import SEGMENT_NAMES
from tests.script_shared.news.releases_made import made, model

MODEL = model()
KNOWN = [f"reader-{row}" for row in range(12)]
ARTICLE_IDS = [f"article-{row}" for row in range(200)]


def ids_of(model: NewsModel, user_id: str | None, n: int = 10, **asked: list[str]) -> list[str]:
    return [model.catalog.ids.ids[item.article] for item in model.recommend(user_id, n, **asked).items]


@pytest.mark.parametrize(
    ("user_id", "segment", "source"),
    [
        ("reader-0", "logged", "hybrid"),
        ("reader-1", "semi_logged", "clusters"),
        ("reader-2", "anonymous", "popularity"),
        (None, "anonymous", "popularity"),
        ("never seen", "anonymous", "popularity"),
    ],
)
def test_every_kind_of_reader_gets_a_full_list_from_the_right_recommender(
    user_id: str | None, segment: str, source: str
) -> None:
    answer = MODEL.recommend(user_id, 10)
    assert (answer.segment, answer.source, len(answer.items)) == (segment, source, 10)
    assert len({item.article for item in answer.items}) == 10
    scores = [item.score for item in answer.items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(item.reason for item in answer.items)


def test_a_stranger_with_two_reads_of_the_request_is_semi_logged() -> None:
    assert MODEL.recommend(None, 5, history=["article-1"]).segment == "anonymous"
    assert MODEL.recommend(None, 5, history=["article-1", "article-2"]).segment == "semi_logged"


@pytest.mark.parametrize("segment", SEGMENT_NAMES)
def test_many_at_once_are_answered_as_one_by_one(segment: str) -> None:
    rows = MODEL.segment_rows(segment)
    together = MODEL.recommend_many(rows, segment, 15)
    assert len(rows) == 100
    for row, found in zip(rows.tolist(), together.tolist(), strict=True):
        answer = MODEL.recommend(MODEL.readers.ids.ids[row], 15)
        assert [item.article for item in answer.items] == found


def test_lists_longer_than_the_pool_go_on_with_the_newest_others_and_end_where_nothing_is_left() -> None:
    now = MODEL.clock.now_ms()
    alive = np.flatnonzero(MODEL.catalog.issued_ms <= now)
    one = MODEL.recommend("reader-0", 500)
    read = set(MODEL.readers.batch(np.array([0])).histories.article.tolist())
    assert {item.article for item in one.items} == set(alive.tolist()) - read
    many = MODEL.recommend_many(np.array([0]), "logged", 500)[0]
    assert many[: len(one.items)].tolist() == [item.article for item in one.items]
    assert (many[len(one.items) :] == -1).all()
    issued = [MODEL.catalog.issued_ms[item.article] for item in one.items if item.reason == "also recent"]
    assert len(issued) > 10
    assert issued == sorted(issued, reverse=True)


@settings(max_examples=60, deadline=None)
@given(
    user_id=st.sampled_from([*KNOWN, None, "x"]),
    n=st.integers(1, 40),
    history=st.lists(st.sampled_from([*ARTICLE_IDS, "unknown"]), max_size=12),
    exclude=st.lists(st.sampled_from([*ARTICLE_IDS, "unknown"]), max_size=30),
)
def test_nothing_read_excluded_expired_or_unpublished_ever_comes_back(
    user_id: str | None, n: int, history: list[str], exclude: list[str]
) -> None:
    found = ids_of(MODEL, user_id, n, history=history, exclude=exclude)
    row = MODEL.readers.ids.row(user_id or "")
    read = MODEL.readers.batch(np.array([row])).histories.article.tolist()
    barred = {f"article-{article}" for article in read} | set(history) | set(exclude)
    now = MODEL.clock.now_ms()
    alive = {f"article-{row}" for row in np.flatnonzero(MODEL.catalog.issued_ms <= now)}
    assert len(found) == len(set(found)) == min(n, len(alive - barred))
    assert set(found) <= alive - barred


@pytest.mark.parametrize(("segment", "share"), [("logged", 0.55), ("semi_logged", 0.3)])
def test_readers_are_shown_the_section_they_like(segment: str, share: float) -> None:
    rows = MODEL.segment_rows(segment)
    found = MODEL.catalog.section[MODEL.recommend_many(rows, segment, 5)]
    liked = [MODEL.catalog.section_names[code] for code in range(4)]
    wanted = np.array([liked.index(("economia", "esporte", "saude", "politica")[row % 4]) for row in rows])
    assert (found == wanted[:, None]).mean() > share  # by chance it would be 0.25


def test_the_history_of_the_request_moves_a_known_reader() -> None:
    esporte = [f"article-{row}" for row in range(200) if MODEL.catalog.section_name(row) == "esporte"][:40]
    before = ids_of(MODEL, "reader-0")
    after = MODEL.recommend("reader-0", 10, history=esporte).items
    assert [MODEL.catalog.section_name(item.article) for item in after].count("esporte") >= 5
    assert ids_of(MODEL, "reader-0") == before  # a request leaves nothing behind


def test_a_data_clock_brings_articles_up_and_lets_them_expire() -> None:
    moved = model()
    newest = int(np.argmax(moved.catalog.issued_ms))
    moved.clock.data_end_ms = int(moved.catalog.issued_ms[newest]) - 1
    assert f"article-{newest}" not in ids_of(moved, None, 300)
    moved.clock.advance(int(moved.catalog.issued_ms[newest]))
    assert f"article-{newest}" in ids_of(moved, None, 300)
    moved.clock.advance(int(moved.catalog.issued_ms[newest]) + 168 * HOUR_MS)
    assert ids_of(moved, None, 300) == [f"article-{newest}"]  # as old as allowed, to the millisecond
    moved.clock.advance(moved.clock.now_ms() + 1)
    stood_in = moved.recommend(None, 300).items  # nothing is alive: the newest that expired, each said to be old
    issued = [moved.catalog.issued_ms[item.article] for item in stood_in]
    assert len(stood_in) == 90
    assert issued == sorted(moved.catalog.issued_ms, reverse=True)[:90]
    assert {item.reason for item in stood_in} == {"older story"}


def test_a_sound_release_passes_its_check() -> None:
    MODEL.check()


def test_a_release_with_nothing_alive_passes_its_check_and_gives_everybody_full_lists() -> None:
    old = model()
    old.clock.advance(old.clock.now_ms() + 400 * HOUR_MS)
    old.check()
    for name in SEGMENT_NAMES:
        rows = old.segment_rows(name)
        found = old.recommend_many(rows, name, 10)
        assert (found >= 0).all()
        known = old.readers.batch(rows).histories
        assert not any(set(found[k]) & set(known.take(np.array([k])).article) for k in range(len(rows)))


def copy_of(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made()[0], tmp_path / "copy"))


def test_a_release_with_nothing_published_fails_its_check(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    np.save(folder / "catalog" / "issued_ms.npy", MODEL.catalog.issued_ms + 1000 * HOUR_MS)
    with pytest.raises(ReleaseError, match="no article is published"):
        NewsModel.load(folder).check()


def without(folder: Path, segment: str) -> Path:
    """The release as it would be, had it been made before there was that segment."""
    facts = json.loads((folder / "model.json").read_text())
    facts["segments"].pop(segment)
    (folder / "model.json").write_text(json.dumps(facts))
    params = json.loads((folder / "params.json").read_text())
    params.pop(segment, None)
    (folder / "params.json").write_text(json.dumps(params))
    shutil.rmtree(folder / segment)
    return folder


def test_a_release_made_before_a_segment_was_added_serves_its_readers_as_the_next_one_they_belong_to(
    tmp_path: Path,
) -> None:
    older = NewsModel.load(without(copy_of(tmp_path), "semi_logged"))
    older.check()
    assert older.segments == ("logged", "anonymous")
    answer = older.recommend("reader-1", 10)
    assert (answer.segment, answer.source, len(answer.items)) == ("anonymous", "popularity", 10)
    assert older.recommend("reader-0", 10).segment == "logged"
    assert len(older.segment_rows("semi_logged")) == 0
    assert len(older.segment_rows("anonymous")) == 200


def test_a_release_that_cannot_serve_everybody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no segment anonymous"):
        NewsModel.load(without(copy_of(tmp_path), "anonymous"))


def test_a_release_of_another_format_is_refused(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    facts = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**facts, "format": 99}))
    with pytest.raises(ReleaseError, match="format 99"):
        NewsModel.load(folder)


def test_a_release_with_params_of_another_version_is_refused(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    (folder / "params.json").write_text('{"pool": {"candidates": 3}}')
    with pytest.raises(ReleaseError, match="params of this version"):
        NewsModel.load(folder)


@pytest.mark.parametrize(
    "file",
    sorted(str(path.relative_to(made()[0])) for path in made()[0].rglob("*") if path.is_file()),
)
def test_a_release_without_one_of_its_files_is_refused(tmp_path: Path, file: str) -> None:
    folder = copy_of(tmp_path)
    (folder / file).unlink()
    with pytest.raises(ReleaseCorruptError):
        NewsModel.load(folder)
