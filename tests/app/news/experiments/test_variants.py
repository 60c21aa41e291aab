"""Variants over HTTP: who gets which, what the answer, the log and the metrics say, and what happens when one fails."""

from contextlib import closing
from pathlib import Path

import pytest

from script_shared.events.served_list import answer_key
from script_shared.times import iso
from tests.app.conftest import until
from tests.app.news.experiments.conftest import ADMIN, USERS, Site
from tests.app.releases_made import NOW_MS


def test_without_an_experiment_no_answer_names_a_variant(site: Site) -> None:
    answer = site.answer("log0")
    assert (answer["variant"], answer["degraded"], answer["release"]) == ("", [], "v1")


def test_a_variant_with_another_release_answers_from_it_and_everybody_keeps_their_variant(site: Site) -> None:
    site.start("release", [{"name": "old", "share": 0.5}, {"name": "new", "share": 0.5, "release": "v2"}])
    until(lambda: {site.answer(user)["release"] for user in USERS} == {"v1", "v2"})
    answers = {user: site.answer(user) for user in USERS}
    for answer in answers.values():
        word, release = {"release/old": ("Velha", "v1"), "release/new": ("Nova", "v2")}[answer["variant"]]
        assert (answer["release"], answer["degraded"]) == (release, [])
        assert all(item["title"].startswith(word) for item in answer["items"])
    assert {user: site.answer(user)["variant"] for user in USERS} == {u: a["variant"] for u, a in answers.items()}
    new = next(user for user, answer in answers.items() if answer["variant"] == "release/new")
    page = answers[new]["items"][0]["page"]
    site.click(new, page, answers[new]["answer_id"])
    until(lambda: site.metric('pauta_experiment_clicks_total{experiment="release",result="hit",variant="new"}') == 1)
    assert site.metric('pauta_experiment_answers_total{experiment="release",result="served",variant="new"}') > 0
    assert page not in [item["page"] for item in site.answer(new)["items"]], "the second release did not see the click"
    with closing(site.log()) as log:
        until(
            lambda: answer_key(answers[new]["answer_id"]) in {s.key for s in log.served.between(None, None, limit=999)}
        )
        served = {one.key: one for one in log.served.between(None, None, limit=999)}
    (mark,) = served[answer_key(answers[new]["answer_id"])].marks
    assert (mark.experiment, mark.variant, mark.fallback) == ("release", "new", False)
    assert mark.micros > 0
    site.stop("release")
    assert {site.answer(user)["variant"] for user in USERS} == {""}
    assert site.metric('pauta_experiment_answers_total{experiment="release"') == 0.0
    assert 'experiment="release"' not in site.client.get("/metrics").text


def test_a_params_variant_takes_them_at_once(site: Site) -> None:
    site.start("length", [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5, "params": {"explore_slots": 5}}])
    explored = {"a": 0, "b": 0}
    for user in USERS:
        answer = site.answer(user)
        explored[answer["variant"].split("/")[1]] += sum(item["source"] == "explored" for item in answer["items"])
        assert answer["degraded"] == []
    site.stop("length")
    refused = site.client.post(
        "/experiments",
        json={"name": "wrong", "variants": [{"name": "a", "share": 0.5}, {"name": "b", "params": {"explore_slot": 5}}]},
        headers=ADMIN,
    )
    assert refused.status_code == 422
    assert "explore_slot" in refused.json()["detail"]


@pytest.mark.catches("ReleaseCorruptError")
def test_a_variant_whose_release_is_damaged_is_answered_by_the_one_in_service_which_says_so(
    site: Site, folders: dict[str, Path]
) -> None:
    site.releases.publish(folders["Nova"], "v3", run_id="run-3")
    file = next(Path(site.releases.uri).rglob("releases/v3/files-*/params.json"))
    file.chmod(0o644)
    file.write_bytes(b"{" + file.read_bytes())
    site.start("damaged", [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5, "release": "v3"}])
    answers = [site.answer(user) for user in USERS]
    assert {(each["variant"], each["release"], *each["degraded"]) for each in answers} == {
        ("damaged/a", "v1"),
        ("damaged/b", "v1", "experiment"),
    }
    assert all(len(each["items"]) == 10 for each in answers)
    assert site.metric('pauta_experiment_answers_total{experiment="damaged",result="fallback",variant="b"}') > 0
    site.stop("damaged")


def test_a_release_that_does_not_exist_is_refused(site: Site) -> None:
    variants = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5, "release": "v9"}]
    answer = site.client.post("/experiments", json={"name": "none", "variants": variants}, headers=ADMIN)
    assert answer.status_code == 422
    assert "v9" in answer.json()["detail"]


def test_an_interleaved_list_has_articles_of_both_and_the_log_knows_whose_each_is(site: Site) -> None:
    site.start("merge", [{"name": "a"}, {"name": "b", "params": {"segment_candidates": 40}}], way="interleaving")
    answer = site.answer("log0")
    pages = [item["page"] for item in answer["items"]]
    scores = [item["score"] for item in answer["items"]]
    assert (answer["variant"], len(pages), len(set(pages))) == ("merge", 10, 10)
    assert scores == sorted(scores, reverse=True)
    with closing(site.log()) as log:
        key = answer_key(answer["answer_id"])
        until(lambda: key in {one.key for one in log.served.between(None, None, limit=999)})
        served = next(one for one in log.served.between(None, None, limit=999) if one.key == key)
    (mark,) = served.marks
    assert (mark.variant, len(mark.owners)) == ("", 10)
    assert set(mark.owners) == {0, 1}
    site.click("log0", pages[0], answer["answer_id"])
    winner = "ab"[mark.owners[0]]
    hit = f'pauta_experiment_clicks_total{{experiment="merge",result="hit",variant="{winner}"}}'
    until(lambda: site.metric(hit) == 1.0)
    site.stop("merge")


def test_an_interleaved_list_keeps_pinned_articles_at_their_places(site: Site) -> None:
    page = site.answer("log0", n=20)["items"][12]["page"]
    about = {"by": "article", "name": page}
    end = iso(NOW_MS + 3_600_000)
    rule = {"kind": "pin", "about": about, "place": 10, "end": end, "reason": "test"}
    made = site.client.post("/rules", json=rule, headers=ADMIN)
    assert made.status_code == 200, made.text
    variants = [{"name": "a"}, {"name": "b", "ranker": False}]
    site.start("pins", variants, way="interleaving")
    until(lambda: site.answer("log0")["items"][9]["page"] == page)
    for user in ("log0", *USERS):
        answer = site.answer(user)
        assert answer["variant"] == "pins"
        assert (answer["items"][9]["page"], answer["items"][9]["source"]) == (page, "editors")
        scores = [item["score"] for item in answer["items"]]
        assert scores == sorted(scores, reverse=True)
    site.stop("pins")
    site.client.delete(f"/rules/{made.json()['rule_id']}?version=1", headers=ADMIN)


def test_the_access_log_names_the_variant(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    def lines() -> list[list[str]]:
        return [line.split() for line in caplog.messages if line.startswith("GET /recommendations 200")]

    site.start("logged", [{"name": "a", "share": 1.0}, {"name": "b", "share": 0.0}])
    with caplog.at_level("DEBUG", "pauta.access"):
        site.answer("log0")
        until(lambda: len(lines()) == 1)
        site.stop("logged")
        site.answer("log0")
        until(lambda: len(lines()) == 2)
    within, outside = lines()
    assert (within[-1], len(within)) == ("logged/a", len(outside) + 1)
    assert "log0" not in caplog.text


def test_a_shadow_changes_no_answer_and_its_list_is_kept_beside(site: Site) -> None:
    site.start("shade", [{"name": "new", "release": "v2"}], way="shadow")
    until(lambda: site.answer("log1") and site.metric(_scored("served")) > 0)
    answer = site.answer("log1")
    assert (answer["variant"], answer["release"], answer["degraded"]) == ("", "v1", [])
    key = answer_key(answer["answer_id"])
    with closing(site.log()) as log:
        until(lambda: key in {one.key for one in log.served.between(None, None, limit=999)})
        served = next(one for one in log.served.between(None, None, limit=999) if one.key == key)
    (mark,) = served.marks
    assert (mark.experiment, mark.variant, len(mark.pages)) == ("shade", "new", 10)
    site.stop("shade")


def test_the_page_compares_a_reader_with_the_release_of_a_shadow(site: Site) -> None:
    site.start("beside", [{"name": "new", "release": "v2"}], way="shadow")
    wanted = {"side": "beside/new", "user": "log1"}
    until(lambda: site.client.post("/news/list", json=wanted).json().get("release") == "v2")
    shown = site.client.post("/news/list", json=wanted).json()
    assert all(item["title"].startswith("Nova") for item in shown["items"])
    assert site.client.post("/news/list", json={**wanted, "side": "in_service"}).json()["release"] == "v1"
    assert site.answer("log1")["release"] == "v1"
    site.stop("beside")


def _scored(result: str) -> str:
    return f'pauta_experiment_answers_total{{experiment="shade",result="{result}",variant="new"}}'


def test_a_shadow_that_fails_changes_no_answer_and_is_kept_as_a_failure(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("the variant is broken")

    monkeypatch.setattr("app.news.experiments.variant_answers.VariantAnswers.release_of", fail)
    site.start("broken", [{"name": "new"}], way="shadow")
    answer = site.answer("log0")
    assert (answer["variant"], answer["degraded"]) == ("", [])
    with closing(site.log()) as log:
        key = answer_key(answer["answer_id"])
        until(lambda: key in {one.key for one in log.served.between(None, None, limit=999)})
        (mark,) = next(one for one in log.served.between(None, None, limit=999) if one.key == key).marks
    assert (mark.experiment, mark.fallback, mark.pages) == ("broken", True, ())
    site.stop("broken")
