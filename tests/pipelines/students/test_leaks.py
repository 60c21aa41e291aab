"""Nothing of next year reaches a feature, and what would is refused by its name."""

import numpy as np
import polars as pl
import pytest

from pipelines.students.evaluation.measures import Figure
from pipelines.students.evaluation.step import CANDIDATE, _alarms
from pipelines.students.tables.gold import columns_in, read_gold, with_target
from pipelines.students.training.fit import refuse_leaks, ruler_of
from pipelines.students.use_case import STUDENTS
from pipelines.use_case import Context
from script_shared.errors import InputError, SettingsError
from script_shared.params import load_params
from script_shared.students.feature_names import NAMES
from script_shared.students.features import FEATURES, STATUSES, matrix


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


def test_a_planted_leak_is_refused_by_its_name(finished: Context) -> None:
    known = read_gold(finished.run.read("gold")).filter(pl.col("next_status").is_not_null())
    status = known["next_status"].to_numpy()
    leaked = known.with_columns(ida=10.0 - 3 * pl.col("next_status"))
    names, ruler = finished.params.model.features, ruler_of(finished.params)
    refuse_leaks(matrix(columns_in(known), names, ruler), status, finished.params)
    with pytest.raises(InputError, match="the feature ida alone tells next year's status"):
        refuse_leaks(matrix(columns_in(leaked), names, ruler), status, finished.params)


def test_a_planted_leak_of_critical_alone_is_refused_by_its_name(finished: Context) -> None:
    known = read_gold(finished.run.read("gold")).filter(pl.col("next_status").is_not_null())
    status = known["next_status"].to_numpy()
    leaked = known.with_columns(
        ida=pl.when(pl.col("next_status") == STATUSES.index("critical")).then(1.0).otherwise(8.0)
    )
    names, ruler = finished.params.model.features, ruler_of(finished.params)
    with pytest.raises(InputError, match=r"the feature ida alone tells .*average precision of critical 1\.000"):
        refuse_leaks(matrix(columns_in(leaked), names, ruler), status, finished.params)


def test_an_average_precision_too_good_to_be_true_raises_the_alarm() -> None:
    figures = [Figure(CANDIDATE, name, 0.99, 0.98, 1.0, 900) for name in ("ap_critical", "auc_critical")]
    (alarm,) = _alarms(figures, 0.95)
    assert alarm.startswith("ap_critical of 0.990 is above 0.95")
