"""CSV files in which a spreadsheet reads no cell as a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

CSV_TOO: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}  # OpenAPI
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet reads a text that begins with one of these as a formula


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV.

    Args:
        rows: the header first; cells that a spreadsheet would take for a formula get an apostrophe.

    >>> csv_text([["ra", "group"], ["RA-1", "=1+1"]])
    "ra,group\\r\\nRA-1,'=1+1\\r\\n"
    """
    text = StringIO()
    csv.writer(text).writerows([_safe(value) for value in row] for row in rows)
    return text.getvalue()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
