"""Writes the generated world in the challenge's files, its dirty spots included."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.sample_world.catalog import DAY_MS, Catalog
from pipelines.sample_world.readers import LOGGED, Readers
from pipelines.sample_world.streams import stream
from pipelines.sample_world.texts import bodies
from pipelines.sample_world.visits import Visits

IntArray = npt.NDArray[np.int64]

TREINO_PARTS, ITENS_PARTS = 6, 3
ESID_SHARE, MISSING_SHARE = 0.0023, 0.002  # of the articles: odd ids; read, but absent from itens
LATE_SHARE = 0.3  # of the articles: modified after the clicks
LATEST_CHANGE_MS = 1_688_083_200_000  # 2023-06-30
ESID = "esid:conteudo_editorial_g1#materia#"


def page_ids(seed: int, catalog: Catalog, url: pl.Series) -> pl.Series:
    """The id of each article as histories and itens name it; a few are no UUID but hold the url.

    Args:
        seed: of the world.
        catalog: all articles.
        url: String (articles).

    Returns:
        String (articles).
    """
    odd = pl.Series(stream(seed, "odd ids").random(len(url)) < ESID_SHARE)
    return pl.select(pl.when(odd).then(ESID + url).otherwise(pl.Series(catalog.ids))).to_series()


def write_treino(
    folder: Path,
    readers: Readers,
    pages: pl.Series,
    visits: Visits,
    article: IntArray,
    behaviour: dict[str, npt.NDArray[np.generic]],
    advance: Callable[[int], None],
) -> None:
    """Write ``files/treino/treino_parte1..6.csv``: one row per user, histories as lists joined by comma and space.

    Args:
        folder: of the world.
        readers: all users.
        pages: String (articles), as ``page_ids`` gives them.
        visits: time and user of each read, ordered by user.
        article: int64 (reads), row of the catalog.
        behaviour: (reads) each, as ``page_behaviour`` gives them.
        advance: called with the number of reads that were written.
    """
    bounds = np.linspace(0, len(readers.ids), TREINO_PARTS + 1).astype(int)
    reads = np.searchsorted(visits.user, bounds)
    for part in range(TREINO_PARTS):
        rows = slice(reads[part], reads[part + 1])
        time = pl.Series(visits.time_ms[rows])
        frame = pl.DataFrame(
            {
                "user": visits.user[rows],
                "history": pages.gather(article[rows]),
                "timestampHistory": time,
                "numberOfClicksHistory": behaviour["clicks"][rows],
                "timeOnPageHistory": (visits.seconds[rows] * 1000).astype(np.int64),
                "scrollPercentageHistory": behaviour["scroll"][rows],
                "pageVisitsCountHistory": behaviour["visits"][rows],
                "timestampHistory_new": time,
            }
        )
        path = folder / "files" / "treino" / f"treino_parte{part + 1}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        _histories(frame, readers).write_csv(path)
        advance(rows.stop - rows.start)


def _histories(frame: pl.DataFrame, readers: Readers) -> pl.DataFrame:
    joined = frame.group_by("user", maintain_order=True).agg(
        pl.len().alias("historySize"), pl.exclude("user").cast(pl.String).str.join(", ")
    )
    return _with_readers(joined, readers)


def _with_readers(joined: pl.DataFrame, readers: Readers) -> pl.DataFrame:
    user = joined["user"].to_numpy()
    names = pl.Series("userId", [readers.ids[row] for row in user])
    kinds = pl.Series("userType", np.where(readers.kind[user] == LOGGED, "Logged", "Non-Logged"))
    return joined.drop("user").insert_column(0, kinds).insert_column(0, names)


def write_itens(
    folder: Path, seed: int, catalog: Catalog, titles: pl.DataFrame, pages: pl.Series, advance: Callable[[int], None]
) -> None:
    """Write ``itens/itens/itens-parte1..3.csv``, in no order, a few articles left out.

    Args:
        folder: of the world.
        seed: of the world.
        catalog: all articles.
        titles: as ``headlines`` gives them.
        pages: String (articles), as ``page_ids`` gives them.
        advance: called with the number of articles that were written.
    """
    rng, count = stream(seed, "itens"), len(pages)
    listed = rng.permutation(count)[: max(1, count - max(1, round(MISSING_SHARE * count)))]
    changed = pl.Series(_modified_times(rng, catalog))
    issued = pl.Series(catalog.issued_ms)
    target = folder / "itens" / "itens"
    target.mkdir(parents=True)
    written = 0
    for batch, caption, body in bodies(seed, catalog, listed):
        frame = pl.DataFrame(
            {
                "page": pages.gather(batch),
                "url": titles["url"].gather(batch),
                "issued": _written_time(issued.gather(batch)),
                "modified": _written_time(changed.gather(batch)),
                "title": titles["title"].gather(batch),
                "body": body,
                "caption": caption,
            }
        )
        for part in range(ITENS_PARTS):
            with (target / f"itens-parte{part + 1}.csv").open("ab") as file:
                frame.gather_every(ITENS_PARTS, part).write_csv(file, include_header=not written)
        written += len(batch)
        advance(len(batch))


def _modified_times(rng: np.random.Generator, catalog: Catalog) -> IntArray:
    soon = catalog.issued_ms + rng.exponential(0.1 * DAY_MS, len(catalog.issued_ms))
    late = catalog.end_ms + rng.random(len(soon)) ** 3 * (LATEST_CHANGE_MS - catalog.end_ms)
    return np.where(rng.random(len(soon)) < LATE_SHARE, late, soon).astype(np.int64)


def _written_time(epoch_ms: pl.Series) -> pl.Series:
    return epoch_ms.cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%S+00:00")


def write_validacao(
    folder: Path, readers: Readers, pages: pl.Series, user: IntArray, time_ms: IntArray, article: IntArray
) -> None:
    """Write ``validacao.csv``, whose lists are printed NumPy arrays: quoted ids on lines of their own, no commas.

    Args:
        folder: of the world.
        readers: all users.
        pages: String (articles), as ``page_ids`` gives them.
        user: int64 (reads), row of the user, reads of one user in order of time.
        time_ms: int64 (reads), epoch milliseconds, UTC.
        article: int64 (reads), row of the catalog.
    """
    frame = pl.DataFrame({"user": user, "history": pages.gather(article), "timestampHistory": time_ms})
    joined = frame.group_by("user", maintain_order=True).agg(
        pl.concat_str([pl.lit("'"), "history", pl.lit("'")]).str.join("\n ").alias("history"),
        pl.col("timestampHistory").cast(pl.String).str.join(" "),
    )
    names = ("history", "timestampHistory")
    lists = joined.with_columns(pl.concat_str([pl.lit("["), name, pl.lit("]")]).alias(name) for name in names)
    _with_readers(lists, readers).write_csv(folder / "validacao.csv")
