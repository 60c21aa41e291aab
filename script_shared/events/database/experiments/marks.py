"""Marks of experiments, in a table of their own: lists without one cost nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select

from script_shared.events.database.schema import MARKS
from script_shared.events.served_list import ServedList, pack_numbers, unpack_numbers
from script_shared.experiments.mark import Mark

_AT_ONCE = 1_000  # answers in one statement


@dataclass
class Marks:
    """Marks of some answers, as rows.

    Attributes:
        numbers: of the pages that they name.
    """

    rows: dict[bytes, list[tuple[Row[Any], list[int]]]] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)

    def add(self, row: Row[Any]) -> None:
        """Keep a row."""
        pages = list(unpack_numbers(row.pages))
        self.numbers.update(pages)
        self.rows.setdefault(bytes(row.answer), []).append((row, pages))

    def of(self, answer: bytes, names: Mapping[int, str]) -> tuple[Mark, ...]:
        """The marks of an answer, with the pages that the numbers name."""
        return tuple(
            Mark(
                row.experiment,
                row.variant,
                row.micros,
                bool(row.fallback),
                bytes(row.owners),
                tuple(names.get(number, "") for number in pages),
            )
            for row, pages in self.rows.get(answer, ())
        )


def marked_pages(lists: Sequence[ServedList]) -> set[str]:
    """The pages that marks name.

    Args:
        lists: with their marks.
    """
    return {page for one in lists for mark in one.marks for page in mark.pages}


def write_marks(
    connection: Connection, insert: Callable[..., Any], lists: Sequence[ServedList], numbers: Mapping[str, int]
) -> None:
    """Write the marks of lists.

    Args:
        connection: in a transaction, which the caller commits.
        insert: the dialect's INSERT.
        lists: with their marks.
        numbers: the number of every page that the marks name.
    """
    rows = [
        {
            "answer": one.key,
            "experiment": mark.experiment,
            "variant": mark.variant,
            "time_ms": one.time_ms,
            "micros": mark.micros,
            "fallback": int(mark.fallback),
            "owners": mark.owners,
            "pages": pack_numbers([numbers[page] for page in mark.pages]),
        }
        for one in lists
        for mark in one.marks
    ]
    if rows:
        connection.execute(insert(MARKS).on_conflict_do_nothing(), rows)


def read_marks(connection: Connection, answers: Sequence[bytes]) -> Marks:
    """The marks of these answers.

    Args:
        connection: in a transaction.
        answers: keys of answers.
    """
    found = Marks()
    if not answers or connection.scalar(select(MARKS.c.answer).limit(1)) is None:
        return found
    for start in range(0, len(answers), _AT_ONCE):
        query = select(MARKS).where(MARKS.c.answer.in_(answers[start : start + _AT_ONCE]))
        for row in connection.execute(query.order_by(MARKS.c.experiment)):
            found.add(row)
    return found


def delete_marks(connection: Connection, answers: Select[Any]) -> None:
    """Delete the marks of the answers that a query selects.

    Args:
        connection: in a transaction, which the caller commits.
        answers: selects keys of answers.
    """
    connection.execute(delete(MARKS).where(MARKS.c.answer.in_(answers)))


def prune_marks(connection: Connection, before_ms: int) -> None:
    """Delete the marks of lists served before a moment.

    Args:
        connection: in a transaction, which the caller commits.
        before_ms: the moment, epoch milliseconds.
    """
    connection.execute(delete(MARKS).where(MARKS.c.time_ms < before_ms))


def marked_between(connection: Connection, experiment: str) -> tuple[int, int]:
    """When the first and the last list of an experiment were served.

    Args:
        connection: in a transaction.
        experiment: its name.

    Returns:
        epoch milliseconds of both, 0 for none.
    """
    times = select(func.min(MARKS.c.time_ms), func.max(MARKS.c.time_ms)).where(MARKS.c.experiment == experiment)
    first, last = connection.execute(times).one()
    return int(first or 0), int(last or 0)
