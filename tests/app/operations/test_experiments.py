"""The tab of experiments: verdicts and figures as the analysis wrote them; operators stop an experiment."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.app.operations.conftest import Site
from tests.app.operations.test_pages import GOOD, entries
from tests.app.shell.sessions import form_key, log_in, text_of

TAB = "/operations/news/experiments"
BODY = {
    "name": "no-ranker",
    "about": "whether the ranker helps",
    "variants": [{"name": "usual", "share": 0.5}, {"name": "plain", "share": 0.5, "ranker": False}],
    "why": "tried in a test",
}


def rate(variant: str, group: str, value: float) -> dict[str, object]:
    ends = {"low": value - 0.1, "high": value + 0.1}
    return {"variant": variant, "group": group, "metric": "clicks_per_answer", "value": value, **ends}


@pytest.fixture(scope="module")
def started(site: Site) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {site.tokens['admin']}"}
    answer = site.client.post("/experiments", json=BODY, headers=headers)
    assert answer.status_code == 201, answer.text
    folder = site.settings.evaluation_dir / "experiments"
    folder.mkdir(exist_ok=True)
    facts = [{"variant": "plain", "users": 1200, "answers": 3400, "p99_ms": None}]
    rates = [rate(variant, group, 0.3) for variant in ("usual", "plain") for group in ("all", "logged")]
    content = {"verdict": "plain is worse than usual.", "rates": rates, "variants": facts, "experiment": answer.json()}
    (folder / "no-ranker.json").write_text(json.dumps(content))
    (folder / "no-ranker.html").write_text("<h1>report</h1>")
    return headers


@pytest.fixture
def operator(site: Site, started: dict[str, str]) -> Iterator[httpx.Client]:
    with log_in(site.client, site.tokens["operator"]) as own:
        yield own


def send(own: httpx.Client, **fields: str) -> httpx.Response:
    return own.post(f"{TAB}/no-ranker/stop", data={"form_key": form_key(own.get(TAB)), **GOOD, **fields})


def test_an_experiment_is_shown_with_its_verdict_figures_and_report(site: Site, operator: httpx.Client) -> None:
    page = operator.get(TAB)
    text = text_of(page)
    assert "plain is worse than usual." in text
    assert "without the ranker" in text
    assert "1,200 3,400" in text
    assert page.text.count('<figure class="plot"') == 1
    report = operator.get(f"{TAB}/no-ranker/report")
    assert report.headers["Content-Security-Policy"].startswith("sandbox")
    assert operator.get(f"{TAB}/other/report").status_code == 404
    assert operator.get("/operations/students/experiments/no-ranker/report").status_code == 404


def test_a_damaged_analysis_leaves_the_experiment_on_the_page(site: Site, operator: httpx.Client) -> None:
    path = site.settings.evaluation_dir / "experiments" / "no-ranker.json"
    kept = path.read_text()
    for damaged in ("{", "[]", '{"rates": [{}]}'):
        path.write_text(damaged)
        assert "whether the ranker helps" in operator.get(TAB).text
    path.write_text(kept)


def test_only_operators_stop_it_once_with_a_reason(site: Site, operator: httpx.Client) -> None:
    count = len(entries(site, "experiment"))
    with log_in(site.client, site.tokens["viewer"]) as own:
        assert "plain is worse" in own.get(TAB).text
        assert 'name="reason"' not in own.get(TAB).text
        assert send(own, version="1").status_code == 403
    for wrong, status in (({"version": "9"}, 409), ({"version": "x"}, 422), ({"version": "1", "reason": ""}, 422)):
        assert send(operator, **wrong).status_code == status
    assert send(operator, version="1").status_code == 303
    assert send(operator, version="1").status_code == 409
    found = entries(site, "experiment")
    assert len(found) == count + 1
    assert GOOD["reason"] in found[0]["why"]
    assert "stopped" in text_of(operator.get(TAB))
