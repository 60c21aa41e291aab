"""Contacts of candidates, encrypted in a table of their own, and who read one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from script_shared.clock import wall_ms
from script_shared.errors import SettingsError, UnavailableError
from script_shared.events.entry import user_digest
from script_shared.recruiting.erasure import person_name
from script_shared.recruiting.store.migrate import migrate
from script_shared.recruiting.store.schema import ACCESS, CONTACTS
from script_shared.settings import Settings
from script_shared.storage.tables import TableConnection, tables_address
from script_shared.use_case_settings import variable

VARIABLE = variable("recruiting", "contact_key")
Contact = Mapping[str, str | Sequence[str]]  # such as {"name": "Ana", "phones": ["(11) 98765-4321"]}
AT_ONCE = 1_000  # rows of one statement


class Contacts:
    """Args:
    uri: an SQLAlchemy address of the recruiting tables.
    key: Fernet keys, separated by commas: the first one encrypts, all of them decrypt.
    """

    def __init__(self, uri: str, key: str) -> None:
        self._connection, self._cipher = TableConnection(uri, "recruiting", migrate, durable=True), _cipher(key)

    @classmethod
    def of(cls, settings: Settings) -> "Contacts | None":
        """The contacts of an installation, None if contacts are dropped.

        Args:
            settings: have the key, and say where the tables are.
        """
        key = settings.of("recruiting").contact_key
        return cls(tables_address(settings, "recruiting"), key.get_secret_value()) if key else None

    def replace(self, contacts: Mapping[str, Contact]) -> None:
        """Replace all contacts with these, by candidate.

        Args:
            contacts: as they are read from files; they are encrypted here.

        Raises:
            UnavailableError: the table cannot be written.
        """
        rows = [{"candidate_id": name, "content": self._encrypt(name, each)} for name, each in contacts.items()]
        with self._connection.transaction() as connection:
            connection.execute(delete(CONTACTS))
            for start in range(0, len(rows), AT_ONCE):
                connection.execute(insert(CONTACTS), rows[start : start + AT_ONCE])

    def read(self, candidate: str, viewer: str, route: str) -> dict[str, Any] | None:
        """A candidate's contact, None where there is none; the access record gets an entry first.

        Args:
            candidate: id of the candidate.
            viewer: name of the token.
            route: method and template of the route.

        Returns:
            the fields of the contact, decrypted.

        Raises:
            UnavailableError: it cannot be read with this key, or the look cannot be recorded.
        """
        with self._connection.transaction() as connection:
            stored = connection.scalar(select(CONTACTS.c.content).where(CONTACTS.c.candidate_id == candidate))
            if stored is None:
                return None
            look = {"at_ms": wall_ms(), "viewer": viewer, "route": route, "candidate": digest_of(candidate)}
            connection.execute(insert(ACCESS), [look])
        return self._decrypt(candidate, stored)

    def looks(self, candidate: str | None = None, before: int | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """Who read which contact, newest first.

        Args:
            candidate: only looks at this one.
            before: only rows with a lower number, for the next page.
            limit: rows at most.

        Returns:
            the columns of ``ACCESS`` by name; the candidate as a digest.
        """
        wanted = [] if before is None else [ACCESS.c.number < before]
        wanted += [] if candidate is None else [ACCESS.c.candidate == digest_of(candidate)]
        query = select(ACCESS).where(*wanted).order_by(ACCESS.c.number.desc()).limit(limit)
        with self._connection.transaction() as connection:
            found = connection.execute(query).mappings()
            return [{str(name): value for name, value in row.items()} for row in found]  # plain texts, not SQLAlchemy's

    def is_empty(self) -> bool:
        """Whether there are no contacts.

        Raises:
            UnavailableError: the table cannot be read.
        """
        with self._connection.transaction() as connection:
            return connection.execute(select(CONTACTS.c.candidate_id).limit(1)).first() is None

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _encrypt(self, candidate: str, contact: Contact) -> str:
        content = json.dumps([candidate, contact], ensure_ascii=False).encode()
        return str(self._cipher.encrypt(content).decode())

    def _decrypt(self, candidate: str, stored: str) -> dict[str, Any]:
        from cryptography.fernet import InvalidToken

        try:
            name, contact = json.loads(self._cipher.decrypt(stored.encode()))
        except InvalidToken as error:
            raise UnavailableError("a contact cannot be read with this key.", fix=f"Check {VARIABLE}.") from error
        if name != candidate:  # somebody moved it to another row
            raise UnavailableError("a contact does not belong to its candidate.", fix="Run the data pipeline again.")
        return dict(contact)


def digest_of(candidate: str) -> str:
    """The digest of a candidate in the access record: 32 hex characters."""
    return user_digest(person_name(candidate))


def _cipher(key: str) -> Any:
    from cryptography.fernet import Fernet, MultiFernet

    try:
        return MultiFernet([Fernet(part.strip()) for part in key.split(",")])
    except ValueError as error:
        message = f"{VARIABLE} is not a Fernet key."
        raise SettingsError(
            message, fix="See docs/recruiting.md, Contacts; separate several keys by commas."
        ) from error
