"""Over HTTP too: whatever may not be shown is in no list, on no path, with a ranker in the release or parts missing."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.events import Kind
from script_shared.news.ranking.query import Query
from tests.app.releases_made import ALIVE
from tests.app.sites import KINDS, PAGES, READ_MUCH, SHOWN_TOO_OFTEN, Site, told_site

pytestmark = pytest.mark.slow

NARROW = {"section", "max_age_hours"}  # such a list may hold nothing for a ranker to order, and nothing is missing
HOT = ("a12", "a20", "a30", "p0", "p1")


@pytest.fixture(scope="module", params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with told_site(request.param, tmp_path_factory.mktemp("site")) as made:
        yield made


pages = st.one_of(st.sampled_from(HOT), st.sampled_from(PAGES))
knobs = st.fixed_dictionaries(
    {"user_id": st.sampled_from(["log0", "semi0", "new", "", READ_MUCH, SHOWN_TOO_OFTEN])},
    optional={
        "session": st.sampled_from(["s1", "s2"]),
        "num_recs": st.sampled_from([1, 5, 100]),
        "section": st.sampled_from(["mundo", "esportes"]),
        "max_age_hours": st.sampled_from([5.0, 30.0]),
        "context_item": pages,
        "min_diversity": st.sampled_from([0.3, 1.0]),
        "explore": st.sampled_from([0, 3]),
        "explain": st.just(True),
        "exclude_ids": st.lists(pages, max_size=3),
    },
)
events = st.lists(
    st.tuples(
        st.sampled_from([Kind.CLICK, Kind.IMPRESSION]),
        st.sampled_from(["new", "", "log0"]),
        st.sampled_from(["", "s1"]),  # several users share a visit
        pages,
    ),
    max_size=2,
)


def query_of(asked: dict[str, Any]) -> Query:
    """As the rules take it."""
    return Query(
        user=asked.get("user_id", "").strip(),
        session=asked.get("session", ""),
        history=tuple(asked.get("history", ())),
        exclude=(*asked.get("exclude_ids", ()), *asked.get("exclude", ())),
        section=asked.get("section", ""),
        max_age_hours=asked.get("max_age_hours"),
        context_item=asked.get("context_item", ""),
    )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=events, asked=knobs, history=st.none() | st.lists(pages, max_size=3), more=st.integers(0, 3))
def test_no_path_returns_what_may_not_be_shown(
    site: Site, told: list[Any], asked: dict[str, Any], history: list[str] | None, more: int
) -> None:
    for kind, user, session, page in told:
        site.send(kind, user, page, session)
    if history is not None:
        asked = {**asked, "history": history}
    site.told.see(asked["user_id"], asked.get("session", ""))
    allowed, seen, wanted = site.allowed(query_of(asked)), [], asked.get("num_recs", 10)
    cursor: str | None = ""
    for turn in range(more + 1):
        if cursor is None:
            break
        answer = _ask(site.client, {**asked, "cursor": cursor})
        got = [item["page"] for item in answer["items"]]
        assert set(got) <= allowed - set(seen)
        assert len(got) == len(set(got)) == min(wanted, len(allowed) - len(seen))
        assert site.degraded in ("", *answer["degraded"]) or (site.degraded == "ranker" and NARROW & asked.keys())
        seen, cursor = [*seen, *got], answer["next"]
        assert turn == 0 or seen


def _ask(client: httpx.Client, asked: dict[str, Any]) -> dict[str, Any]:
    if "history" in asked:
        answer = client.post("/recommendations", json=asked)
    else:
        answer = client.get("/recommendations", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("user", ["log0", "new", "", READ_MUCH, SHOWN_TOO_OFTEN])
def test_predict_returns_nothing_that_may_not_be_shown(site: Site, user: str) -> None:
    allowed = site.allowed(Query(user))
    answer = site.client.post("/predict", json={"userId": user, "max_results": 100}).json()
    found = {item["page"] for item in answer["predictions"]}
    assert found == allowed
    assert site.degraded in ("", *answer["degraded"])


def test_the_part_that_is_missing_is_named_and_counted_and_the_others_order_the_list(site: Site) -> None:
    answer = _ask(site.client, {"user_id": "new"})
    assert len(answer["items"]) == 10
    stale = ["live_state_stale"] if site.degraded == "event_log" else []  # where more than five seconds went by
    assert [part for part in answer["degraded"] if part not in stale] == ([site.degraded] if site.degraded else [])
    if site.ordered:
        assert answer["source"] == site.ordered
    if site.degraded:
        assert f'pauta_degraded_answers_total{{part="{site.degraded}"}}' in site.client.get("/metrics").text


def test_readers_are_told_apart_by_what_they_read_and_were_shown(site: Site) -> None:
    if site.degraded == "event_log":
        pytest.skip("nothing was told")
    much, shown = (site.allowed(Query(user)) for user in (READ_MUCH, SHOWN_TOO_OFTEN))
    assert ALIVE - much >= {f"a{number}" for number in range(20, 30)}
    assert ALIVE - shown >= {"a20", "a21"}
