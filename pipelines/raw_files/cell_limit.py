"""Python's limit on the length of a CSV cell belongs to the whole process; here it is set for one read."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cell_limit(characters: int) -> Iterator[None]:
    """Lets ``csv.reader`` read cells of up to so many characters; restores the former limit afterwards.

    Args:
        characters: the limit, which holds for all threads of the process.
    """
    before = csv.field_size_limit(characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)
