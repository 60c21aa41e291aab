"""The rules for the arrays of a news release, checked before it is served.

A damaged file with the right checksum passes every other door: its numbers only show when a request meets them, as an
error, a crash, or a list of nonsense.
"""

from pathlib import Path

from script_shared.news.array_rules import (
    Arrays,
    Expected,
    Rule,
    adding_up,
    between,
    each_once,
    free_in,
    ids,
    index,
    offsets,
    others,
    present,
    rising,
    strings,
)

MOMENT_MS = between(-2.2e12, 4.2e12)  # 1900 to 2103; everything outside is no date that can be written
FAR_MS = between(-(1 << 51), 1 << 51)
AMOUNT = between(0, 1e12)
FACTOR = between(-1e6, 1e6)
ANY = between(-(1 << 53), 1 << 53)
COUNTS = ("overall", "groups", "trends", "shown_counts")
PAIRS = ("together", "following", "onward", "later")


def check_model(folder: Path) -> None:
    """Hold the arrays of the segments' models, the catalog and the users against their rules.

    Args:
        folder: of the release.

    Raises:
        ReleaseCorruptError: one does not keep them.
    """
    arrays, expected = Arrays(folder), present(folder, _MODEL)
    arrays.check(expected)
    live = folder / "live"
    rest = others(folder, [one.name for one in expected])
    arrays.check(one for one in rest if not (folder / one.name).is_relative_to(live))


def check_live(folder: Path, articles: int, sections: int) -> None:
    """Hold the arrays of the live state's snapshot against their rules.

    Args:
        folder: of the release.
        articles: rows that the live state has.
        sections: number of section names in its facts.

    Raises:
        ReleaseCorruptError: one does not keep them.
    """
    arrays, expected = Arrays(folder), present(folder, _LIVE)
    arrays.lengths |= {"rows": articles, "sections": sections}
    arrays.check(expected)
    for name in (*COUNTS, *PAIRS):
        if (folder / name / "sums.shape.npy").exists():
            arrays.check(present(folder, _sparse(name, arrays, pairs=name in PAIRS)))
    named = [one.name for one in expected]
    rest = [one for one in others(folder, named) if one.name.split("/")[0] not in (*COUNTS, *PAIRS)]
    arrays.check(rest)


def _vectors(name: str, size: str) -> tuple[Expected, ...]:
    return (
        Expected(f"{name}.rows", "iu", (f"vectors of {name}",), (index(size), each_once)),
        Expected(f"{name}.vectors", "f", (f"vectors of {name}", "factors"), (FACTOR,)),
        Expected(f"{name}.place", "i", (size,), (index(f"vectors of {name}", or_none=True),)),
    )


def _popularity(name: str) -> tuple[Expected, ...]:
    return (
        Expected(f"{name}/counts", "f", ("articles", "windows"), (AMOUNT,)),
        Expected(f"{name}/as_of_ms", "i", ("1",), (MOMENT_MS,)),
    )


def _numbers(name: str, *shape: str, rule: Rule = ANY, infinite: bool = False) -> Expected:
    return Expected(name, "f", shape, (rule,), infinite)


_MODEL = (
    *ids("catalog/ids", "articles"),
    *strings("catalog/titles", "articles"),
    *strings("catalog/urls", "articles"),
    *strings("catalog/section_names", "sections"),
    *strings("catalog/region_names", "regions"),
    Expected("catalog/issued_ms", "i", ("articles",), (MOMENT_MS,)),
    Expected("catalog/section", "i", ("articles",), (index("sections", or_none=True),)),
    Expected("catalog/region", "i", ("articles",), (index("regions", or_none=True),)),
    *ids("readers/ids", "users"),
    Expected("readers/article", "iu", ("reads",), (index("articles"),)),
    Expected("readers/offsets", "iu", ("users+1",), (offsets("reads"),)),
    Expected("readers/time_s", "iu", ("reads",), (between(0, 4.2e9),)),
    Expected("readers/engagement", "f", ("reads",), (AMOUNT,)),
    Expected("readers/logged", "b", ("users",)),
    *_popularity("popularity"),
    *_popularity("anonymous/popularity"),
    *_popularity("logged/popularity"),
    *_popularity("semi_logged/popularity"),
    *_vectors("logged/als/items", "articles"),
    *_vectors("logged/als/users", "users"),
    *_vectors("logged/als/base_users", "users"),
    Expected("logged/als/gram", "f", ("factors", "factors"), (ANY,)),
    Expected("logged/als/n_base_items", "i", ("1",), (between(0, 1 << 31),)),
    *strings("logged/content/terms", "terms"),
    _numbers("logged/content/idf", "terms", rule=AMOUNT),
    Expected("logged/content/vectors.columns", "u", ("entries",), (index("terms"),)),
    Expected("logged/content/vectors.offsets", "i", ("articles+1",), (offsets("entries"),)),
    _numbers("logged/content/vectors.values", "entries", rule=between(0, 1.01)),
    _numbers("logged/strengths", "2", rule=between(0, 1e6)),
    Expected("semi_logged/clusters/counts", "f", ("groups", "articles", "windows"), (AMOUNT,)),
    Expected("semi_logged/clusters/group", "i", ("users",), (index("groups", or_none=True),)),
    Expected("semi_logged/clusters/liking", "f", ("kinds", "groups", "topics"), (AMOUNT,)),
    Expected("semi_logged/clusters/topics", "i", ("kinds", "articles"), (index("topics", or_none=True),)),
    _numbers("semi_logged/grouping/caps", "features", infinite=True),
    _numbers("semi_logged/grouping/mean", "features"),
    _numbers("semi_logged/grouping/scale", "features", rule=between(1e-12, 1 << 53)),
    _numbers("semi_logged/grouping/components", "components", "features"),
    _numbers("semi_logged/grouping/centroids", "groups", "components"),
    _numbers("semi_logged/strength", "1", rule=between(0, 1e6)),
    *strings("semi_logged/topics/sections", "sections of topics"),
    *strings("semi_logged/topics/regions", "regions of topics"),
)

_LIVE = (
    *strings("articles/ids", "numbers"),
    Expected("articles/first", "i", ("numbers",), (FAR_MS,)),
    Expected("articles/row_of", "i", ("numbers",), (index("rows", or_none=True),)),
    Expected("articles/section_of", "i", ("numbers",), (index("sections"),)),
    Expected("articles/number_in", "i", ("rows",), (index("numbers", or_none=True),)),
    Expected("articles/first_ms", "f", ("rows",), (FAR_MS,)),
    Expected("articles/last_ms", "f", ("rows",), (FAR_MS,)),
    Expected("articles/clicks", "i", ("rows",), (AMOUNT,)),
    Expected("articles/section", "i", ("rows",), (index("sections"),)),
    Expected("articles/free", "i", ("free",), (index("rows"), each_once, free_in("articles/number_in"))),
    Expected("articles/used", "i", ("1",), (index("rows+1"),)),
    Expected("readers/keys", "u", ("readers",), (each_once,)),
    Expected("readers/reads", "u", ("reads",), (index("numbers"),)),
    Expected("readers/lengths", "iu", ("readers",), (between(0, 1 << 20), adding_up("reads"))),
    Expected("readers/last_ms", "i", ("readers",), (FAR_MS,)),
    Expected("readers/before_ms", "i", ("readers",), (FAR_MS,)),
    Expected("readers/session", "u", ("readers",), (between(0, (1 << 32) - 1),)),
    Expected("readers/total", "iu", ("readers",), (between(0, 1 << 31),)),
    Expected("readers/depth", "iu", ("readers",), (between(0, 1 << 14),)),
    Expected("readers/referrer", "i", ("readers",), (between(0, 100),)),
    Expected("readers/taste_share", "f", ("readers",), (between(-1e3, 1e3),)),
    Expected("readers/taste_age", "f", ("readers",), (between(-1e3, 1e3),)),
    Expected("readers/first_ms", "i", ("readers",), (FAR_MS,)),
    Expected("readers/spent_ms", "i", ("readers",), (FAR_MS,)),
    Expected("readers/spent", "f", ("readers",), (AMOUNT,)),
    Expected("clusters/erased", "u", ("erased",)),
    Expected("shown/rows", "u", ("shown", "3")),
    Expected("sources/keys", "u", ("sources",), (each_once,)),
)


def _sparse(name: str, arrays: Arrays, *, pairs: bool) -> tuple[Expected, ...]:
    """The sums and totals of one part; the shape of the sums is itself an array."""
    arrays.check([Expected(f"{name}/sums.shape", "i", ("3",), (between(0, 1 << 20),))])
    windows, groups, rows = arrays.load(f"{name}/sums.shape").tolist()
    arrays.lengths[f"sums of {name}"] = windows * groups * rows
    arrays.lengths[f"rows of {name}"] = rows
    return (
        Expected(f"{name}/sums.places", "i", (f"values of {name}",), (index(f"sums of {name}"), rising)),
        Expected(f"{name}/sums.values", "f", (f"values of {name}",), (between(0, 1e30),)),
        Expected(f"{name}/totals", "f", (str(windows), str(rows if pairs else groups)), (between(0, 1e30),)),
    )
