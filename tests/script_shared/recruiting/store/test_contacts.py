"""Contacts are encrypted in a table of their own, bound to their candidate, and every look is recorded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError
from sqlalchemy import text

from script_shared.addresses import sqlite_address
from script_shared.errors import UnavailableError
from script_shared.recruiting.store.contacts import Contacts, digest_of
from script_shared.recruiting.store.store import RecruitingStore
from script_shared.use_case_settings import UseCaseSettings

KEY, OTHER = (Fernet.generate_key().decode() for _ in range(2))
ANA = {"names": ["Zuleica Rezende"], "phones": ["(11) 98765-4321"]}


@pytest.fixture
def address(tmp_path: Path) -> str:
    return sqlite_address(tmp_path / "recruiting.db")


@pytest.fixture
def contacts(address: str) -> Iterator[Contacts]:
    found = Contacts(address, KEY)
    found.replace({"7": ANA, "8": {"names": ["Rui"]}})
    yield found
    found.close()


def test_a_contact_is_read_by_its_candidate_and_no_file_shows_it(contacts: Contacts, tmp_path: Path) -> None:
    assert contacts.read("7", "anna", "GET /x") == ANA
    assert contacts.read("9", "anna", "GET /x") is None
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("recruiting.db*"))
    assert b"recruiting_contacts" in stored
    for secret in (b"Zuleica", b"98765"):
        assert secret not in stored


def test_every_look_is_recorded_by_token_route_and_digest(contacts: Contacts) -> None:
    contacts.read("7", "anna", "GET /x")
    contacts.read("9", "anna", "GET /x")  # there is no contact to read
    contacts.read("8", "rui", "GET /x")
    assert [(each["viewer"], each["candidate"]) for each in contacts.looks()] == [
        *(("rui", digest_of("8")), ("anna", digest_of("7"))),
    ]
    assert [each["viewer"] for each in contacts.looks("7")] == ["anna"]
    newest = contacts.looks(limit=1)[0]["number"]
    assert [each["viewer"] for each in contacts.looks(before=newest)] == ["anna"]


def test_no_contact_is_returned_while_the_look_cannot_be_recorded(contacts: Contacts) -> None:
    with contacts._connection.transaction() as connection:
        connection.execute(text("DROP TABLE recruiting_access"))
    with pytest.raises(UnavailableError):
        contacts.read("7", "anna", "GET /x")


def test_a_contact_in_the_row_of_another_candidate_is_refused(contacts: Contacts) -> None:
    with contacts._connection.transaction() as connection:
        moved = "SELECT content FROM recruiting_contacts WHERE candidate_id = '7'"
        connection.execute(text(f"UPDATE recruiting_contacts SET content = ({moved}) WHERE candidate_id = '8'"))
    with pytest.raises(UnavailableError, match="does not belong to its candidate"):
        contacts.read("8", "anna", "GET /x")


def test_a_key_is_changed_by_putting_the_new_one_first(contacts: Contacts, address: str) -> None:
    both, new = Contacts(address, f"{OTHER}, {KEY}"), Contacts(address, OTHER)
    with pytest.raises(UnavailableError, match="cannot be read with this key") as caught:
        new.read("7", "anna", "GET /x")
    assert OTHER not in str(caught.value)
    assert both.read("7", "anna", "GET /x") == ANA
    both.replace({"7": ANA})
    assert new.read("7", "anna", "GET /x") == ANA
    for each in (both, new):
        each.close()


def test_an_erased_candidate_has_no_contact(contacts: Contacts, address: str) -> None:
    store = RecruitingStore(address)
    store.erase_candidate("7")
    assert contacts.read("7", "anna", "GET /x") is None
    assert store.erase_candidates(lambda ids: [each == "8" for each in ids]) == 1
    assert contacts.read("8", "anna", "GET /x") is None
    store.close()


@pytest.mark.parametrize("key", ["", "short", "ã" * 44, f"{KEY},short"], ids=["empty", "short", "letters", "second"])
def test_an_invalid_key_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(ValidationError, match="32 bytes"):
        UseCaseSettings(contact_key=key)  # type: ignore[arg-type]
