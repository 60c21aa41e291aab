"""Compiled trees: the scores of LightGBM to the last bit, and the models that LightGBM still scores."""

import ctypes
import shutil
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from script_shared.arrays import Float32s
from script_shared.compiled import library
from script_shared.compiled.decision_trees import MOST_LEAVES, DecisionTrees, Node, is_plain_sum, is_supported

FEATURES = 12


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ctypes.PyDLL:
    folder = tmp_path_factory.mktemp("compiled")
    if library.build(folder) is None:
        pytest.skip(library.MISSING)
    found = library.load(folder)
    assert found is not None
    return found


def _rows(count: int, seed: int) -> Float32s:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(count, FEATURES)).astype(np.float32)
    rows[:, 3] = np.round(rows[:, 3])  # many equal values, so that thresholds are close to them
    rows[:, 4] = 0.0
    rows[random.random(rows.shape) < 0.1] = 0.0
    return rows


def _booster(rows: Float32s, leaves: int, **params: object) -> lightgbm.Booster:
    labels = (rows[:, 0] * rows[:, 1] + rows[:, 3] > 0).astype(int)
    settings = {"objective": "lambdarank", "num_leaves": leaves, "verbose": -1, "num_threads": 1, "seed": 1, **params}
    data = lightgbm.Dataset(rows, labels, group=[20] * (len(rows) // 20), params={"verbose": -1, **params})
    return lightgbm.train(settings, data, 40)


def _roots(booster: lightgbm.Booster) -> list[Node]:
    return [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]


@pytest.mark.parametrize("leaves", [2, 24, MOST_LEAVES])
def test_scores_are_those_of_lightgbm_to_the_last_bit(compiled: ctypes.PyDLL, leaves: int) -> None:
    booster = _booster(_rows(4000, 1), leaves)
    trees = DecisionTrees(compiled, _roots(booster))
    for rows in (_rows(1, 2), _rows(63, 3), _rows(121, 4), _at_thresholds(booster)):
        for start, count in ((0, 25), (25, -1), (0, -1), (39, 5)):
            wanted = booster.predict(rows, start_iteration=start, num_iteration=count)
            assert trees.score(rows.T, start, count).tolist() == np.asarray(wanted).tolist()


def _at_thresholds(booster: lightgbm.Booster) -> Float32s:
    """Rows whose values are the thresholds of the trees, and their nearest neighbours on both sides."""
    found = booster.trees_to_dataframe()["threshold"].dropna().to_numpy(np.float32)
    near = np.concatenate([found, np.nextafter(found, np.float32(9)), np.nextafter(found, np.float32(-9))])
    return np.resize(near, (len(near), FEATURES)).astype(np.float32)


def test_missing_and_infinite_values_count_as_in_lightgbm(compiled: ctypes.PyDLL) -> None:
    booster = _booster(_rows(2000, 1), 24)
    rows = _rows(40, 2)
    rows[::3, 1], rows[::4, 0], rows[::5, 3] = np.nan, np.inf, -np.inf
    trees = DecisionTrees(compiled, _roots(booster))
    assert trees.score(rows.T, 0, -1).tolist() == np.asarray(booster.predict(rows)).tolist()


def test_large_trees_and_trees_with_other_comparisons_are_not_supported() -> None:
    rows = _rows(4000, 1)
    assert all(map(is_supported, _roots(_booster(rows, 24))))
    assert not all(map(is_supported, _roots(_booster(rows, MOST_LEAVES + 1))))
    assert not all(map(is_supported, _roots(_booster(rows, 24, zero_as_missing=True))))
    leaf = {"leaf_value": 1.0}
    asks = {"split_feature": 0, "decision_type": "==", "missing_type": "None", "left_child": leaf, "right_child": leaf}
    assert not is_supported(asks)  # whether a category is among some
    assert is_supported({**asks, "decision_type": "<="})


def test_models_whose_score_is_not_the_sum_of_their_leaves_are_not_supported() -> None:
    rows, forest = _rows(2000, 1), {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}
    assert is_plain_sum(_booster(rows, 8).dump_model())
    assert not is_plain_sum(_booster(rows, 8, objective="regression", reg_sqrt=True).dump_model())
    assert not is_plain_sum(_booster(rows, 8, objective="binary").dump_model())
    assert not is_plain_sum(_booster(rows, 8, objective="multiclass", num_class=2).dump_model())
    assert not is_plain_sum(_booster(rows, 8, objective="regression", **forest).dump_model())


def test_fewer_columns_than_the_trees_need_are_refused(compiled: ctypes.PyDLL) -> None:
    trees = DecisionTrees(compiled, _roots(_booster(_rows(2000, 1), 24)))
    with pytest.raises(ValueError, match="need 12 features"):
        trees.score(_rows(8, 2)[:, :2].T, 0, -1)


@pytest.fixture
def fresh_load() -> Iterator[None]:
    library.load.cache_clear()
    yield
    library.load.cache_clear()


@pytest.mark.usefixtures("fresh_load")
def test_no_library_is_loaded_without_a_compiler_or_for_another_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert library.build(tmp_path) is None
    assert library.load(tmp_path) is None
    library.load.cache_clear()
    library.path_of(folder=tmp_path).write_bytes(b"no library")
    assert library.load(tmp_path) is None


def test_a_new_build_removes_the_libraries_of_earlier_sources(tmp_path: Path) -> None:
    if not (shutil.which("cc") or shutil.which("gcc")):
        pytest.skip(library.MISSING)
    old = tmp_path / "lists-000000000000.library"
    old.write_bytes(b"")
    made = library.build(tmp_path)
    assert made == library.path_of(folder=tmp_path)
    assert sorted(tmp_path.iterdir()) == [made]


def test_python_does_not_import_the_library_as_a_module() -> None:
    assert not library.path_of().name.endswith(tuple(EXTENSION_SUFFIXES))


def test_a_compiler_that_fails_builds_no_library(tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\nexit 1\n")
    compiler.chmod(0o755)
    assert library.build(tmp_path, str(compiler)) is None
    assert not list(tmp_path.glob("lists-*"))
