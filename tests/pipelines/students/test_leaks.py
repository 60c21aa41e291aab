"""Nothing of next year reaches a feature, and what would is refused by its name."""

from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.students.evaluation.measures import Figure
from pipelines.students.evaluation.step import CANDIDATE, _alarms
from pipelines.students.tables.gold import columns_in, read_gold, with_target
from pipelines.students.training.fit import folds_of, groups_of, ruler_of
from pipelines.students.training.leaks import refuse_leaks, strengths
from pipelines.students.use_case import STUDENTS
from pipelines.use_case import Context
from script_shared.errors import InputError, SettingsError
from script_shared.params import load_params
from script_shared.students.feature_names import NAMES
from script_shared.students.features import FEATURES, STATUSES, matrix
from tests.pipelines.students.conftest import do, make_context
from tests.realdata import real_data


def test_features_of_a_year_stay_when_everything_of_next_year_is_shuffled(finished: Context) -> None:
    records = pl.read_parquet(finished.run.read("silver") / "records.parquet")
    first = int(records["year"].min())  # type: ignore[arg-type]
    later = pl.col("year") > first
    others = [name for name in records.columns if name not in ("ra", "year")]
    shuffled = records.with_columns(
        pl.when(later).then(pl.col(name).shuffle(seed=place).over("year")).otherwise(name).alias(name)
        for place, name in enumerate(others)
    )
    ruler = ruler_of(finished.params)
    found = [
        matrix(columns_in(with_target(table).filter(pl.col("year") == first)), list(FEATURES), ruler)
        for table in (records, shuffled)
    ]
    assert not with_target(records).equals(with_target(shuffled))
    np.testing.assert_array_equal(*found)


def test_every_name_has_its_feature() -> None:
    assert list(FEATURES) == list(NAMES)


def test_the_target_is_the_lag_of_the_year_after_and_null_for_those_who_left() -> None:
    table = pl.DataFrame({"ra": ["a", "a", "b"], "year": [2022, 2023, 2022], "lag": [0, -2, -1]})
    found = with_target(table)
    assert found["next_lag"].to_list() == [-2, None, None]
    assert found["next_status"].to_list() == [2, None, None]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("next_status", "it is the target"),
        ("ian", "it is a function of the lag"),
        ("inde", "contains IAN"),
        ("ra", "it names a student"),
        ("cpf", "is not among the features"),
    ],
)
def test_what_may_not_be_a_feature_is_refused_with_its_reason(name: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name}.*{reason}"):
        load_params(STUDENTS.params_kind, STUDENTS.params_file, [f'model.features = ["lag", "{name}"]'])


def test_the_same_years_status_is_refused_as_a_target_with_the_explanation() -> None:
    with pytest.raises(SettingsError, match="IAN is computed from the lag and INDE contains IAN"):
        load_params(STUDENTS.params_kind, STUDENTS.params_file, ["target.years_ahead = 0"])


def check(rows: pl.DataFrame, context: Context) -> None:
    """The check for leaks, as in a training."""
    params = context.params
    fold = folds_of(groups_of(rows), params.model.folds, params.model.seed + 1)
    features = matrix(columns_in(rows), params.model.features, ruler_of(params))
    refuse_leaks(features, rows["next_status"].to_numpy(), fold, params)


def known_rows(context: Context) -> pl.DataFrame:
    return read_gold(context.run.read("gold")).filter(pl.col("next_status").is_not_null())


def test_a_planted_leak_is_refused_by_its_name(finished: Context) -> None:
    known = known_rows(finished)
    check(known, finished)
    with pytest.raises(InputError, match="the feature ida alone predicts next year's status"):
        check(known.with_columns(ida=10.0 - 3 * pl.col("next_status")), finished)


def test_a_planted_leak_of_critical_alone_is_refused_by_its_name(finished: Context) -> None:
    critical = pl.col("next_status") == STATUSES.index("critical")
    leaked = known_rows(finished).with_columns(ida=pl.when(critical).then(1.0).otherwise(8.0))
    with pytest.raises(InputError, match=r"the feature ida alone predicts .*average precision of critical 1\.000"):
        check(leaked, finished)


@pytest.mark.parametrize("codes", list(permutations((1.0, 5.0, 9.0))))
def test_a_status_in_any_code_is_refused_by_its_name(finished: Context, codes: tuple[float, ...]) -> None:
    leaked = known_rows(finished).with_columns(ips=pl.col("next_status").replace_strict(dict(enumerate(codes))))
    with pytest.raises(InputError, match="the feature ips alone predicts next year's status"):
        check(leaked, finished)


def test_a_status_in_many_codes_with_some_errors_is_refused_by_its_name(finished: Context) -> None:
    known, draw = known_rows(finished), np.random.default_rng(3)
    code = draw.permutation(30) / 3.0  # ten codes for each status
    came = np.where(
        draw.random(known.height) < 0.02, draw.integers(0, 3, known.height), known["next_status"].to_numpy()
    )
    leaked = known.with_columns(por=pl.Series(code[came * 10 + draw.integers(0, 10, known.height)]))
    with pytest.raises(InputError, match="the feature por alone predicts next year's status"):
        check(leaked, finished)


def test_a_feature_whose_missing_cells_follow_the_status_is_refused_by_its_name(finished: Context) -> None:
    leaked = known_rows(finished).with_columns(mat=pl.when(pl.col("next_status") == 0).then("mat"))
    with pytest.raises(InputError, match="the feature mat alone predicts next year's status"):
        check(leaked.filter((pl.col("next_status") > 0) | pl.col("mat").is_not_null()), finished)


def strongest(rows: pl.DataFrame, context: Context) -> float:
    """The highest figure of any feature."""
    fold = folds_of(groups_of(rows), context.params.model.folds, 1)
    features = matrix(columns_in(rows), NAMES, ruler_of(context.params))
    status = rows["next_status"].to_numpy()
    return max(figure for values in features.T for _, figure in strengths(values, status, fold))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("students", [120, 1500])
def test_no_feature_of_clean_data_comes_near_the_alarm(tmp_path: Path, seed: int, students: int) -> None:
    context = make_context(tmp_path, f"generated.seed = {seed}", f"generated.students = {students}")
    do(context, "landing", "bronze", "silver", "gold")
    assert strongest(known_rows(context), context) < context.params.evaluation.leak_alarm - 0.04


@pytest.mark.realdata
def test_no_feature_of_the_real_sheets_comes_near_the_alarm(tmp_path: Path) -> None:
    sheets = real_data("passos_magicos/PEDE_2022-24.xlsx")
    context = make_context(tmp_path, source="workbooks", source_path=sheets)
    do(context, "landing", "bronze", "silver", "gold")
    for rows in (known_rows(context), known_rows(context).filter(pl.col("year") == 2022)):
        assert strongest(rows, context) < context.params.evaluation.leak_alarm - 0.04


def test_an_average_precision_too_good_to_be_true_raises_the_alarm() -> None:
    figures = [Figure(CANDIDATE, name, 0.99, 0.98, 1.0, 900) for name in ("ap_critical", "auc_critical")]
    (alarm,) = _alarms(figures, 0.95)
    assert alarm.startswith("ap_critical of 0.990 is above 0.95")
