"""Evaluation figures by release, in the tables of the use case."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from script_shared.recruiting.store.migrate import migrate
from script_shared.recruiting.store.schema import FIGURES
from script_shared.storage.tables import TableConnection


class FigureStore:
    """Args:
    uri: an SQLAlchemy address.
    """

    def __init__(self, uri: str) -> None:
        self._connection = TableConnection(uri, "recruiting", migrate, durable=True)

    def put(self, release: str, evaluated_at: str, figures: Sequence[Mapping[str, Any]]) -> None:
        """Write the figures of a release; they replace earlier ones.

        Args:
            release: its version.
            evaluated_at: ISO time.
            figures: model, metric, value, low, high (None where it could not be measured) and cases of each.

        Raises:
            UnavailableError: the database cannot be used.
        """
        own = {"release": release, "evaluated_at": evaluated_at}
        names = ("model", "metric", "value", "low", "high", "cases")
        rows = [{**own, **{name: each[name] for name in names}} for each in figures]
        with self._connection.transaction() as connection:
            connection.execute(delete(FIGURES).where(FIGURES.c.release == release))
            if rows:
                connection.execute(insert(FIGURES), rows)

    def of(self, release: str) -> list[dict[str, Any]]:
        """The figures of a release, by model and metric.

        Args:
            release: version of the release.

        Returns:
            the columns of ``FIGURES`` by name.

        Raises:
            UnavailableError: the database cannot be used.
        """
        wanted = select(FIGURES).where(FIGURES.c.release == release).order_by(FIGURES.c.model, FIGURES.c.metric)
        with self._connection.transaction() as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
