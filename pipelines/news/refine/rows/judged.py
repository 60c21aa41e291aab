"""Divides rows into kept and rejected ones, for users all of whose rows are present."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.rows.engagement import engagement
from pipelines.news.refine.rows.rates import RATES, with_rates
from pipelines.news.refine.rows.rules import clip_quantities, judge, rejected_rows
from script_shared.news.params import RefineParams


@dataclass(frozen=True)
class Judgement:
    """Some rows, divided into kept and rejected ones.

    Attributes:
        kept: with the columns of the table of interactions, and the other columns of the rows.
        rejected: with the columns of the table ``rejected``.
        clipped: how many values were cut, by quantity.
    """

    kept: pl.DataFrame
    rejected: pl.DataFrame
    clipped: dict[str, int] = field(default_factory=dict)


def judge_rows(rows: pl.DataFrame, params: RefineParams, file: str, *, measured: bool) -> Judgement:
    """Judge the clicks of some users.

    Args:
        rows: as ``judge`` takes them, without the columns of ``with_rates``; all rows of a user must be present.
        params: limits, and how engagement is weighted.
        file: name of the rows' file.
        measured: whether quantities are measured, so that large values are cut and engagement is computed from them;
            otherwise the rows have an engagement.
    """
    judged = judge(with_rates(rows, params.outliers), params.outliers)
    kept = judged.filter(pl.col(c.REASON).is_null())
    cut: dict[str, int] = {}
    if measured:
        kept, cut = clip_quantities(kept, params.outliers)
        kept = kept.with_columns(engagement(params.engagement))
    return Judgement(kept.drop(c.REASON, c.VALUE, *RATES, c.USER_ID, c.ARTICLE_ID), rejected_rows(judged, file), cut)
