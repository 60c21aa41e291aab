"""Which article each read is about: tastes choose the subject; appeal, age and circle the article among those alive."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipelines.sample_world.catalog import DAY_MS, Catalog
from pipelines.sample_world.circles import CIRCLES, NOBODY, draw_by_circle
from pipelines.sample_world.groups import GROUPS, group_cells
from pipelines.sample_world.readers import LOGGED, Readers
from pipelines.sample_world.visits import Visits
from pipelines.sample_world.words import words
from script_shared.clock import HOUR_MS

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

BUCKET_MS = HOUR_MS // 4  # what is alive, and how much it draws, is counted again every quarter of an hour
ALIVE_MS = 3 * DAY_MS
FRESH_HOURS = 5.0  # users of a single page come for what is new: their interest falls this much faster,
FRONT_PAGE = 1.5  # and for what is on the front page: the power of the appeal
ARCHIVE_CHANCE = 0.004  # of reads that look for nothing in particular
ANYTHING = -1  # a cell: news in general
BY_APPEAL, BY_FRESHNESS, EVENLY = range(3)


@dataclass(frozen=True)
class _Alive:
    """Articles alive in one bucket, by cell, and their summed draw."""

    rows: IntArray
    edges: IntArray  # first place of each cell, n_cells + 1
    drawn: FloatArray  # by circle, the last row nobody's: summed weight, one longer than rows
    fresh: FloatArray  # summed weight with freshness


@dataclass(frozen=True)
class _Wish:
    """What each read looks for: int arrays, one entry per read."""

    cell: IntArray
    mode: npt.NDArray[np.int8]
    circle: IntArray

    def of(self, reads: IntArray) -> "_Wish":
        return _Wish(self.cell[reads], self.mode[reads], self.circle[reads])


def pick_articles(
    rng: np.random.Generator,
    catalog: Catalog,
    readers: Readers,
    visits: Visits,
    advance: Callable[[int], None] = lambda reads: None,
) -> IntArray:
    """int64[reads]: the article of each read; a user reads an article once, save a few in very small worlds.

    Args:
        rng: draws, in the order of the reads.
        catalog: all articles.
        readers: all users.
        visits: time and user of each read.
        advance: called with the number of reads that have an article.

    Returns:
        int64 (reads), row of the catalog.
    """
    mode = np.array([BY_APPEAL, BY_APPEAL, BY_FRESHNESS, EVENLY], np.int8)[readers.kind][visits.user]
    cell = _cells(rng, catalog, readers, visits.user)
    wish = _Wish(cell, mode, readers.circle[visits.user])
    drafts = _drafts(rng, catalog, visits.time_ms, wish, advance)
    article = drafts[0].astype(np.int64)
    _visit_archive(rng, catalog, cell, mode, article)
    for draft in drafts[1:]:
        again = _read_before(visits.user, article, len(catalog.ids))
        article[again] = draft[again]
    return article


def _cells(rng: np.random.Generator, catalog: Catalog, readers: Readers, user: IntArray) -> IntArray:
    cell = np.full(len(user), ANYTHING)
    kind = readers.kind[user]
    logged = np.flatnonzero(kind == LOGGED)
    edges = np.cumsum(readers.tastes, axis=1)[user[logged]]
    column = (edges <= rng.random(len(logged))[:, None]).sum(1)
    homes = words().n_national + readers.region
    subjects = np.column_stack([readers.topics, homes, np.full(len(homes), ANYTHING)])
    cell[logged] = subjects[user[logged], column]
    chances = group_cells(catalog.n_cells)
    for row in range(len(GROUPS)):
        mine = np.flatnonzero(readers.group[user] == row)
        place = np.searchsorted(np.cumsum(chances[row]), rng.random(len(mine)), side="right")
        cell[mine] = np.where(place < catalog.n_cells, place, ANYTHING)
    return cell


def _drafts(
    rng: np.random.Generator,
    catalog: Catalog,
    time_ms: IntArray,
    wish: _Wish,
    advance: Callable[[int], None],
) -> npt.NDArray[np.int32]:
    """int32[4, reads]: articles to take in turn when one was read before: twice of the cell, then any, then evenly."""
    by_time = np.argsort(time_ms, kind="stable")
    starts = np.arange(catalog.start_ms, int(time_ms.max(initial=catalog.start_ms)) + BUCKET_MS, BUCKET_MS)
    bounds = np.searchsorted(time_ms[by_time], starts)
    drafts = np.empty((4, len(time_ms)), np.int32)
    for begin, low, high in zip(starts, bounds, [*bounds[1:], len(by_time)], strict=True):
        if low == high:
            continue
        reads, alive = by_time[low:high], _alive(catalog, int(begin))
        mine = wish.of(reads)
        anything = replace(mine, cell=np.full(high - low, ANYTHING))
        evenly = replace(anything, mode=np.full(high - low, EVENLY, np.int8))
        for row, way in enumerate((mine, mine, anything, evenly)):
            drafts[row, reads] = _draw(alive, way, rng.random(high - low))
        advance(int(high - low))
    return drafts


def _alive(catalog: Catalog, begin_ms: int) -> _Alive:
    high = max(1, int(np.searchsorted(catalog.issued_ms, begin_ms, side="right")))
    low = min(max(catalog.archived, int(np.searchsorted(catalog.issued_ms, begin_ms - ALIVE_MS))), high - 1)
    cells = catalog.cell[low:high].astype(np.int16)
    order = np.argsort(cells, kind="stable")
    rows = low + order
    age = (begin_ms - catalog.issued_ms[rows]) / HOUR_MS
    weight = catalog.appeal[rows] * np.exp(-age / catalog.life_hours[rows])
    edges = np.searchsorted(cells[order], np.arange(catalog.n_cells + 1))
    fresh = weight * catalog.appeal[rows] ** (FRONT_PAGE - 1) * np.exp(-age / FRESH_HOURS)
    return _Alive(rows, edges, _cumulate(draw_by_circle(weight, catalog.circle[rows])), _cumulate(fresh))


def _cumulate(weight: FloatArray) -> FloatArray:
    return np.insert(np.cumsum(weight, axis=-1), 0, 0.0, axis=-1)


def _draw(alive: _Alive, wish: _Wish, chance: FloatArray) -> IntArray:
    cell, everybody = wish.cell, alive.drawn[NOBODY]
    low = np.where(cell == ANYTHING, 0, alive.edges[cell])
    high = np.where(cell == ANYTHING, len(alive.rows), alive.edges[cell + 1])
    dead = everybody[high] - everybody[low] < 0.05  # nothing of interest there now: take any news
    low, high = np.where(dead, 0, low), np.where(dead, len(alive.rows), high)
    place = low + np.floor(chance * (high - low)).astype(np.int64)  # evenly
    by_appeal = wish.mode == BY_APPEAL
    ways = [(by_appeal & (wish.circle == row), alive.drawn[row]) for row in range(NOBODY, len(CIRCLES))]
    for mine, summed in [*ways, (wish.mode == BY_FRESHNESS, alive.fresh)]:
        target = summed[low[mine]] + chance[mine] * (summed[high[mine]] - summed[low[mine]])
        place[mine] = np.searchsorted(summed, target, side="right") - 1
    return alive.rows[np.clip(place, low, high - 1)]


def _visit_archive(
    rng: np.random.Generator, catalog: Catalog, cell: IntArray, mode: npt.NDArray[np.int8], article: IntArray
) -> None:
    visits = np.flatnonzero((rng.random(len(cell)) < ARCHIVE_CHANCE) & (cell == ANYTHING) & (mode != BY_FRESHNESS))
    if catalog.archived:
        article[visits] = np.floor(rng.random(len(visits)) ** 2 * catalog.archived).astype(np.int64)


def _read_before(user: IntArray, article: IntArray, n_articles: int) -> npt.NDArray[np.bool_]:
    key = user * n_articles + article
    order = np.argsort(key, kind="stable")
    repeated = np.zeros(len(key), bool)
    repeated[order[1:]] = key[order[1:]] == key[order[:-1]]
    return repeated
