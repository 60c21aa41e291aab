"""The editors' pages without a browser: who may do what, what the pages say, and what happens to wrong forms."""

from typing import Any

import pytest

from app.news.pages.editor.reasons import reason_text
from app.news.pages.editor_words import EDITOR_WORDS
from app.news.pages.words import WORDS
from app.shell.words import Texts
from script_shared.news.serving.verdict import TEXTS
from script_shared.times import iso
from tests.app.news.pages.conftest import ADMIN, Desk
from tests.app.releases_made import NOW_MS
from tests.app.shell.sessions import form_key, log_in, text_of

LATER = iso(NOW_MS + 3_600_000)
LOCAL = LATER[:16]  # as a form sends a time
HOME = "/news/editor"
PAGES = ("", "/articles?q=caf", "/article?page=a40", "/rules", "/rules?ended=true", "/record")


def pin(**fields: str) -> dict[str, str]:
    return {"kind": "pin", "by": "article", "name": "a12", "place": "1", "end": LOCAL, "reason": "final", **fields}


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_a_login_and_viewers_read_them_in_both_languages(desk: Desk, path: str) -> None:
    assert desk.client.get(HOME + path).status_code == 303
    with log_in(desk.client, desk.tokens["viewer"]) as browser:
        texts = {browser.get(f"{HOME}{path}{'&' if '?' in path else '?'}lang={code}").text for code in ("en", "pt")}
        assert len(texts) == 2


def test_who_has_logged_in_finds_the_pages_on_the_front_page_and_in_news(desk: Desk) -> None:
    for path, link in (
        ("/", 'href="news/editor">Pages for editors<'),
        ("/news", 'href="news/editor">Pages for editors<'),
    ):
        assert link not in desk.client.get(path).text
        with log_in(desk.client, desk.tokens["viewer"]) as browser:
            assert link in browser.get(path).text


def test_trending_has_the_most_read_first_with_the_course_of_each(desk: Desk) -> None:
    with log_in(desk.client, desk.tokens["viewer"]) as browser:
        page = browser.get(HOME)
        assert page.text.index("page=a40") < page.text.index("page=a41") < page.text.index("page=a42")
        assert "Clicks per hour, from a day to two minutes" in page.text
        assert "page=a40" not in browser.get(f"{HOME}?section=mundo").text
        assert "page=a41" in browser.get(f"{HOME}?section=mundo&window=2m&region=Minas").text


def test_viewers_see_no_forms_and_cannot_send_any(desk: Desk) -> None:
    desk.add("take_down", "article a30")
    with log_in(desk.client, desk.tokens["viewer"]) as browser:
        article = browser.get(f"{HOME}/article?page=a40")
        assert "take-down" not in article.text
        assert browser.get(f"{HOME}/rules/new").status_code == 403
        for path, form in (("/take-down", {"page": "a40"}), ("/rules/new", pin())):
            answer = browser.post(HOME + path, data={**form, "form_key": form_key(article)})
            assert answer.status_code == 403
    assert "a40" in desk.front()


def test_two_posts_of_a_form_take_an_article_down_and_bring_it_back(desk: Desk) -> None:
    with log_in(desk.client, desk.tokens["editor"]) as browser:
        key = form_key(browser.get(f"{HOME}/article?page=a40"))
        done = browser.post(f"{HOME}/take-down", data={"page": "a40", "form_key": key}, follow_redirects=True)
        assert "The article is taken down" in text_of(done)
        assert "a40" not in desk.front()
        rule = desk.client.get("/rules", headers=ADMIN).json()["rules"][0]
        assert (rule["author"], rule["reason"]) == ("token:editor", "Must not be shown any more")
        again = {"do": "remove", "version": "1", "form_key": key, "back": "article"}
        back = browser.post(f"{HOME}/rules/{rule['rule_id']}", data=again, follow_redirects=True)
        assert "The article may be shown again" in text_of(back)
    assert "a40" in desk.front()


def test_a_form_of_another_site_changes_nothing(desk: Desk) -> None:
    with log_in(desk.client, desk.tokens["editor"]) as browser:
        assert browser.post(f"{HOME}/take-down", data={"page": "a40"}).status_code == 403
    assert "a40" in desk.front()


def test_a_preview_shows_both_lists_and_saves_nothing_and_a_save_holds(desk: Desk) -> None:
    with log_in(desk.client, desk.tokens["editor"]) as browser:
        key = form_key(browser.get(f"{HOME}/rules/new"))
        shown = browser.post(f"{HOME}/rules/new", data={**pin(do="preview"), "form_key": key})
        assert "expected clicks per 1,000 lists" in text_of(shown)
        assert "chosen by the editors" in shown.text
        assert 'value="final"' in shown.text
        assert desk.front()[0] == "a40"
        wrong = browser.post(f"{HOME}/rules/new", data={**pin(do="preview"), "form_key": key, "user": "a\tb"})
        assert wrong.status_code == 422
        assert "user: " in text_of(wrong)
        saved = browser.post(f"{HOME}/rules/new", data={**pin(do="save"), "form_key": key}, follow_redirects=True)
        assert "The rule is saved" in text_of(saved)
        assert "“Velha a12: eleição e café” at place 1 of the page" in text_of(saved)
        assert "– 2022-08-15 04:00 UTC" in text_of(saved)
    assert desk.front()[0] == "a12"


def test_a_time_of_a_form_is_local_to_the_browser(desk: Desk) -> None:
    with log_in(desk.client, desk.tokens["editor"]) as browser:
        key = form_key(browser.get(f"{HOME}/rules/new"))
        browser.post(f"{HOME}/rules/new", data={**pin(do="save", end_offset="180"), "form_key": key})
    assert desk.client.get("/rules", headers=ADMIN).json()["rules"][0]["end"] == iso(NOW_MS + 4 * 3_600_000)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (pin(end=""), "needs an end"),
        (pin(end="soon"), "is not a time"),
        (pin(place="first"), "place"),
        (pin(name="nowhere"), "does not exist"),
        ({"kind": "quota", "by": "section", "name": "mundo", "least": "half", "reason": "x"}, "is not a number"),
        ({"kind": "unknown", "by": "section", "name": "mundo", "reason": "x"}, "kind"),
        ({}, "kind"),
    ],
)
def test_a_wrong_form_comes_back_with_the_problem_and_what_was_typed(
    desk: Desk, form: dict[str, str], words: str
) -> None:
    with log_in(desk.client, desk.tokens["editor"]) as browser:
        key = form_key(browser.get(f"{HOME}/rules/new"))
        answer = browser.post(f"{HOME}/rules/new", data={**form, "do": "save", "form_key": key})
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert f'value="{form.get("reason", "")}"' in answer.text


def test_a_contradiction_and_a_change_by_somebody_else_are_named(desk: Desk) -> None:
    rule = desk.add("pin", "article a13", place=1, end=LATER)
    with log_in(desk.client, desk.tokens["editor"]) as browser:
        key = form_key(browser.get(f"{HOME}/rules/new"))
        clash = browser.post(f"{HOME}/rules/new", data={**pin(do="save"), "form_key": key})
        assert clash.status_code == 409
        assert rule in text_of(clash)
        change: dict[str, Any] = pin(name="a13", place="2", do="save", version="1")
        browser.post(f"{HOME}/rules/{rule}", data={**change, "form_key": key})
        stale = browser.post(f"{HOME}/rules/{rule}", data={**change, "place": "3", "form_key": key})
        assert stale.status_code == 409
        assert "place from 1 to 2" in text_of(stale)
        versions = text_of(browser.get(f"{HOME}/rules/{rule}"))
        assert "at place 1 of the page" in versions
        assert "at place 2 of the page" in versions


def test_costs_are_words_for_the_script_and_the_record_says_who_did_what(desk: Desk) -> None:
    rule = desk.add("take_down", "article a40")
    with log_in(desk.client, desk.tokens["viewer"]) as browser:
        for path in (f"/rules/{rule}/cost", "/rules-cost"):
            assert "expected clicks per 1,000 lists" in browser.get(HOME + path).json()["text"]
        assert "token:admin" in text_of(browser.get(f"{HOME}/record"))
        assert "added: takes down article a40 (for a test)" in text_of(browser.get(f"{HOME}/record"))
        assert browser.get(f"{HOME}/rules/0123456789ab").status_code == 404
        assert browser.get(f"{HOME}/article?page=nowhere").status_code == 404


def test_an_article_page_says_where_readers_see_it(desk: Desk) -> None:
    with log_in(desk.client, desk.tokens["viewer"]) as browser:
        page = text_of(browser.get(f"{HOME}/article?page=a40&user=someone"))
        assert "Place 1: read much right now" in page
        assert "Clicks by hour since publication" in page
        desk.add("take_down", "article a40")
        for language, sentence in (("en", "It was taken down."), ("pt", "Foi retirado do ar.")):
            answer = browser.get(f"{HOME}/article?page=a40&user=someone", headers={"Accept-Language": language})
            assert text_of(answer).count(sentence) == 4  # for three segments and this reader


def test_every_reason_for_or_against_an_article_has_words_in_both_languages() -> None:
    for language in ("en", "pt"):
        texts = Texts(language, {**EDITOR_WORDS, **WORDS})
        assert [reason for reason in TEXTS if not texts[f"not_{reason}"]] == []
        assert reason_text(texts, "editors", "chosen by the editors") == texts["reason_editors"]
        assert "“Chuva”" in reason_text(texts, "session", "read after “Chuva”")
        assert reason_text(texts, "a new source", "") == texts["reason_other"]
