"""The rules for the arrays of a news release, checked before it is served.

A damaged file with the right checksum passes every other door: its numbers only show when a request meets them, as an
error, a crash, or a list of nonsense.
"""

from pathlib import Path

from script_shared.news.array_rules import (
    Arrays,
    ArraySpec,
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


def _vectors(name: str, size: str) -> tuple[ArraySpec, ...]:
    return (
        ArraySpec(f"{name}.rows", "iu", (f"vectors of {name}",), (index(size), each_once)),
        ArraySpec(f"{name}.vectors", "f", (f"vectors of {name}", "factors"), (FACTOR,)),
        ArraySpec(f"{name}.place", "i", (size,), (index(f"vectors of {name}", or_none=True),)),
    )


def _popularity(name: str) -> tuple[ArraySpec, ...]:
    return (
        ArraySpec(f"{name}/counts", "f", ("articles", "windows"), (AMOUNT,)),
        ArraySpec(f"{name}/as_of_ms", "i", ("1",), (MOMENT_MS,)),
    )


def _numbers(name: str, *shape: str, rule: Rule = ANY, infinite: bool = False) -> ArraySpec:
    return ArraySpec(name, "f", shape, (rule,), infinite)


_MODEL = (
    *ids("catalog/ids", "articles"),
    *strings("catalog/titles", "articles"),
    *strings("catalog/urls", "articles"),
    *strings("catalog/section_names", "sections"),
    *strings("catalog/region_names", "regions"),
    ArraySpec("catalog/issued_ms", "i", ("articles",), (MOMENT_MS,)),
    ArraySpec("catalog/section", "i", ("articles",), (index("sections", or_none=True),)),
    ArraySpec("catalog/region", "i", ("articles",), (index("regions", or_none=True),)),
    *ids("readers/ids", "users"),
    ArraySpec("readers/article", "iu", ("reads",), (index("articles"),)),
    ArraySpec("readers/offsets", "iu", ("users+1",), (offsets("reads"),)),
    ArraySpec("readers/time_s", "iu", ("reads",), (between(0, 4.2e9),)),
    ArraySpec("readers/engagement", "f", ("reads",), (AMOUNT,)),
    ArraySpec("readers/logged", "b", ("users",)),
    *_popularity("popularity"),
    *_popularity("anonymous/popularity"),
    *_popularity("logged/popularity"),
    *_popularity("semi_logged/popularity"),
    *_vectors("logged/als/items", "articles"),
    *_vectors("logged/als/users", "users"),
    *_vectors("logged/als/base_users", "users"),
    ArraySpec("logged/als/gram", "f", ("factors", "factors"), (ANY,)),
    ArraySpec("logged/als/n_base_items", "i", ("1",), (between(0, 1 << 31),)),
    *strings("logged/content/terms", "terms"),
    _numbers("logged/content/idf", "terms", rule=AMOUNT),
    ArraySpec("logged/content/vectors.columns", "u", ("entries",), (index("terms"),)),
    ArraySpec("logged/content/vectors.offsets", "i", ("articles+1",), (offsets("entries"),)),
    _numbers("logged/content/vectors.values", "entries", rule=between(0, 1.01)),
    _numbers("logged/strengths", "2", rule=between(0, 1e6)),
    ArraySpec("semi_logged/clusters/counts", "f", ("groups", "articles", "windows"), (AMOUNT,)),
    ArraySpec("semi_logged/clusters/group", "i", ("users",), (index("groups", or_none=True),)),
    ArraySpec("semi_logged/clusters/liking", "f", ("kinds", "groups", "topics"), (AMOUNT,)),
    ArraySpec("semi_logged/clusters/topics", "i", ("kinds", "articles"), (index("topics", or_none=True),)),
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
    ArraySpec("articles/first", "i", ("numbers",), (FAR_MS,)),
    ArraySpec("articles/row_of", "i", ("numbers",), (index("rows", or_none=True),)),
    ArraySpec("articles/section_of", "i", ("numbers",), (index("sections"),)),
    ArraySpec("articles/number_in", "i", ("rows",), (index("numbers", or_none=True),)),
    ArraySpec("articles/first_ms", "f", ("rows",), (FAR_MS,)),
    ArraySpec("articles/last_ms", "f", ("rows",), (FAR_MS,)),
    ArraySpec("articles/clicks", "i", ("rows",), (AMOUNT,)),
    ArraySpec("articles/section", "i", ("rows",), (index("sections"),)),
    ArraySpec("articles/free", "i", ("free",), (index("rows"), each_once, free_in("articles/number_in"))),
    ArraySpec("articles/used", "i", ("1",), (index("rows+1"),)),
    ArraySpec("readers/keys", "u", ("readers",), (each_once,)),
    ArraySpec("readers/reads", "u", ("reads",), (index("numbers"),)),
    ArraySpec("readers/lengths", "iu", ("readers",), (between(0, 1 << 20), adding_up("reads"))),
    ArraySpec("readers/last_ms", "i", ("readers",), (FAR_MS,)),
    ArraySpec("readers/before_ms", "i", ("readers",), (FAR_MS,)),
    ArraySpec("readers/session", "u", ("readers",), (between(0, (1 << 32) - 1),)),
    ArraySpec("readers/total", "iu", ("readers",), (between(0, 1 << 31),)),
    ArraySpec("readers/depth", "iu", ("readers",), (between(0, 1 << 14),)),
    ArraySpec("readers/referrer", "i", ("readers",), (between(0, 100),)),
    ArraySpec("readers/taste_share", "f", ("readers",), (between(-1e3, 1e3),)),
    ArraySpec("readers/taste_age", "f", ("readers",), (between(-1e3, 1e3),)),
    ArraySpec("readers/first_ms", "i", ("readers",), (FAR_MS,)),
    ArraySpec("readers/spent_ms", "i", ("readers",), (FAR_MS,)),
    ArraySpec("readers/spent", "f", ("readers",), (AMOUNT,)),
    ArraySpec("clusters/erased", "u", ("erased",)),
    ArraySpec("shown/rows", "u", ("shown", "3")),
    ArraySpec("sources/keys", "u", ("sources",), (each_once,)),
)


def _sparse(name: str, arrays: Arrays, *, pairs: bool) -> tuple[ArraySpec, ...]:
    """The sums and totals of one part; the shape of the sums is itself an array."""
    arrays.check([ArraySpec(f"{name}/sums.shape", "i", ("3",), (between(0, 1 << 20),))])
    windows, groups, rows = arrays.load(f"{name}/sums.shape").tolist()
    arrays.lengths[f"sums of {name}"] = windows * groups * rows
    arrays.lengths[f"rows of {name}"] = rows
    return (
        ArraySpec(f"{name}/sums.places", "i", (f"values of {name}",), (index(f"sums of {name}"), rising)),
        ArraySpec(f"{name}/sums.values", "f", (f"values of {name}",), (between(0, 1e30),)),
        ArraySpec(f"{name}/totals", "f", (str(windows), str(rows if pairs else groups)), (between(0, 1e30),)),
    )
