"""The contact of one candidate: for holders of a token, recorded, never logged, deleted by an erasure."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from script_shared.recruiting.store.contacts import Contacts, digest_of
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.app.conftest import serving, until
from tests.app.recruiting.releases import ADMIN

pytestmark = pytest.mark.slow

ANNA = {"Authorization": "Bearer a-recruiters-token-of-a-test"}
PATH = "/recruiting/candidates/10001/contact"


@pytest.fixture
def settings(promoted: Settings) -> Settings:
    own = UseCaseSettings(
        viewers=SecretStr("anna=a-recruiters-token-of-a-test"),
        contact_key=SecretStr(Fernet.generate_key().decode()),
    )
    return promoted.model_copy(update={"by_use_case": {"recruiting": own}})


@pytest.fixture
def contacts(settings: Settings) -> Iterator[Contacts]:
    found = Contacts.of(settings)
    assert found is not None
    found.replace({"10001": {"names": ["Zuleica Rezende"], "phones": ["(11) 98765-4321"]}})
    yield found
    found.close()


def test_a_recruiter_reads_a_contact_and_an_admin_who_read_it(
    contacts: Contacts, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get(PATH, headers=ANNA)
        assert answer.json()["contact"]["names"] == ["Zuleica Rezende"]
        assert answer.headers["cache-control"] == "no-store"
        assert client.get(PATH, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get(PATH.replace("10001", "10002"), headers=ANNA).status_code == 404
    assert not [each for each in caplog.records if "Zuleica" in each.getMessage() or "98765" in each.getMessage()]
    assert client.get("/recruiting/access", headers=ANNA).status_code in (401, 403)
    looks = client.get("/recruiting/access", params={"candidate_id": "10001"}).json()["looks"]
    assert [(each["viewer"], each["candidate"], each["route"]) for each in looks] == [
        ("anna", digest_of("10001"), "GET /recruiting/candidates/{candidate_id}/contact")
    ]


def test_the_contact_of_an_erased_candidate_is_in_no_table_and_no_answer(
    contacts: Contacts, client: httpx.Client
) -> None:
    assert client.delete("/recruiting/candidates/10001").json() == {"erased": True}
    assert client.get(PATH).status_code == 404
    assert contacts.read("10001", "test", "test") is None


def test_without_a_key_there_are_no_contacts(promoted: Settings) -> None:
    with serving(promoted) as client:
        until(lambda: client.get("/ready?use_case=recruiting").status_code == 200)
        answer = client.get(PATH, headers=ADMIN)
    assert (answer.status_code, "PAUTA_RECRUITING_CONTACT_KEY" in answer.json()["detail"]) == (404, True)
