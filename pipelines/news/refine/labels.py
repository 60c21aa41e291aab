"""Numbers for what events say in words: sessions, regions and devices."""

from hashlib import blake2b

import polars as pl

FIRST_CODE, LAST_CODE = 10_000, 32_767  # of texts that are no number; below are the codes of sources that send numbers


def session_numbers(sessions: pl.Series) -> pl.Series:
    """Int64: a session that is a whole number is that number, another text a stable one, none is null.

    >>> session_numbers(pl.Series(["17", "", None])).to_list()
    [17, None, None]
    """
    names = sessions.drop_nulls().unique()
    numbers = names.cast(pl.Int64, strict=False)
    made = [_stable(name) if number is None and name else number for name, number in zip(names, numbers, strict=True)]
    return sessions.replace_strict(names, pl.Series(made, dtype=pl.Int64), default=None, return_dtype=pl.Int64)


def _stable(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


def label_codes(labels: pl.Series) -> tuple[pl.Series, dict[str, int]]:
    """Int16 code of each label, null for none, and the codes of those that are texts.

    A label that is a whole number below ``FIRST_CODE`` is its own code, so that it agrees with files that hold codes;
    texts count up from there in alphabetical order. Labels beyond the last code are null.

    >>> codes, names = label_codes(pl.Series(["sp", "21", "", "rj"]))
    >>> codes.to_list(), names
    ([10001, 21, None, 10000], {'rj': 10000, 'sp': 10001})
    """
    numbers = labels.cast(pl.Int16, strict=False)
    own = numbers.is_between(0, FIRST_CODE - 1).fill_null(False)
    texts = labels.filter(~own & (labels != "")).drop_nulls().unique().sort()[: LAST_CODE - FIRST_CODE + 1].to_list()
    names = {text: FIRST_CODE + place for place, text in enumerate(texts)}
    coded = labels.replace_strict(texts, list(names.values()), default=None, return_dtype=pl.Int16)
    return numbers.zip_with(own, coded), names
