"""Small codes for sessions, regions and devices that events and files give as texts or large numbers."""

from collections.abc import Mapping
from hashlib import blake2b

import polars as pl

FIRST_CODE, LAST_CODE = 10_000, 32_767  # of texts that are no number; below are the codes of sources that send numbers


def session_numbers(sessions: pl.Series) -> pl.Series:
    """Int64: a session that is a whole number is that number, another text a stable one, none is null.

    Args:
        sessions: String (n).

    Returns:
        Int64 (n); the same text gives the same number in every run.

    >>> session_numbers(pl.Series(["17", "", None])).to_list()
    [17, None, None]
    """
    names = sessions.drop_nulls().unique()
    numbers = names.cast(pl.Int64, strict=False)
    made = [_stable(name) if number is None and name else number for name, number in zip(names, numbers, strict=True)]
    return sessions.replace_strict(names, pl.Series(made, dtype=pl.Int64), default=None, return_dtype=pl.Int64)


def _stable(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


def number_texts(numbers: pl.Series) -> pl.Series:
    """Whole numbers of any size as texts; -1 is none, so it becomes null.

    Args:
        numbers: integers (n).

    Returns:
        String (n).

    >>> number_texts(pl.Series([7, -1, None, 70_000])).to_list()
    ['7', None, None, '70000']
    """
    return numbers.cast(pl.String).replace("-1", None)


def whole_sessions(sessions: pl.Series) -> pl.Series:
    """Int64: sessions that are whole numbers of any size and sign, null for none; -1 is none.

    Args:
        sessions: integers (n).

    Returns:
        Int64 (n).

    >>> whole_sessions(pl.Series([-7, -1, None])).to_list()
    [-7, None, None]
    """
    fitting = sessions.cast(pl.Int64, strict=False)
    if fitting.null_count() > sessions.null_count():  # unsigned numbers beyond 63 bits
        return session_numbers(number_texts(sessions))
    return fitting.replace(-1, None)


def label_codes(labels: pl.Series, known: Mapping[str, int] | None = None) -> tuple[pl.Series, dict[str, int]]:
    """Int16 code of each label, null for none, and the codes of those that are texts.

    A label that is a whole number below ``FIRST_CODE`` is its own code, so that it agrees with files that hold codes;
    texts count up from there in alphabetical order. Labels beyond the last code are null.

    Args:
        labels: String (n); "" and null are none.
        known: codes of texts that other rows have already; they stay, and the returned ones hold them, too.

    Returns:
        Int16 (n), and the code of each label that is a text, by label.

    >>> codes, names = label_codes(pl.Series(["sp", "21", "", "rj"]))
    >>> codes.to_list(), names
    ([10001, 21, None, 10000], {'rj': 10000, 'sp': 10001})
    """
    numbers = labels.cast(pl.Int16, strict=False)
    own = numbers.is_between(0, FIRST_CODE - 1).fill_null(False)
    names, texts = dict(known or {}), labels.filter(~own & (labels != "")).drop_nulls().unique().sort().to_list()
    new = (text for text in texts if text not in names)
    names |= {text: code for code, text in zip(range(FIRST_CODE + len(names), LAST_CODE + 1), new, strict=False)}
    coded = labels.replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.Int16)
    return numbers.zip_with(own, coded), names
