"""The rules of the refined tables, and messages that end the search."""

import polars as pl
import pytest

from pipelines.news.tables import INTERACTION_TYPES, SLICE_ROWS, check
from script_shared.errors import InputError

ROWS = 4


def _interactions(rows: int = ROWS) -> pl.DataFrame:
    when = (pl.int_range(rows, eager=True) + 1_656_644_400_000).cast(INTERACTION_TYPES["timestamp"])
    values = {name: pl.lit(1, kind) for name, kind in INTERACTION_TYPES.items()} | {"timestamp": pl.lit(when)}
    return pl.select(pl.int_range(rows).alias("row")).with_columns(**values).drop("row")


def _users() -> pl.DataFrame:
    table = {"user": [0, 1], "user_id": ["a", "b"], "user_type": ["Logged", "Non-Logged"], "reads": [3, 1]}
    return pl.DataFrame(table, schema_overrides={"user": pl.UInt32, "reads": pl.UInt32})


def test_good_tables_pass() -> None:
    check("interactions", _interactions(), "run-1", sizes={"user": 2, "article": 2})
    check("interactions", _interactions(0), "run-1", sizes={"user": 0, "article": 0})
    check("users", _users(), "run-1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit(None, pl.Float32).alias("engagement"), "column engagement: 4 rows fail the rule not_nullable"),
        (pl.lit(float("nan"), pl.Float32).alias("clicks"), "column clicks: 4 rows fail the rule in_range.*such as NaN"),
        (pl.lit(-1, pl.Float32).alias("scroll_percent"), "column scroll_percent: 4 rows fail"),
        (pl.col("timestamp").reverse(), "column timestamp: 3 rows fail the rule sorted, such as 2022-07-01"),
        (pl.lit(2, pl.UInt32).alias("user"), "column user: 4 rows fail the rule below 2"),
        (pl.lit(5, pl.UInt32).alias("article"), "column article: 4 rows fail the rule below 2"),
        (pl.lit(0).cast(INTERACTION_TYPES["timestamp"]).alias("timestamp"), "column timestamp: 4 rows fail.*1970"),
        (pl.col("clicks").cast(pl.Float64), "column clicks is Float64 instead of Float32"),
        (pl.lit(1).alias("surplus"), "column surplus is not part of the table"),
    ],
)
def test_a_broken_rule_is_named_with_table_run_column_and_count(change: pl.Expr, message: str) -> None:
    with pytest.raises(InputError, match=f"table interactions of run run-1.*{message}") as caught:
        check("interactions", _interactions().with_columns(change), "run-1", sizes={"user": 2, "article": 2})
    assert caught.value.fix


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="column seconds_on_page is missing"):
        check("interactions", _interactions().drop("seconds_on_page"), "run-1")


def test_every_slice_is_checked_and_failures_add_up() -> None:
    rows = 2 * SLICE_ROWS + 10
    bad = pl.int_range(rows).is_in([5, SLICE_ROWS + 5, rows - 1])
    values = pl.when(bad).then(float("inf")).otherwise(1.0).cast(pl.Float32).alias("engagement")
    with pytest.raises(InputError, match="column engagement: 3 rows fail"):
        check("interactions", _interactions(rows).with_columns(values), "run-1")


def test_order_is_checked_across_slices() -> None:
    table = _interactions(2 * SLICE_ROWS)
    swapped = pl.concat([table.tail(SLICE_ROWS), table.head(SLICE_ROWS)])
    with pytest.raises(InputError, match="column timestamp: 1 rows fail the rule sorted"):
        check("interactions", swapped, "run-1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit("a").alias("user_id"), "column user_id: 2 rows fail the rule unique"),
        (pl.lit("").alias("user_id"), "column user_id: 2 rows fail the rule str_length"),
        (pl.lit("Robot").alias("user_type"), "column user_type: 2 rows fail the rule isin"),
        (pl.col("user").reverse(), "column user: 2 rows fail the rule equals its row number"),
    ],
)
def test_users_are_numbered_unique_and_of_a_known_type(change: pl.Expr, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check("users", _users().with_columns(change), "run-1")


def test_a_lazy_table_is_checked_in_batches() -> None:
    bad = _interactions().lazy().with_columns(pl.lit(-1, pl.Float32).alias("engagement"))
    with pytest.raises(InputError, match="column engagement: 4 rows fail"):
        check("interactions", bad, "run-1")
