"""Only users with enough reads for a limit get rates, the same as if everybody were counted."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.news.refine.rows import rates
from pipelines.news.refine.rows.rates import DAY, DAY_READS, RATES, with_rates
from pipelines.news.refine.rows.rules import judge
from pipelines.news.tables import TIME
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params

OUTLIERS = load_params(NewsParams, FILE).refine.outliers
READS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 6 * 24)), max_size=60)


@settings(deadline=None, max_examples=40)
@given(READS, st.integers(1, 6), st.integers(1, 4), st.booleans())
def test_rules_judge_as_if_every_user_had_rates(
    reads: list[tuple[int, int, int]], most: int, robot: int, counted: bool
) -> None:
    limit = OUTLIERS.reads_per_day.model_copy(update={"max": float(most)})
    params = OUTLIERS.model_copy(update={"reads_per_day": limit, "robot_reads_per_day": float(robot)})
    rows = pl.DataFrame(reads, {"user": pl.UInt32, "article": pl.UInt32, "hour": pl.Int64}, orient="row")
    rows = rows.select(
        "user", "article", (pl.col("hour") * 3_600_000).cast(TIME).alias("timestamp"), pl.lit("a").alias("article_id")
    ).with_columns(pl.lit(1.0, pl.Float32).alias(name) for name in OF_READS)
    schema = {"user": pl.UInt32, DAY: pl.Int64, DAY_READS: pl.Int64}
    before = pl.DataFrame([(0, 0, 3), (1, 2, 1), (9, 1, 5)], schema, orient="row") if counted else None
    some = judge(with_rates(rows, params, before), params)
    every = judge(rows.with_columns(rates._rates(rows, most, before).select(list(RATES))), params)
    assert some.select("reason", "value").equals(every.select("reason", "value"))


OF_READS = ("seconds_on_page", "clicks", "scroll_percent", "page_visits")
