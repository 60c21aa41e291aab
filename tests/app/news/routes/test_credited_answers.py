"""A click is credited to the answer that brought it, and lists are kept with what they were made from."""

from pathlib import Path

import httpx

from script_shared.events import EventLog
from script_shared.events.served_list import answer_key
from script_shared.news.params import FILE
from tests.app.conftest import Store, release_of, serving, until
from tests.app.news.routes.sent_events import event, send


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
