import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.arrays import IdIndex, Strings, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=30)


@given(TEXTS)
def test_strings_come_back_as_they_went_in(values):
    strings = Strings.of(values)
    assert [strings[row] for row in range(len(strings))] == strings.tolist() == values


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=30), st.text(max_size=5))
def test_every_id_is_found_at_its_own_row_and_no_other_id_is(ids, stranger):
    index = IdIndex.of(ids)
    assert [index.row(value) for value in ids] == list(range(len(ids)))
    assert index.row(stranger) == (ids.index(stranger) if stranger in ids else -1)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=30), st.text(max_size=5))
def test_many_ids_are_found_at_once_as_they_are_one_by_one(values, stranger):
    index = IdIndex.of(values)
    wanted = [*values, stranger, *values[:2]]
    assert index.rows(wanted).tolist() == [index.row(value) for value in wanted]


def test_an_id_whose_hash_collides_is_told_apart_by_its_text(monkeypatch):
    monkeypatch.setattr("script_shared.arrays._digest", lambda value: 7)
    index = IdIndex.of(["a", "b", "c"])
    assert index.rows(["c", "z", "b"]).tolist() == [2, -1, 1]
    assert [index.row(value) for value in ("a", "b", "c", "d")] == [0, 1, 2, -1]


def test_saved_state_is_read_back_mapped_and_equal(tmp_path):
    IdIndex.of(["x", "ção", ""]).save(tmp_path, "ids")
    save_arrays(tmp_path, {"empty": np.zeros((0, 4), np.float32)})
    index = IdIndex.load(tmp_path, "ids")
    assert (index.row("ção"), index.row("?"), len(index)) == (1, -1, 3)
    assert load_array(tmp_path, "empty").shape == (0, 4)
    assert isinstance(load_array(tmp_path, "ids.hashes").base, np.memmap)


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY\x01\x00"])
def test_a_damaged_array_is_named_in_the_error(tmp_path, content):
    (tmp_path / "scores.npy").write_bytes(content)
    with pytest.raises(ReleaseCorruptError, match=r"scores\.npy.*Publish the release again"):
        load_array(tmp_path, "scores")


def test_an_array_of_python_objects_is_refused(tmp_path):
    np.save(tmp_path / "scores.npy", np.array([{"code": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ReleaseCorruptError, match="scores"):
        load_array(tmp_path, "scores")


def test_one_id_after_the_other_is_found_whatever_was_asked_for_before() -> None:
    index = IdIndex.of(["a", "b", ""])
    assert [index.row(name) for name in ("", "a", "a", "z", "z", "b", "", "a")] == [2, 0, 0, -1, -1, 1, 2, 0]
    assert [IdIndex.of([]).row(name) for name in ("", "a")] == [-1, -1]
