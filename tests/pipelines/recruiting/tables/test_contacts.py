"""Contacts of the files: encrypted into their table where there is a key, else dropped at the first step."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from pipelines import erasures
from pipelines.recruiting.tables import contacts as contacts_table
from pipelines.recruiting.use_case import RECRUITING
from pipelines.use_case import Context
from script_shared.recruiting.store.contacts import Contacts
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.pipelines.recruiting.conftest import candidate, do, make_context, prospect, vacancy, write_agency
from tests.pipelines.recruiting.test_erasure import erase

KEY = Fernet.generate_key().decode()


def with_key(context: Context, key: str | None = KEY) -> Context:
    own = UseCaseSettings(contact_key=SecretStr(key) if key else None)
    settings = context.settings.model_copy(update={"by_use_case": {"recruiting": own}})
    return RECRUITING.context(settings, context.run.run_id, context.options, context.params)


def agency(tmp_path: Path, run: str = "run-1", **options: Any) -> Context:
    people = {"7": candidate(email="zu@x.com", telefone_celular="(11) 98765-4321"), "8": candidate(name="Rui Prado")}
    if not (tmp_path / "in").exists():
        write_agency(tmp_path / "in", {"1": vacancy()}, people, {"1": [prospect("7"), prospect("8")]})
    return make_context(tmp_path, run=run, source="json", source_path=tmp_path / "in", **options)


def stored(context: Context) -> Contacts:
    found = Contacts.of(with_key(context).settings)
    assert found is not None
    return found


def test_contacts_are_kept_encrypted_and_no_file_of_a_run_has_them(tmp_path: Path) -> None:
    context = with_key(agency(tmp_path))
    do(context, "landing", "refine")
    contacts = stored(context)
    found = contacts.read("7", "test", "test")
    assert found is not None
    assert (found["names"], found["emails"], found["phones"], found["birth_date"]) == (
        *(["Zuleica Rezende"], ["zu@x.com"], ["(11) 98765-4321"]),
        ["12-03-1985"],
    )
    contacts.close()
    for file in context.settings.data_dir.rglob("*"):
        if file.is_file():
            assert b"zu@x.com" not in file.read_bytes()


def test_erased_candidates_are_left_out_and_a_removed_key_removes_all(tmp_path: Path) -> None:
    context = with_key(agency(tmp_path))
    erase(context, "8")
    assert do(context, "landing")["contacts"] == 1
    contacts = stored(context)
    assert contacts.read("8", "test", "test") is None
    do(with_key(agency(tmp_path, "run-2"), None), "landing")
    assert contacts.read("7", "test", "test") is None
    assert do(with_key(agency(tmp_path, "run-3")), "landing")["contacts"] == 1  # the input is read again
    assert contacts.read("7", "test", "test") is not None
    contacts.close()


def test_a_candidate_who_is_erased_while_contacts_are_written_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, read = with_key(agency(tmp_path)), erasures.erased_digests

    def erased_after_it_was_read(settings: Settings) -> frozenset[str]:
        found = read(settings)
        erase(context, "8")
        return found

    monkeypatch.setattr(contacts_table, "erased_digests", erased_after_it_was_read)
    contacts_table.keep_contacts(context, {"7": {"names": ["Ana"]}, "8": {"names": ["Rui"]}})
    contacts = stored(context)
    assert contacts.read("7", "test", "test") == {"names": ["Ana"]}
    assert contacts.read("8", "test", "test") is None
    contacts.close()


def test_contacts_have_the_ids_of_the_refined_candidates(tmp_path: Path) -> None:
    context = with_key(agency(tmp_path))
    given = {name: {"names": ["Ana"]} for name in (" 7 ", "", "x" * 65, "9\x00")}
    assert contacts_table.keep_contacts(context, given) == 1  # PostgreSQL refuses the others
    contacts = stored(context)
    assert contacts.read("7", "test", "test") == {"names": ["Ana"]}
    contacts.close()


def test_contacts_of_mapped_columns_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "vacancies.csv").write_text("vacancy_id,title,asked_on\n1,Consultor SAP,2024-01-02\n")
    (folder / "candidates.csv").write_text("candidate_id,cv_text,nome\n7,Java,Zuleica Rezende\n8,SAP,\n")
    (folder / "applications.csv").write_text("candidate_id,vacancy_id,applied_on\n7,1,2024-02-03\n")
    context = with_key(
        make_context(tmp_path, 'files.columns = ["candidates.name = nome"]', source="files", source_path=folder)
    )
    assert do(context, "landing")["contacts"] == 1
    contacts = stored(context)
    assert contacts.read("7", "test", "test") == {"names": ["Zuleica Rezende"]}
    contacts.close()


def test_generated_people_have_contacts_too(tmp_path: Path) -> None:
    assert do(with_key(make_context(tmp_path)), "landing")["contacts"] > 100
