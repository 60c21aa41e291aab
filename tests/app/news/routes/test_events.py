"""Events by HTTP: durable before the answer, counted once, at once, and within bounds."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest

from script_shared.events import EventLog, Kind
from tests.app.conftest import Store, release_of, serving, started, until
from tests.app.news.routes.sent_events import event, lock, pages, send
from tests.app.releases_made import NOW_MS
from tests.patience import PATIENCE_SECONDS

HOUR_MS = 3_600_000


def test_a_click_is_in_the_log_and_counts_for_the_next_request(client: httpx.Client, store: Store) -> None:
    top = pages(client, user_id="new")[0]
    assert send(client, event(1, "new", top, session="s", region="sp", position=0)) == {"accepted": 1, "duplicates": 0}
    assert top not in pages(client, user_id="new", num_recs=100)
    entry = EventLog(store.settings.events_address).tail(0)[0]
    assert (entry.kind, entry.user_id, entry.article_id, entry.time_ms) == (Kind.CLICK, "new", top, NOW_MS)
    assert entry.body.pop("network")
    assert entry.body == {"session": "s", "region": "sp", "position": 0}


def test_an_event_id_counts_once_however_often_it_is_sent(client: httpx.Client) -> None:
    batch = [event(1), event(2), event(1)]
    assert send(client, batch) == {"accepted": 2, "duplicates": 1}
    assert send(client, batch) == {"accepted": 0, "duplicates": 3}
    assert 'pauta_events_total{kind="click",result="new"} 2.0' in client.get("/metrics").text


def test_a_session_stands_for_a_reader_without_an_id(client: httpx.Client) -> None:
    send(client, {"event_id": "e1", "page": "a20", "session": "s1"})
    assert "a20" not in pages(client, session="s1", num_recs=100)
    assert "a20" in pages(client, session="s2", num_recs=100)


def test_a_time_is_the_same_in_every_form(client: httpx.Client, store: Store) -> None:
    second = NOW_MS // 1000
    forms = [NOW_MS - 5000, second - 5, float(second - 5), str(second - 5), "2022-08-14T23:59:55-03:00"]
    send(client, [event(number, time=form) for number, form in enumerate(forms)])
    times = [entry.time_ms for entry in EventLog(store.settings.events_address).tail(0)]
    assert times == [NOW_MS - 5000] * len(forms)


def test_events_of_the_site_move_the_clock_of_historical_data_on(client: httpx.Client, admin: dict[str, str]) -> None:
    assert client.post("/events", json=event(1, time=NOW_MS + HOUR_MS), headers=admin).status_code == 200
    answer = client.get("/recommendations", params={"num_recs": 1}).json()
    assert answer["generated_at"] == "2022-08-15T04:00:00Z"
    assert "a50" in pages(client, num_recs=100)  # published within that hour


def test_times_out_of_bounds_are_named_one_by_one_and_nothing_is_written(client: httpx.Client, store: Store) -> None:
    late, early = NOW_MS - 25 * HOUR_MS, NOW_MS + 25 * HOUR_MS
    response = client.post("/events", json=[event(1), event(2, time=late), event(3, time=early)])
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["list.1.time", "list.2.time"]
    assert "between 2022-08-14" in response.json()["errors"][0]["message"]
    assert EventLog(store.settings.events_address).tail(0) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"page": "a1"}, "item.event_id"),
        ({"event_id": "e", "page": ""}, "item.page"),
        ([{"event_id": "e", "page": "a"}, {"event_id": "", "page": "a"}], "list.1.event_id"),
        ({"event_id": "e", "page": "a", "kind": "look"}, "item.kind"),
        ({"event_id": "e", "page": "a", "time": "yesterday"}, "item.time"),
        ({"event_id": "e", "page": "a", "position": -1}, "item.position"),
        ({"event_id": "e", "page": "a", "useragent": "x"}, "item.useragent"),
        ({"event_id": "e", "page": "a\u0000"}, "item.page"),
        ({"event_id": "e", "page": "a", "user_id": "x" * 513}, "item.user_id"),
        ([], "list"),
        ([event(number) for number in range(1001)], "list"),
    ],
)
def test_what_no_log_could_keep_is_refused_with_its_field(shared: httpx.Client, body: Any, field: str) -> None:
    response = shared.post("/events", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].startswith(field)


def test_refused_events_are_counted_by_reason(client: httpx.Client) -> None:
    client.post("/events", json=[event(1), {"event_id": "e2"}])
    client.post("/events", json={"page": "a20"})
    client.post("/events", json=[event(3), event(4, time=NOW_MS - 100 * HOUR_MS)])
    client.post("/events", content=b" " * 1_000_001, headers={"Content-Type": "application/json"})
    said = client.get("/metrics").text
    for reason, events in {"malformed": 3, "out_of_time": 2, "too_large": 1, "log_away": 0}.items():
        assert f'pauta_events_refused_total{{reason="{reason}"}} {events}.0' in said


def test_half_a_character_is_refused(shared: httpx.Client) -> None:
    content = json.dumps(event(1)).replace('"a20"', '"\\ud800"')
    response = shared.post("/events", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 422


def test_an_unknown_article_is_taken_in_but_not_recommended(client: httpx.Client) -> None:
    send(client, [event(number, f"u{number}", "nobody knows it") for number in range(200)])
    assert "nobody knows it" not in pages(client, num_recs=100)


def test_a_log_that_is_away_refuses_events_and_answers_readers(
    client: httpx.Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, event(1))
    holder = lock(store)
    with monkeypatch.context() as patch:
        patch.setattr("app.news.events.event_intake.WRITE_SECONDS", 0.3)
        refused = client.post("/events", json=event(2))
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert "may still be written" in refused.json()["detail"]
    assert len(pages(client, user_id="u")) == 10
    assert 'pauta_events_refused_total{reason="log_away"} 1.0' in client.get("/metrics").text
    holder.execute("ROLLBACK")
    until(lambda: client.post("/events", json=event(2)).status_code == 200)
    assert "a20" not in pages(client, user_id="u", num_recs=100)


def test_without_any_log_the_service_answers_and_says_so(store: Store) -> None:
    away = store.settings.model_copy(update={"events_uri": "postgresql+psycopg2://nobody@127.0.0.1:9/none"})
    store.promote("v1")
    with serving(away) as client:
        until(lambda: release_of(client) == "v1")
        until(lambda: "event_log" in client.get("/recommendations").json()["degraded"])
        assert client.post("/events", json=event(1)).status_code == 503
        assert len(pages(client, user_id="log0")) == 10
        assert 'pauta_degraded_answers_total{part="event_log"}' in client.get("/metrics").text


def test_events_are_taken_in_before_the_first_release(store: Store) -> None:
    with serving(store.settings) as client:
        until(lambda: client.post("/events", json=event(1)).status_code == 200)
    with closing(EventLog(store.settings.events_address)) as log:
        assert [entry.article_id for entry in log.tail(0)] == ["a20"]


def test_a_click_from_before_the_first_release_does_not_make_historical_data_old(store: Store) -> None:
    with serving(store.settings) as client:
        until(lambda: client.post("/events", json=event(1, "new", "a48")).status_code == 200)
        store.promote("v1")
        until(lambda: release_of(client) == "v1")
        answer = client.get("/recommendations", params={"user_id": "new", "num_recs": 100}).json()
        assert answer["generated_at"] == "2022-08-15T03:00:00Z"
        found = [item["page"] for item in answer["items"]]
        assert "a47" in found
        assert not {"a48", "a55"} & set(found)  # read, and not yet published
        send(client, event(2, "new", "a47"))
    assert EventLog(store.settings.events_address).tail(0)[-1].time_ms == NOW_MS


def test_a_click_reaches_another_process(store: Store) -> None:
    store.promote("v1")
    with serving(store.settings) as one, serving(store.settings) as other:
        until(lambda: release_of(one) == release_of(other) == "v1")
        assert "a48" in pages(other, user_id="new", num_recs=100)
        send(one, event(1, "new", "a48"))
        until(lambda: "a48" not in pages(other, user_id="new", num_recs=100))


def test_a_new_release_knows_what_was_clicked_before_it_came(client: httpx.Client, store: Store) -> None:
    send(client, event(1, "new", "a48"))
    store.promote("v2", "Nova")
    until(lambda: release_of(client) == "v2")
    assert "a48" not in pages(client, user_id="new", num_recs=100)
    send(client, event(2, "new", "a47"))
    assert "a47" not in pages(client, user_id="new", num_recs=100)


def test_a_service_that_starts_again_knows_what_it_was_told(store: Store) -> None:
    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        send(client, [event(1, "new", "a48"), event(2, "new", "a47")])
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        assert not {"a47", "a48"} & set(pages(client, user_id="new", num_recs=100))


def test_many_writers_at_once_all_get_their_answer(client: httpx.Client, store: Store) -> None:
    def write(number: int) -> int:
        return client.post("/events", json=event(number)).status_code

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(write, range(300))) == {200}
    assert len(EventLog(store.settings.events_address).tail(0)) == 300


@pytest.mark.slow
def test_two_workers_share_one_log(store: Store) -> None:
    store.promote("v1")
    with started(store.settings, workers=2) as (address, _):
        until(lambda: _answers(lambda: httpx.get(f"{address}/ready", timeout=PATIENCE_SECONDS).status_code == 200))
        barrier = threading.Barrier(4)

        def write(start: int) -> None:
            barrier.wait()
            with httpx.Client(base_url=address, headers={"Connection": "close"}, timeout=PATIENCE_SECONDS) as client:
                for number in range(start, start + 25):  # each on a connection of its own, so both workers are met
                    send(client, event(number, "new", "a48"))

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(write, range(0, 100, 25)))
        until(lambda: all("a48" not in _pages(address) for _ in range(8)))
    assert len(EventLog(store.settings.events_address).tail(0, limit=1000, without=[Kind.SERVED])) == 100


def _answers(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except httpx.TransportError:
        return False


def _pages(address: str) -> list[str]:
    query = {"user_id": "new", "num_recs": 100}
    answer = httpx.get(f"{address}/recommendations", params=query, timeout=PATIENCE_SECONDS).json()
    return [item["page"] for item in answer.get("items", [{"page": "a48"}])]


def test_what_is_trending_is_told_by_section_region_and_cluster(client: httpx.Client, admin: dict[str, str]) -> None:
    send(client, [event(number, f"r{number}", "a20", region="sp") for number in range(21)])
    send(client, event(99, "semi0", "a22"))
    told = client.get("/live", params={"trending": "10m"}, headers=admin).json()["trending"]
    assert [found["article"] for found in told["overall"]["articles"]] == ["a20", "a22"]
    assert {name: found["articles"][0]["article"] for name, found in told["sections"].items()} == {
        "mundo": "a20",
        "esportes": "a22",
    }
    assert list(told["regions"]) == ["sp"]
    assert [found["articles"][0]["article"] for found in told["clusters"].values()] == ["a22"]
    assert client.get("/live", headers=admin).json()["trending"] is None
    assert client.get("/live", params={"trending": "3h"}, headers=admin).status_code == 422
