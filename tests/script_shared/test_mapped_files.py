"""Rows are read from the file of a mapped array without mapping its pages."""

import os
from pathlib import Path
from shutil import rmtree

import numpy as np
import pytest

from app.memory import mapped_bytes
from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.factors import Factors
from script_shared.algorithms.histories import Batch, Histories
from script_shared.arrays import IdIndex, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.mapped_files import DROPPED_BYTES, FileRows, drop_pages
from script_shared.news.readers.reader_table import ReaderTable
from script_shared.throttle import throttle

USERS, READS = 40_000, 20  # 8 MB of reads


def opened() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("shape", [(7,), (7, 3)])
def test_rows_of_a_file_are_those_of_the_array(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.float16).reshape(shape)
    save_arrays(tmp_path, {"rows": array})
    for rows in (FileRows(load_array(tmp_path, "rows")), FileRows(array), FileRows(array[1:])):
        skipped = 1 if rows._array.shape != array.shape else 0
        for first, stop in ((0, 1), (2, 5), (3, 3), (0, 6)):
            expected = array[first + skipped : stop + skipped]
            found = rows.read(first, stop)
            assert (found.dtype, found.shape, found.tolist()) == (expected.dtype, expected.shape, expected.tolist())


def test_rows_in_fortran_order_and_parts_of_a_file_are_read_from_memory(tmp_path: Path) -> None:
    np.save(tmp_path / "columns.npy", np.asfortranarray(np.arange(6).reshape(3, 2)))
    columns = load_array(tmp_path, "columns")
    assert FileRows(columns).read(1, 2).tolist() == [[2, 3]]
    save_arrays(tmp_path, {"rows": np.arange(6)})
    assert FileRows(load_array(tmp_path, "rows")[2:]).read(1, 2).tolist() == [3]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="of Linux")
def test_the_file_is_read_after_it_was_removed_and_closed_with_its_last_reader(tmp_path: Path) -> None:
    save_arrays(tmp_path, {"rows": np.arange(6)})
    array = load_array(tmp_path, "rows")  # numpy keeps the file open, too
    rows, before = FileRows(array), opened()
    (tmp_path / "rows.npy").unlink()
    found = rows.read(2, 4)
    assert found.tolist() == [2, 3]
    del rows, found
    assert opened() == before - 1


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="of Linux")
def test_lookups_of_users_map_few_pages_of_their_files(tmp_path: Path) -> None:
    counts = np.arange(0, (USERS + 1) * READS, READS)
    reads = np.arange(USERS * READS, dtype=np.uint32)
    histories = Histories(counts, reads, reads + 1, np.ones(len(reads), np.float16))
    ids = [f"{'user' * 10}-{row}" for row in range(USERS)]
    ReaderTable(IdIndex.of(ids), np.ones(USERS, bool), histories).save(tmp_path)
    users, before = ReaderTable.load(tmp_path), mapped_bytes()
    for row in range(0, USERS, 50):
        assert users.ids.row(ids[row]) == row
        mine = users.one(row, (), 0).histories
        assert mine.article.tolist() == list(range(row * READS, (row + 1) * READS))
        assert mine.time_s[0] == row * READS + 1
        assert mine.engagement.sum() == READS
    assert users.read_by(ids[7]) == list(range(7 * READS, 8 * READS))
    assert users.read_by("nobody") == []
    assert mapped_bytes() - before < 3 << 20  # hashes and offsets, of 12 MB


def test_the_vector_of_one_user_is_that_of_many(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    users, items = Factors.of(np.array([4, 0, 2]), vectors, 5), Factors.of(np.array([0, 1, 2]), vectors, 3)
    weights = AlsWeights(4, 0.1, 1, 1.0)
    Als.of(weights, users, items).save(tmp_path)
    als, rows = Als.load(tmp_path, weights), np.array([-1, 0, 1, 2, 3, 4])
    many = als.vectors(Batch(rows, Histories.empty(6)))
    for place in range(6):
        one = als.vectors(Batch(rows[place : place + 1], Histories.empty(1)))
        assert one.tolist() == many[place : place + 1].tolist()


def test_pages_are_dropped_a_few_megabytes_at_a_time(tmp_path: Path) -> None:
    save_arrays(tmp_path, {"rows": np.ones(5 * DROPPED_BYTES // 2, np.uint8)})
    rows, turns = load_array(tmp_path, "rows"), list[float]()
    before = mapped_bytes()
    assert rows.sum() == 5 * DROPPED_BYTES // 2
    with throttle(turns.append):
        drop_pages(scattered=False)
    assert mapped_bytes() - before < DROPPED_BYTES
    assert len(turns) >= 3


def test_a_file_that_became_shorter_is_reported(tmp_path: Path) -> None:
    save_arrays(tmp_path, {"values": np.arange(10_000)})
    rows = FileRows(load_array(tmp_path, "values"))
    os.truncate(tmp_path / "values.npy", 40_000)
    assert rows.read(5, 9).tolist() == [5, 6, 7, 8]
    with pytest.raises(ReleaseCorruptError, match="shorter"):
        rows.read(4_990, 5_010)


def test_users_are_read_after_the_release_was_removed(tmp_path: Path) -> None:
    reads = Histories(np.array([0, 2, 3]), *(np.arange(3, dtype=kind) for kind in (np.uint32, np.uint32, np.float16)))
    ReaderTable(IdIndex.of(["u", "v"]), np.ones(2, bool), reads).save(tmp_path / "readers")
    table = ReaderTable.load(tmp_path / "readers")
    rmtree(tmp_path / "readers")
    assert table.read_by("u") == [0, 1]
