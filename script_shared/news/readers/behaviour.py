"""How a user behaves, as numbers: how much, how long, how deep, when, and on which sections and regions."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.algorithms.histories import Histories
from script_shared.arrays import Float64s, FloatArray, Int16s, IntArray, Strings
from script_shared.news.readers.reads import Reads
from script_shared.news.readers.snapshot import Snapshot

HOURS_PER_SHARE = 4
HOUR_SHARES = 24 // HOURS_PER_SHARE
MOST_SECTIONS = 16
MOST_REGIONS = 12
QUANTITIES = 11  # see _quantities
SHARE_PRIOR = 2.0  # reads by which a user's shares are drawn towards an even spread: two reads prove little


@dataclass(frozen=True)
class Topics:
    """The sections and regions that have a feature of their own, by name, because codes differ between data sets."""

    sections: Strings
    regions: Strings

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Topics":
        """The most read ones.

        Args:
            snapshot: what was known at a moment.
        """
        reads = snapshot.reads_by_article()
        sections = _most(snapshot.section, reads, snapshot.section_names, MOST_SECTIONS)
        return cls(Strings.of(sections), Strings.of(_most(snapshot.region, reads, snapshot.region_names, MOST_REGIONS)))

    def codes(self, snapshot: Snapshot) -> Int16s:
        """int16 (2, n_articles): place of each article's section and region among these, -1 for none of them.

        Args:
            snapshot: its sections and regions are matched by name.
        """
        pairs = (
            (self.sections, snapshot.section, snapshot.section_names),
            (self.regions, snapshot.region, snapshot.region_names),
        )
        return np.stack([_recode(kept, codes, names) for kept, codes, names in pairs])

    @property
    def sizes(self) -> tuple[int, int]:
        return len(self.sections), len(self.regions)

    def save(self, folder: Path) -> None:
        """Write them into a folder, which ``load`` reads.

        Args:
            folder: made when missing.
        """
        self.sections.save(folder, "sections")
        self.regions.save(folder, "regions")

    @classmethod
    def load(cls, folder: Path) -> "Topics":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        return cls(Strings.load(folder, "sections"), Strings.load(folder, "regions"))


def features(reads: Reads, n_users: int, topics: Int16s, sizes: tuple[int, int]) -> Float64s:
    """float64 (n_users, features): quantities, then shares of hours, sections and regions; nan for who read nothing.

    Args:
        reads: interactions, sorted by time.
        n_users: rows of the result; users without a read get nan.
        topics: int16 (2, n_articles); section and region of articles.
        sizes: how many of each there are.
    """
    shares = _all_shares(reads.user, reads.article, reads.time_ms // 3_600_000, n_users, topics, sizes)
    table = np.concatenate([_quantities(reads, n_users), shares], axis=1)
    table[np.bincount(reads.user, minlength=n_users) == 0] = np.nan
    return table


def features_of(histories: Histories, topics: IntArray, sizes: tuple[int, int]) -> FloatArray:
    """The same of histories alone: what they do not tell (time, clicks, scroll) is nan.

    Args:
        histories: articles that n users read, with times.
        topics: int16 (2, n_articles); section and region of articles.
        sizes: how many of each there are.

    Returns:
        float64 (n, columns), with the columns of ``features``.
    """
    n = len(histories)
    hours = histories.time_s.astype(np.int64) // 3600
    shares = _all_shares(histories.owner, histories.article, hours, n, topics, sizes)
    return np.concatenate([np.full((n, QUANTITIES), np.nan), shares], axis=1)


def _quantities(reads: Reads, n_users: int) -> FloatArray:
    """Sums of minutes and clicks, mean scroll, pages, minutes and clicks per page, and logs of all but the scroll."""
    count = np.bincount(reads.user, minlength=n_users)
    minutes = np.bincount(reads.user, weights=reads.seconds, minlength=n_users) / 60
    clicks = np.bincount(reads.user, weights=reads.clicks, minlength=n_users)
    scroll = np.bincount(reads.user, weights=reads.scroll, minlength=n_users) / np.maximum(count, 1)
    pages = _distinct_pages(reads.user, reads.article, n_users)
    some = np.maximum(pages, 1)
    amounts = [minutes, clicks, pages, minutes / some, clicks / some]
    return np.stack([*amounts, scroll, *map(np.log1p, amounts)], axis=1)


def _distinct_pages(user: IntArray, article: IntArray, n_users: int) -> IntArray:
    width = int(article.max(initial=0)) + 1
    pairs = np.sort(user.astype(np.int64) * width + article)
    new = np.ones(len(pairs), bool)
    new[1:] = pairs[1:] != pairs[:-1]
    return np.bincount(pairs[new] // width, minlength=n_users)


def _all_shares(
    user: IntArray, article: IntArray, hour: IntArray, n_users: int, topics: IntArray, sizes: tuple[int, int]
) -> FloatArray:
    parts = [_shares(user, (hour % 24) // HOURS_PER_SHARE, n_users, HOUR_SHARES)]
    parts += [_shares(user, codes[article], n_users, size) for codes, size in zip(topics, sizes, strict=True)]
    return np.concatenate(parts, axis=1)


def _shares(user: IntArray, code: IntArray, n_users: int, n_codes: int) -> Float64s:
    """float64 (n_users, n_codes): shares of a user's reads by code, drawn a little towards an even spread."""
    known = code >= 0
    where = user[known].astype(np.int64) * n_codes + code[known]
    counts = np.bincount(where, minlength=n_users * n_codes).reshape(n_users, n_codes)
    prior = SHARE_PRIOR / max(n_codes, 1)
    return (counts + prior) / (counts.sum(axis=1, keepdims=True) + SHARE_PRIOR)


def _most(codes: IntArray, reads_by_article: IntArray, names: list[str], count: int) -> list[str]:
    known = codes >= 0
    reads = np.bincount(codes[known], weights=reads_by_article[known], minlength=len(names))
    order = np.argsort(-reads, kind="stable")[:count]
    return [names[code] for code in order if reads[code] > 0]


def _recode(kept: Strings, codes: IntArray, names: list[str]) -> IntArray:
    place = {kept[row]: row for row in range(len(kept))}
    to = np.array([*(place.get(name, -1) for name in names), -1], np.int16)  # the last is that of code -1
    return to[codes]
