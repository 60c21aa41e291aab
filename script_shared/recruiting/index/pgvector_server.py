"""A PostgreSQL with pgvector as an index server."""

from script_shared.recruiting.index.pgvector import Database, PgvectorIndex, table_of


class PgvectorServer:
    """The interface of ``IndexServer`` over one database."""

    def __init__(self, address: str, seconds: int = 0) -> None:
        self._address, self._seconds = address, seconds
        self._database = Database(address, seconds)

    def make(self, name: str, width: int, encoder: str) -> PgvectorIndex:
        """An empty index to fill and finish; an index of the same name is dropped."""
        self.drop(name)
        return PgvectorIndex(Database(self._address, self._seconds), name, width, encoder, bulk=True)

    def open(self, name: str, width: int, encoder: str) -> PgvectorIndex | None:
        """A complete index, None if there is none."""
        if name not in self._names("where complete"):
            return None
        return PgvectorIndex(Database(self._address, self._seconds), name, width, encoder)

    def names(self) -> list[str]:
        """The names of all indexes, complete or not."""
        return self._names("")

    def _names(self, which: str) -> list[str]:
        with self._database.cursor() as cursor:
            cursor.execute("select to_regclass('recruiting_indexes')")
            if cursor.fetchone()[0] is None:
                return []
            cursor.execute(f"select name from recruiting_indexes {which} order by name")
            return [str(row[0]) for row in cursor.fetchall()]

    def drop(self, name: str) -> None:
        """Remove an index, if it exists."""
        if name in self.names():
            with self._database.cursor() as cursor:
                cursor.execute(f"drop table if exists {table_of(name)}")
                cursor.execute("delete from recruiting_indexes where name = %s", (name,))

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
