"""A refined run in memory: interactions as numpy columns sorted by time, users and articles as tables."""

import json
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.news import columns as c
from pipelines.news.tables import LABELS, table_path
from script_shared.data_end import data_begin
from script_shared.news.readers.reads import Reads
from script_shared.news.readers.snapshot import Snapshot
from script_shared.news.readers.training_data import TrainingData

Column = npt.NDArray[np.generic]
NONE = -1


@dataclass(frozen=True)
class Interactions:
    """Reads in time order, column by column; every column has the shape (n,).

    Attributes:
        user: uint32, row of the user.
        article: uint32, row of the article.
        time_ms: int64, milliseconds since 1970, ascending.
        engagement: float32, how much the read meant (at least 0).
        seconds: float32, seconds on page; 0 where the source does not measure it.
        clicks: float32, clicks on the page.
        scroll: float32, percent of the page scrolled; 0 where the source does not measure it.
        visits: float32, visits of the page.
        session: int64, -1 for none.
        region: int16, region of the user, -1 for none.
        device: int16, -1 for none.
    """

    user: npt.NDArray[np.uint32]
    article: npt.NDArray[np.uint32]
    time_ms: npt.NDArray[np.int64]
    engagement: npt.NDArray[np.float32]
    seconds: npt.NDArray[np.float32]
    clicks: npt.NDArray[np.float32]
    scroll: npt.NDArray[np.float32]
    visits: npt.NDArray[np.float32]
    session: npt.NDArray[np.int64]
    region: npt.NDArray[np.int16]
    device: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.user)

    def until(self, ms: int) -> "Interactions":
        """Reads at or before ``ms``: a view, no copy."""
        return self.rows(slice(0, int(np.searchsorted(self.time_ms, ms, "right"))))

    def between(self, after: int, until: int) -> "Interactions":
        """Reads with ``after < time <= until``: a view, no copy."""
        low, high = np.searchsorted(self.time_ms, [after, until], "right")
        return self.rows(slice(int(low), int(high)))

    def rows(self, which: slice | npt.NDArray[np.bool_] | npt.NDArray[np.integer]) -> "Interactions":
        """The chosen reads; rows must be given in ascending order so that time stays sorted."""
        return Interactions(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


RAW_NAMES = {
    "user": c.USER,
    "article": c.ARTICLE,
    "time_ms": c.TIMESTAMP,
    "engagement": c.ENGAGEMENT,
    "seconds": c.SECONDS,
    "clicks": c.CLICKS,
    "scroll": c.SCROLL,
    "visits": c.VISITS,
    "session": c.SESSION,
    "region": c.REGION,
    "device": c.DEVICE,
}
TYPES = {"user": "uint32", "article": "uint32", "time_ms": "int64", "session": "int64"} | dict.fromkeys(
    ("region", "device"), "int16"
)
MISSING = dict.fromkeys(("session", "region", "device"), NONE)


def _read(path: Path) -> Interactions:
    """All columns, one at a time so that the peak stays near the result; a column that is not there is constant."""
    rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    have = set(pl.scan_parquet(path, glob=False).collect_schema())
    columns = {name: _column(path, raw if raw in have else None, name, rows) for name, raw in RAW_NAMES.items()}
    return Interactions(**columns)  # type: ignore[arg-type]


def read_interactions(path: Path, first_ms: int, last_ms: int) -> Interactions:
    """The reads between two moments, both included.

    Args:
        path: of the table of interactions.
        first_ms, last_ms: epoch milliseconds, UTC.
    """
    time = pl.col(c.TIMESTAMP).to_physical()
    rows = pl.scan_parquet(path, glob=False).filter(time.is_between(first_ms, last_ms)).collect()
    have = {name: rows[raw] for name, raw in RAW_NAMES.items() if raw in rows.columns}
    columns = {name: _as_array(have.get(name), name, rows.height) for name in RAW_NAMES}
    return Interactions(**columns)  # type: ignore[arg-type]


def _column(path: Path, raw: str | None, name: str, rows: int) -> Column:
    return _as_array(pl.read_parquet(path, columns=[raw], glob=False)[raw] if raw else None, name, rows)


def _as_array(column: pl.Series | None, name: str, rows: int) -> Column:
    kind, missing = np.dtype(TYPES.get(name, "float32")), MISSING.get(name, 0)
    values = None if column is None else column.to_physical()
    if values is None or values.null_count() == rows:
        return np.broadcast_to(np.asarray(missing, kind), (rows,))  # takes no memory
    filled = values.fill_null(missing) if values.null_count() else values
    return np.ascontiguousarray(filled.to_numpy().astype(kind, copy=False))


@dataclass(frozen=True)
class Dataset:
    """A refined run.

    Attributes:
        folder: where the tables are.
        users: user, user_id, user_type, reads; a user's number is the row.
        articles: article, article_id, url, title, issued, section, region; an article's number is the row.
        interactions: all kept reads by time.
        validation: the reads of the validation file by time, where the data has one; only user, article and time_ms
            hold values.
    """

    folder: Path
    users: pl.DataFrame
    articles: pl.DataFrame
    interactions: Interactions
    validation: Interactions | None

    @classmethod
    def load(cls, folder: Path, reads: Interactions | None = None) -> "Dataset":
        """Read the tables of a refined run, without the articles' captions and bodies.

        Args:
            folder: of the refined run.
            reads: used instead of the table of interactions; None to read the table.
        """
        held_out = table_path(folder, "validation")
        articles = [c.ARTICLE, c.ARTICLE_ID, c.URL, c.TITLE, c.ISSUED, c.SECTION, c.REGION]
        return Dataset(
            folder=folder,
            users=pl.read_parquet(table_path(folder, "users"), glob=False),
            articles=pl.read_parquet(table_path(folder, "articles"), columns=articles, glob=False),
            interactions=_read(table_path(folder, "interactions")) if reads is None else reads,
            validation=_read(held_out) if held_out.is_file() else None,
        )

    def snapshot(self, as_of_ms: int, **known: Any) -> Snapshot:
        """A snapshot of the reads until a moment.

        Args:
            as_of_ms: epoch milliseconds, UTC; a read at that moment is included.
            known: the other fields of the snapshot.
        """
        until = self.interactions.until(as_of_ms)
        reads = Reads(**{name: getattr(until, name) for name in Reads.__dataclass_fields__})
        return TrainingData(as_of_ms=as_of_ms, reads=reads, **known)

    def texts(self) -> pl.LazyFrame:
        """Title, caption and body of every article in order of the rows, read when collected."""
        return pl.scan_parquet(table_path(self.folder, "articles"), glob=False).select(c.TITLE, c.CAPTION, c.BODY)

    @cached_property
    def labels(self) -> dict[str, dict[int, str]]:
        """Names of the codes of region and device, by column, where events sent texts."""
        file = self.folder / LABELS
        named = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return {column: {code: text for text, code in codes.items()} for column, codes in named.items()}

    @property
    def n_users(self) -> int:
        """Number of users."""
        return self.users.height

    @property
    def n_articles(self) -> int:
        """Number of articles."""
        return self.articles.height

    @cached_property
    def logged(self) -> npt.NDArray[np.bool_]:
        """Booleans (n_users,): whether each user is logged in."""
        return (self.users[c.USER_TYPE] == c.LOGGED).to_numpy()

    @cached_property
    def issued_ms(self) -> npt.NDArray[np.int64]:
        """When each article was published, (n_articles,), milliseconds since 1970."""
        return self.articles[c.ISSUED].to_physical().to_numpy()

    @cached_property
    def begin_ms(self) -> int:
        """The first moment that counts, see ``script_shared.data_end``; 0 when there is no interaction."""
        return data_begin(self.interactions.time_ms, self.interactions.user)

    @property
    def end_ms(self) -> int:
        """Time of the last interaction; 0 when there is none."""
        return int(self.interactions.time_ms[-1]) if len(self.interactions) else 0
