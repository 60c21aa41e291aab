"""POST /events notes where an event is from: signed by the site, from an answer; the network, never an address."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.main import create_app
from app.news.events.event_proof import EventProof
from app.news.service import news_of
from script_shared.errors import SettingsError, UnavailableError
from script_shared.events import Entry, EventLog
from script_shared.events.database.day_keys import DayKeyTable
from script_shared.events.signature import HEADER, sign
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, Store, release_of, serving, until

OLD, NEW = "the key until yesterday", "the key from today on"


@contextlib.contextmanager
def site(store: Store, **settings: Any) -> Iterator[httpx.Client]:
    store.promote("v1")
    with serving(store.settings.model_copy(update=settings)) as client:
        until(lambda: release_of(client) == "v1")
        yield client


def send(client: httpx.Client, key: str | None = None, header: str | None = None, **event: Any) -> httpx.Response:
    body = json.dumps({"event_id": "e1", "user_id": "ana", "page": "a20", **event}).encode()
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers[HEADER] = sign(key, body, int(time.time()))
    if header is not None:
        headers[HEADER] = header
    return client.post("/events", content=body, headers=headers)


def written(store: Store) -> list[Entry]:
    return EventLog(store.settings.events_address).tail(0)


def test_a_post_looks_up_no_key_while_the_log_has_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[int] = []

    def unreachable(table: DayKeyTable, day: int) -> tuple[bytes, bytes]:
        days.append(day)
        raise UnavailableError("the event log cannot be used.", fix="Wait.")

    monkeypatch.setattr("app.news.events.day_keys.PAUSE_SECONDS", 3600.0)
    monkeypatch.setattr(DayKeyTable, "of", unreachable)
    with site(store) as client:
        until(lambda: len(days) == 2)  # at the start, and of the watch
        assert [send(client, event_id=f"e{number}").status_code for number in range(3)] == [200] * 3
    assert len(days) == 2


def test_a_click_carries_its_network_and_no_address(store: Store) -> None:
    with site(store) as client:
        assert send(client).status_code == 200
    (entry,) = written(store)
    assert "proof" not in entry.body
    assert len(entry.body["network"]) == 8
    assert "127" not in json.dumps(entry.body)


@pytest.mark.parametrize("key", [OLD, NEW])
def test_a_click_signed_with_any_of_the_keys_is_noted_as_signed(store: Store, key: str) -> None:
    with site(store, events_key=SecretStr(f"{OLD}, {NEW}")) as client:
        assert send(client, key).status_code == 200
    assert [entry.body for entry in written(store)] == [{"proof": "signed"}]


@pytest.mark.parametrize(("token", "body"), [(TOKEN, {"proof": "signed"}), ("another-token-of-nobody", None)])
def test_a_click_with_the_token_of_an_operator_counts_as_signed(
    store: Store, token: str, body: dict[str, str] | None
) -> None:
    with site(store, admin_token=SecretStr(TOKEN)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert send(client).status_code == 200
    (entry,) = written(store)
    assert entry.body == (body or {"network": entry.body.get("network")})


@pytest.mark.parametrize(("unsigned", "proof"), [(None, "unsigned"), ("discount", "unsigned"), ("count", None)])
def test_where_there_is_a_key_unsigned_clicks_count_less_unless_a_setting_says_otherwise(
    store: Store, unsigned: str | None, proof: str | None
) -> None:
    with site(store, events_key=SecretStr(NEW), unsigned_events=unsigned) as client:
        assert send(client).status_code == 200
    assert [entry.body.get("proof") for entry in written(store)] == [proof]


def test_unsigned_clicks_are_refused_where_the_setting_says_so(store: Store) -> None:
    with site(store, events_key=SecretStr(NEW), unsigned_events="refuse") as client:
        answer = send(client)
        assert (answer.status_code, HEADER in answer.json()["detail"]) == (401, True)
        assert send(client, NEW).status_code == 200
        assert 'pauta_events_refused_total{reason="not_signed"} 1' in client.get("/metrics").text
    assert len(written(store)) == 1


@pytest.mark.parametrize("header", ["", "t=1,v1=00", "nonsense", sign("not a key of this site", b"{}", 1)])
def test_a_signature_that_is_not_good_writes_nothing(store: Store, header: str) -> None:
    with site(store, events_key=SecretStr(NEW)) as client:
        answer = send(client, header=header)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert written(store) == []


def test_after_too_many_wrong_signatures_an_address_cannot_guess_the_key_and_a_known_signer_passes(
    store: Store,
) -> None:
    for known in (False, True):
        with site(store, events_key=SecretStr(NEW), wrong_tokens_per_minute=2) as client:
            if known:
                assert send(client, NEW).status_code == 200
            assert [send(client, "another key of 16").status_code for _ in range(3)] == [401, 401, 429]
            answer = send(client, NEW)
            assert answer.status_code == (200 if known else 429)
            assert known or "Retry-After" in answer.headers


def test_nobody_notes_a_proof_but_the_api(store: Store) -> None:
    with site(store) as client:
        answer = send(client, proof="signed", network="00000000")
        assert answer.status_code in (200, 422)
    assert all("proof" not in entry.body and entry.body["network"] != "00000000" for entry in written(store))


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"events_key": SecretStr("short")}, "PAUTA_EVENTS_KEY"),
        ({"unsigned_events": "refuse"}, "PAUTA_UNSIGNED_EVENTS"),
    ],
)
def test_settings_that_cannot_be_meant_are_named(store: Store, settings: dict[str, Any], names: str) -> None:
    used: Settings = store.settings.model_copy(update=settings)
    with pytest.raises(SettingsError, match=names):
        EventProof(used, news_of(create_app(store.settings).state.service).day_keys)


def given(client: httpx.Client, user: str, **query: Any) -> tuple[str, list[str]]:
    """The id and the pages of a list."""
    answer = client.get("/recommendations", params={"user_id": user, **query}).json()
    return answer["answer_id"], [item["page"] for item in answer["items"]]


def post_impression(client: httpx.Client, user: str, answers: list[str], page: str) -> None:
    body = [
        {"event_id": f"{user} {n}", "kind": "impression", "user_id": user, "page": page, "answer_id": answer}
        for n, answer in enumerate(answers)
    ]
    assert client.post("/events", json=body).status_code == 200


def test_each_list_that_held_an_article_proves_one_impression_and_together_they_hide_it(store: Store) -> None:
    with site(store) as client:
        lists = [given(client, "ana", num_recs=100) for _ in range(9)]
        page = lists[0][1][0]
        post_impression(client, "ana", [answer for answer, _ in lists], page)
        post_impression(client, "ana", [answer for answer, _ in lists], page)  # sent again
        until(lambda: page not in given(client, "ana", num_recs=100)[1])
    assert [entry.body.get("proof") for entry in written(store) if entry.article_id == page] == ["answer"] * 9


def test_one_list_proves_neither_two_impressions_of_an_article_nor_one_that_it_did_not_hold(store: Store) -> None:
    with site(store) as client:
        answer, pages = given(client, "ana", num_recs=5)
        other = given(client, "ana", num_recs=100)[1][-1]
        post_impression(client, "ana", [answer] * 9, pages[0])
        post_impression(client, "rui", [given(client, "rui", num_recs=1)[0]] * 9, other)
        assert pages[0] in given(client, "ana", num_recs=100)[1]
        assert other in given(client, "rui", num_recs=100)[1]
    proofs = {page: [e.body.get("proof") for e in written(store) if e.article_id == page] for page in (pages[0], other)}
    assert proofs == {pages[0]: ["answer"] + [None] * 8, other: [None] * 9}
