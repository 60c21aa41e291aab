"""Pairs that are counted, scaled and forgotten are those of plain tables."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.arrays import FloatArray
from script_shared.news.counting.pair_cells import PairCells
from script_shared.news.counting.pair_counts import PairStore
from script_shared.news.counting.sparse_files import SparseEntries

ROWS, WINDOWS = 12, (0, 2)
ROW = st.integers(0, ROWS - 1)
ADD = st.tuples(st.sampled_from(["add", "add_both"]), st.lists(ROW, min_size=1, max_size=4, unique=True), ROW)
CLEAR = st.tuples(st.just("clear"), st.lists(ROW, min_size=1, max_size=3, unique=True), ROW)
OTHER = st.tuples(st.sampled_from(["flush", "scale", "restore"]), st.just([0]), ROW)
ALL = np.arange(ROWS)
WEIGHTS = array("d", [1.0, 3.0, 0.5])


def _change(sums: FloatArray, kind: str, rows: list[int], row: int) -> None:
    """The same change of a plain table (windows, before, after)."""
    if kind == "clear":
        sums[:, rows, :] = 0.0
        sums[:, :, rows] = 0.0
    elif kind == "scale":
        sums[WINDOWS.index(2)] *= 0.5
    elif kind.startswith("add"):
        for before in rows:
            for place, window in enumerate(WINDOWS):
                sums[place, before, row] += WEIGHTS[window]
                if kind == "add_both":
                    sums[place, row, before] += WEIGHTS[window]


@given(changes=st.lists(st.one_of(ADD, ADD, CLEAR, OTHER), max_size=40))
def test_sums_are_those_of_a_plain_table(changes: list[tuple[str, list[int], int]]) -> None:
    cells = PairCells(len(WINDOWS), ROWS)
    store, plain = PairStore(WINDOWS, ROWS, cells), np.zeros((len(WINDOWS), ROWS, ROWS), np.float32)
    for kind, rows, row in changes:
        _change(plain, kind, rows, row)
        if kind in ("add", "add_both"):
            amounts = array("f", [1.0] * len(rows))
            getattr(store, kind)(rows, row, amounts, WEIGHTS)
        elif kind == "clear":
            cells.clear(np.asarray(rows))
        elif kind == "scale":
            store.scale(2, 0.5, ROWS)
        elif kind == "restore":
            store.flush()
            saved, totals = store.entries(ROWS), store.totals
            assert np.array_equal(saved.places, np.flatnonzero(plain))
            cells = PairCells(len(WINDOWS), ROWS)
            store = PairStore(WINDOWS, ROWS, cells)
            store.restore(saved, totals)
        store.flush()
        assert len(cells) >= (plain != 0).any(axis=0).sum()
        assert np.array_equal([store.weights(place, ALL[:, None], ALL) for place in range(len(WINDOWS))], plain)


def test_weights_and_sums_are_those_of_dense_tables_to_the_bit() -> None:
    random, rows = np.random.default_rng(3), 300
    cells = PairCells(3, rows)
    stores = PairStore((0,), rows, cells), PairStore((0, 2), rows, cells, 1)
    plain = [np.zeros((len(store.windows), rows, rows), np.float32) for store in stores]
    for turn in range(300):
        for store, sums in zip(stores, plain, strict=True):
            befores, after = random.choice(rows, 12, replace=False).tolist(), int(random.integers(rows))
            amounts, weights = array("f", random.random(12).tolist()), array("d", random.random(3).tolist())
            store.add(befores, after, amounts, weights)
            added = np.array(amounts, np.float64) * np.array(weights)[list(store.windows), None]
            sums[:, befores, after] += added.astype(np.float32)
        if turn % 40 == 39:
            for store in stores:
                store.flush()
            cells.clear(gone := random.choice(rows, 20, replace=False))
            for sums in plain:
                sums[:, gone], sums[:, :, gone] = 0.0, 0.0
        if turn % 20 == 0:
            for store, sums in zip(stores, plain, strict=True):
                store.flush()
                some = random.choice(rows, turn % 7 + 1)
                factors = random.random((len(sums), len(some)), np.float32)
                expected = np.zeros((len(sums), rows), np.float32)
                for place, before in enumerate(some):
                    expected += factors[:, place, None] * sums[:, before]
                own = store.first + np.arange(len(sums))
                assert np.array_equal(cells.sums(some, rows, own, factors), expected)
                every = [store.weights(place, np.arange(rows)[:, None], np.arange(rows)) for place in range(len(sums))]
                assert np.array_equal(every, sums)


def test_articles_that_come_and_go_take_no_more_memory() -> None:
    rows = 64
    cells = PairCells(1, rows)
    store, sizes = PairStore((0,), rows, cells), []
    for turn in range(200):
        cells.clear(np.array([turn % rows]))
        store.add(list(range(rows)), turn % rows, array("f", [1.0] * rows), array("d", [1.0]))
        store.flush()
        sizes.append(cells.nbytes)
    assert max(sizes) == max(sizes[: 2 * rows])


def test_pairs_that_were_never_counted_take_no_memory() -> None:
    cells = PairCells(8, 2048)
    store = PairStore(range(8), 2048, cells)
    store.add(list(range(0, 2048, 16)), 5, array("f", [1.0] * 128), array("d", [1.0] * 8))
    store.flush()
    assert cells.nbytes < 17 << 20  # 128 MB for eight tables


@pytest.mark.parametrize(("sums", "totals"), [((2, 3, 3), (2, 4)), ((3, 4, 4), (3, 4)), ((2, 99, 99), (2, 99))])
def test_weights_of_another_shape_are_refused(sums: tuple[int, int, int], totals: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"do not fit|broadcast"):
        PairStore(WINDOWS, ROWS).restore(SparseEntries.of(np.ones(sums, np.float32)), np.zeros(totals, np.float32))
