"""Events by HTTP: durable before the answer, counted once, at once, and within bounds."""

import json
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from script_shared.events import EventLog, Kind
from script_shared.events.served_list import answer_key
from script_shared.news.params import FILE
from tests.app.conftest import Store, release_of, serving, started, until
from tests.app.releases_made import NOW_MS
from tests.patience import PATIENCE_SECONDS

HOUR_MS = 3_600_000


def event(number: int, user: str = "u", page: str = "a20", **more: Any) -> dict[str, Any]:
    return {"event_id": f"e{number}", "user_id": user, "page": page, **more}


def send(client: httpx.Client, body: Any) -> dict[str, Any]:
    response = client.post("/events", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def pages(client: httpx.Client, **query: Any) -> list[str]:
    return [item["page"] for item in client.get("/recommendations", params=query).json()["items"]]


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


def lock(store: Store) -> sqlite3.Connection:
    """Keep every other writer out of the log until the connection is rolled back."""
    holder = sqlite3.connect(store.settings.data_dir / "events.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    return holder


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


def hits(client: httpx.Client) -> dict[str, float]:
    """Judged clicks and hits, by name and what they are labelled with, all segments together."""
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith("pauta_live_")]
    found: dict[str, float] = {}
    for line in lines:
        for name in ("judged", 'by="served"', 'by="popularity_1h"'):
            if name in line and "_created" not in line:
                found[name] = found.get(name, 0.0) + float(line.split()[-1])
    return found


def test_a_click_is_credited_to_the_answer_that_brought_it(client: httpx.Client) -> None:
    answer = client.get("/recommendations", params={"user_id": "r1"}).json()
    send(client, event(1, "r1", answer["items"][3]["page"], answer_id=answer["answer_id"]))
    send(client, event(2, "r1", "a11", answer_id=answer["answer_id"]))  # not in the list
    second = client.get("/recommendations", params={"user_id": "r2"}).json()
    send(client, event(3, "r2", second["items"][0]["page"]))  # names no answer: the reader's newest one
    send(client, event(4, "nobody was served", "a20"))
    until(lambda: hits(client).get("judged") == 3.0)
    assert hits(client)['by="served"'] == 2.0


def test_two_lists_under_one_request_id_are_two_answers(client: httpx.Client, store: Store) -> None:
    """Front ends send one X-Request-ID with everything that a page asks."""
    headers = {"X-Request-ID": "page-view-1"}
    first = client.get("/recommendations", params={"user_id": "r1", "num_recs": 3}, headers=headers).json()
    second = client.post("/predict", json={"userId": "r2", "max_results": 3}, headers=headers).json()
    assert first["request_id"] == second["request_id"] == "page-view-1"
    assert len({first["answer_id"], second["answer_id"], "page-view-1"}) == 3
    for number, answer, items in ((1, first, first["items"]), (2, second, second["predictions"])):
        who, page = f"r{number}", items[0]["page"]
        send(client, event(number, who, page, answer_id=answer["answer_id"], request_id="page-view-1"))
    until(lambda: hits(client).get('by="served"') == 2.0)
    log = EventLog(store.settings.events_address)
    until(lambda: log.served.head() == 2)
    served = {one.key: one.user for one in log.served.between(None, None, limit=9)}
    assert served == {answer_key(first["answer_id"]): "r1", answer_key(second["answer_id"]): "r2"}


def test_a_request_id_names_no_answer(client: httpx.Client) -> None:
    mine = client.get("/recommendations", params={"user_id": "r1"}, headers={"X-Request-ID": "mine"}).json()
    send(client, event(1, "stranger", mine["items"][0]["page"], request_id="mine"))
    send(client, event(2, "stranger", mine["items"][0]["page"], answer_id="mine"))
    assert "judged" not in hits(client)


def test_a_hit_counts_for_what_had_brought_the_article_also_of_a_reader_who_has_only_a_visit(
    client: httpx.Client,
) -> None:
    answer = client.get("/recommendations", params={"session": "v1"}).json()
    item = answer["items"][3]
    send(client, {"event_id": "v", "session": "v1", "page": item["page"]})
    series = f'pauta_live_item_hits_total{{segment="{answer["segment"]}",source="{item["source"]}"}} 1.0'
    until(lambda: series in client.get("/metrics").text)


def test_answers_are_remembered_beside_the_log(client: httpx.Client, store: Store) -> None:
    answer = client.get("/recommendations", params={"user_id": "r1", "session": "s1"}).json()
    log = EventLog(store.settings.events_address)
    until(lambda: log.served.head() == 1)
    served = log.served.between(None, None, limit=9)[0]
    assert (served.key, served.user, served.session) == (answer_key(answer["answer_id"]), "r1", "s1")
    assert served.pages == [item["page"] for item in answer["items"]]
    assert (served.segment, served.release) == (answer["segment"], answer["release"])
    assert log.tail(0) == []


def test_drawn_lists_are_logged_with_chances_that_the_answer_s_id_gives_again(store: Store, tmp_path: Path) -> None:
    params = tmp_path / "news.toml"
    params.write_text(FILE.read_text().replace("share = 0.0  ", "share = 1.0  "))
    store.promote("v1")
    with serving(store.settings.model_copy(update={"params_file": params})) as client:
        until(lambda: release_of(client) == "v1")
        answers = [client.get("/recommendations", params={"user_id": f"r{number}"}).json() for number in range(8)]
        client.get("/recommendations", params={"user_id": "r0", "section": "mundo"})
        client.post("/predict", json={"userId": "r0"})
        log = EventLog(store.settings.events_address)
        until(lambda: log.served.head() == 10)
    found = {one.key: one for one in log.served.between(None, None, limit=20)}
    drawn = [found.pop(answer_key(answer["answer_id"])) for answer in answers]
    assert [one.pages for one in drawn] == [[item["page"] for item in answer["items"]] for answer in answers]
    assert all(one.draw is not None and one.is_repeatable() for one in drawn)
    assert any(one.draw.ranks != (0, 1, 2, 3) for one in drawn)
    assert [one.draw for one in found.values()] == [None, None]


def test_a_share_of_the_answers_may_be_kept(store: Store) -> None:
    store.promote("v1")
    with serving(store.settings.model_copy(update={"served_share": 0.0})) as client:
        until(lambda: release_of(client) == "v1")
        client.get("/recommendations", params={"user_id": "r1"})
    assert EventLog(store.settings.events_address).served.head() == 0


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
