"""The tabs that only news has: hit rates over time with the state of the process, and quarantines."""

from collections.abc import Iterator

import httpx
import pytest

from script_shared.clock import wall_ms
from script_shared.events import EventLog
from script_shared.events.database.hit_counts import BUCKET_MS, Hits
from tests.app.conftest import until
from tests.app.operations.conftest import Site
from tests.app.operations.test_pages import GOOD, entries
from tests.app.shell.sessions import form_key, log_in, text_of

LIVE, QUARANTINE = "/operations/news/live", "/operations/news/quarantine"


@pytest.fixture
def operator(site: Site) -> Iterator[httpx.Client]:
    with log_in(site.client, site.tokens["operator"]) as own:
        yield own


def send(own: httpx.Client, path: str, **fields: str) -> httpx.Response:
    return own.post(path, data={"form_key": form_key(own.get(QUARANTINE)), **GOOD, **fields})


def test_hit_rates_are_drawn_by_segment_beside_the_most_read(site: Site, operator: httpx.Client) -> None:
    log = EventLog(site.settings.events_address)
    log.hits.add({(wall_ms() // BUCKET_MS * BUCKET_MS, "logged"): Hits(200, 50, 20)})
    log.close()
    page = operator.get(LIVE)
    assert "200 25.0 % 10.0 %" in text_of(page)
    assert page.text.count('<figure class="plot"') == 1
    assert "release in service v2" in text_of(page)
    assert operator.get(f"{LIVE}?window=1y").status_code == 422


def test_a_credited_click_reaches_the_page(site: Site, operator: httpx.Client) -> None:
    answer = site.client.get("/recommendations", params={"user_id": "semi0", "num_recs": 5}).json()
    page = answer["items"][0]["page"]
    click = {"event_id": "hit", "user_id": "semi0", "page": page, "answer_id": answer["answer_id"]}
    assert site.client.post("/events", json=click).status_code == 200
    until(lambda: "Seen before" in text_of(operator.get(LIVE)))
    assert "1 100.0 %" in text_of(operator.get(LIVE))


def test_bad_clicks_are_left_out_and_count_again(site: Site, operator: httpx.Client) -> None:
    count = len(entries(site, "quarantine"))
    answer = send(operator, QUARANTINE, users="bad1\nbad2", since="2020-01-01", networks="", sessions="", pages="")
    assert answer.status_code == 303, text_of(answer)
    page = operator.get(QUARANTINE)
    assert "users and visits named 2" in text_of(page)
    assert "bad1" not in page.text
    name = entries(site, "quarantine")[0]["to"]
    assert send(operator, f"{QUARANTINE}/{name}/end").status_code == 303
    assert send(operator, f"{QUARANTINE}/{name}/end").status_code == 409
    assert len(entries(site, "quarantine")) == count + 2


def test_an_id_with_a_blank_is_one_id(site: Site, operator: httpx.Client) -> None:
    for number, user in enumerate(("eva maria", "eva", "maria")):
        sent = {"event_id": f"blank{number}", "user_id": user, "page": "a21"}
        assert site.client.post("/events", json=sent).status_code == 200
    left_out = {"users": " eva maria \r\n\r\n", "since": "2020-01-01", "pages": "a21\r\n"}
    assert send(operator, QUARANTINE, **left_out).status_code == 303
    assert entries(site, "quarantine")[0]["evidence"]["clicks"] == 1
    assert "users and visits named 1" in text_of(operator.get(QUARANTINE))


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({}, 422), ({"users": "x", "confirmed": ""}, 422), ({"since": "never"}, 422), ({"networks": "xyz"}, 422)],
)
def test_a_form_that_names_nobody_or_is_wrong_changes_nothing(
    site: Site, operator: httpx.Client, wrong: dict[str, str], status: int
) -> None:
    count = len(entries(site, "quarantine"))
    assert send(operator, QUARANTINE, **wrong).status_code == status
    assert len(entries(site, "quarantine")) == count


def test_viewers_see_the_rates_but_no_quarantine(site: Site) -> None:
    with log_in(site.client, site.tokens["viewer"]) as own:
        page = own.get(LIVE)
        assert page.status_code == 200
        assert "operations/news/quarantine" not in page.text
        assert own.get(QUARANTINE).status_code == 403
