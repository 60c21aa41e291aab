"""Refines the histories: one row per user in the raw files, one row per read in the table of interactions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from tqdm import tqdm

from pipelines.news import columns as c
from pipelines.news.raw.csv_files import FILE_COLUMN, LAST_EMPTY, check_no_row_short, scan
from pipelines.news.raw.csv_problems import explain_errors
from pipelines.news.raw.ids import ArticleNumbers, rejected_ids, with_article_numbers
from pipelines.news.raw.string_lists import elements, plain
from pipelines.news.raw.texts import bad_id, clean_id
from pipelines.news.raw.times import moment
from pipelines.news.refine.challenge.history_checks import (
    check_histories,
    check_no_file_empty,
    check_reads,
    check_users_unique,
)
from pipelines.news.refine.rows.engagement import engagement
from pipelines.news.refine.rows.rates import with_rates
from pipelines.news.refine.rows.rules import clip_quantities, judge, rejected_rows
from pipelines.news.refine.rows.tally import Tally, without_erased
from pipelines.news.tables import TIME
from script_shared.events import ErasedUsers
from script_shared.news.params import RefineParams

BATCH_USERS = 20_000
NOBODY = ErasedUsers()
LISTS = (c.RAW_HISTORY, c.RAW_TIMES, *c.RAW_QUANTITIES.values())


def refine_histories(
    files: Sequence[Path], articles: ArticleNumbers, params: RefineParams, tally: Tally, erased: ErasedUsers = NOBODY
) -> pl.DataFrame:
    """Read all histories in batches of users, so that memory does not grow with the files' text.

    Args:
        files: in order; a user's number is the place of its row among those that are not skipped.
        articles: finds the numbers of the known ids.
        params: outlier rules and engagement weights.
        tally: receives kept and rejected rows.
        erased: users whose rows are skipped.

    Returns:
        user_id and user_type, (users, 2).

    Raises:
        InputError: names file and user.
    """
    reading = HistoryReading(articles, params, tally, erased)
    users: list[pl.DataFrame] = []
    with explain_errors(files), tqdm(desc="histories", unit=" users", disable=None) as progress:
        batches = scan(files, c.HISTORY_COLUMNS).collect_batches(chunk_size=BATCH_USERS, maintain_order=True)
        for batch in batches:
            users.append(reading.add(batch))
            progress.update(users[-1].height)
        return users_of(users, reading.names, reading.doubtful, files)


def users_of(
    users: Sequence[pl.DataFrame], names: Iterable[str], doubtful: Iterable[str], files: Sequence[Path]
) -> pl.DataFrame:
    """The users of all rows; checks that no file is damaged and that no user has two rows.

    Args:
        users: as ``HistoryReading.add`` returns them, in order.
        names: of the files that had rows.
        doubtful: files in which some row's last cell is empty.
        files: all of them.

    Returns:
        user_id and user_type, (users, 2).

    Raises:
        InputError: names file and row.
    """
    check_no_row_short(doubtful)
    check_no_file_empty(names, files)
    table = pl.concat(users)
    check_users_unique(table)
    return table.select(pl.col(c.RAW_USER).alias(c.USER_ID), pl.col(c.RAW_TYPE).alias(c.USER_TYPE))


@dataclass
class HistoryReading:
    """Turns rows of histories into reads, batch by batch.

    Attributes:
        articles: finds the numbers of the known ids.
        params: outlier rules and engagement weights.
        tally: receives kept and rejected reads.
        erased: users whose rows are skipped.
        names: files that had rows.
        doubtful: files in which some row's last cell is empty.
        seen: users so far; the next one's number.
    """

    articles: ArticleNumbers
    params: RefineParams
    tally: Tally
    erased: ErasedUsers = NOBODY
    names: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    seen: int = 0

    def add(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Tally the reads of a batch.

        Args:
            batch: one row per user, as the files have it.

        Returns:
            userId, userType and file of the users who are not skipped.

        Raises:
            InputError: names file and row.
        """
        self.names.update(batch[FILE_COLUMN].unique())
        self.doubtful.update(batch.filter(LAST_EMPTY)[FILE_COLUMN])
        batch = without_erased(_sound_users(batch, self.tally), c.RAW_USER, self.erased, self.tally)
        batch = batch.with_columns(plain(batch[name], batch[c.RAW_TIMES]) for name in LISTS)
        check_histories(batch, LISTS)
        _add_batch(batch, self.seen, self.articles, self.params, self.tally)
        self.seen += batch.height
        return batch.select(c.RAW_USER, c.RAW_TYPE, FILE_COLUMN)


def _sound_users(batch: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """The rows of users with an id, which is "" where the cell is empty; rows with what is no id are rejected."""
    cleaned = batch.select(clean_id(c.RAW_USER)).with_columns(bad_id(pl.col(c.RAW_USER)).alias("bad"))
    if (bad := cleaned["bad"]).any():
        refused = batch.lazy().filter(bad)
        tally.refuse(rejected_ids(refused, user=pl.col(c.RAW_USER), file=pl.col(FILE_COLUMN)).collect())
        batch, cleaned = batch.filter(~bad), cleaned.filter(~bad)
    return batch.with_columns(cleaned[c.RAW_USER].fill_null(""))


def _add_batch(batch: pl.DataFrame, seen: int, articles: ArticleNumbers, params: RefineParams, tally: Tally) -> None:
    rows = explode(batch.with_row_index(c.USER, offset=seen), articles)
    check_reads(rows, batch, seen)
    judged = judge(
        with_rates(rows.with_columns(pl.col(c.TIMESTAMP).cast(TIME)), params.outliers),
        params.outliers,
    )
    sound = judged.select(c.USER, c.ARTICLE, c.TIMESTAMP, *c.QUANTITIES).filter(judged[c.REASON].is_null())
    kept, cut = clip_quantities(sound, params.outliers)
    tally.clipped.update(cut)
    who = batch.select(pl.col(c.RAW_USER).alias(c.USER_ID), FILE_COLUMN).with_row_index(c.USER, offset=seen)
    refused = judged.filter(pl.col(c.REASON).is_not_null()).join(who, on=c.USER, how="left", maintain_order="left")
    numbers = kept.select(c.USER, c.ARTICLE, c.TIMESTAMP, *c.QUANTITIES, engagement(params.engagement))
    tally.add(rows.height, numbers, rejected_rows(refused, pl.col(FILE_COLUMN).str.extract(r"([^/\\]+)$")))


def explode(batch: pl.DataFrame, articles: ArticleNumbers) -> pl.DataFrame:
    """One row per read; a timestamp or quantity that is no number becomes null, as does an unknown article's number.

    Args:
        batch: user, historySize and the lists as plain cells of equal lengths.
        articles: finds the numbers of the known ids.
    """
    size = pl.col(c.RAW_SIZE).cast(pl.Int64)
    some = batch.filter(size > 0)
    raw = {name: elements(column).cast(pl.Float64, strict=False) for name, column in c.RAW_QUANTITIES.items()}
    raw[c.SECONDS] = raw[c.SECONDS] / 1000
    rows = some.select(
        pl.col(c.USER).repeat_by(size).explode(),
        elements(c.RAW_HISTORY).alias(c.ARTICLE_ID),
        moment(elements(c.RAW_TIMES)).alias(c.TIMESTAMP),
        *(values.cast(pl.Float32).alias(name) for name, values in raw.items()),
    )
    return with_article_numbers(rows, articles)
