"""Numbers as people read them."""

import math
from typing import Any

_SWAP = str.maketrans(",.", ".,")


def number(value: Any, language: str = "en") -> str:
    """A value as text: thousands separated, four significant digits, a dash for what is missing.

    Args:
        value: a number; other values become their text.
        language: ``pt`` separates decimals by a comma.

    >>> number(1234567), number(0.123456), number(None), number("logged"), number(1234.5, "pt")
    ('1,234,567', '0.1235', '–', 'logged', '1.234')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:,.0f}" if isinstance(value, int) or abs(value) >= 1000 else f"{value:.4g}"
    return text.translate(_SWAP) if language == "pt" else text


def percent(value: float | None, language: str = "en") -> str:
    """A share in per cent, with one decimal below ten.

    >>> percent(0.0421), percent(0.5), percent(None), percent(0.0421, "pt")
    ('4.2%', '50%', '–', '4,2%')
    """
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:.0%}" if value == 0 or abs(value) >= 0.0995 else f"{value:.1%}"
    return text.translate(_SWAP) if language == "pt" else text
