"""The students pages in a real Chromium: on a desktop, on a phone, and printed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.app.conftest import serving, until
from tests.app.shell.browsers import LOOKS, SIZES, barriers, browser, fits, keep_picture, window
from tests.app.students.conftest import ANA, is_ready
from tests.app.students.releases import make_release

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("students-pages")
    releases = Releases(str(folder / "models" / "students"))
    releases.publish(make_release(folder / "made"), "s1")
    releases.promote("s1", "test")
    settings = Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder,
        airflow_url=None,
        use_cases="students",
        by_use_case={"students": UseCaseSettings(viewers=SecretStr(f"ana={ANA}"))},
    )
    with serving(settings) as client:
        until(lambda: is_ready(client))
        yield client


@pytest.fixture(params=SIZES)
def page(request: Any, browser: Any, service: httpx.Client) -> Iterator[Any]:
    """A window without scripts in which Ana has logged in."""
    with window(browser, service, ANA, viewport=SIZES[request.param], java_script_enabled=False) as made:
        made.goto("/students/page")
        yield made


def test_from_the_list_to_a_student_and_a_what_if(page: Any) -> None:
    page.click("text=RA-2")
    page.wait_for_url("**/students/page/RA-2")
    assert page.locator(".risk").count() == 1
    assert "raises the risk" in page.inner_text(".reasons")
    page.fill("input[name=ieg]", "9")
    page.fill("input[name=phase]", "3")
    page.click("text=Calculate")
    page.wait_for_load_state()
    assert page.locator(".both .risk").count() == 2
    assert page.locator(".both .badge.critical").count() == 1


def test_the_language_is_changed_by_a_link_and_kept(page: Any) -> None:
    page.click("text=Português")
    page.wait_for_load_state()
    assert page.inner_text("h1") == "Estudantes por risco"
    page.click("text=RA-2")
    page.wait_for_url("**/RA-2*")
    assert page.inner_text("h1") == "Estudante RA-2"


def test_logging_out_leads_to_the_login(page: Any) -> None:
    page.click("text=Log out")
    page.wait_for_url("**/login")
    page.go_back()
    page.reload()
    assert "/login" in page.url


def test_a_class_is_printed_without_forms(page: Any) -> None:
    page.select_option("select[name=group]", "2A")
    page.click("text=Show")
    page.wait_for_url("**group=2A*")
    page.emulate_media(media="print")
    assert not page.is_visible("form.filters")
    assert page.is_visible("text=RA-1")
    content = page.pdf(format="A4", print_background=True)
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1


SMALLEST = """() => Math.min(...[...document.querySelectorAll("main *")]
  .filter(each => each.checkVisibility() && [...each.childNodes].some(node => node.nodeType == 3 && node.data.trim()))
  .map(each => parseFloat(getComputedStyle(each).fontSize)))"""
LAST_LABEL = """() => Math.max(...[...document.querySelectorAll(".ct-label")].map(each => {
  const text = document.createRange();
  text.selectNodeContents(each);
  return text.getBoundingClientRect().right;
}))"""
PRINTED = 688  # pixels of an A4 page between margins of 14 mm


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "Student RA-1",
                "Status expected in 2025",
                "Chance of lagging",
                "Close to a typical student",
                "Over the years",
                "Engagement",
            ),
        ),
        (
            "pt",
            (
                "Estudante RA-1",
                "Situação prevista para 2025",
                "Chance de defasagem",
                "Próximo de um",
                "Ao longo dos anos",
            ),
        ),
    ],
)
def test_a_student_is_printed_on_one_page_that_can_be_read(
    browser: Any, service: httpx.Client, language: str, words: tuple[str, ...]
) -> None:
    with window(browser, service, ANA) as page:
        page.goto(f"/students/page/RA-1?lang={language}")
        page.wait_for_selector(".plot svg .ct-line >> nth=0", state="attached")
        content = page.pdf(format="A4", print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
        page.emulate_media(media="print")
        page.set_viewport_size({"width": PRINTED, "height": 1000})
        assert fits(page)
        assert page.evaluate(SMALLEST) >= 10.5  # 8 points
        assert page.evaluate(LAST_LABEL) <= PRINTED
        assert page.is_visible(".plot svg")
        assert not page.is_visible("#what-if")
    printed = text_of_pdf(content)
    assert [word for word in (*words, "2023", "2024") if word not in printed] == []
    assert "Calculate" not in printed


def test_the_reasons_are_on_the_printed_page(browser: Any, service: httpx.Client) -> None:
    with window(browser, service, ANA) as page:
        page.goto("/students/page/RA-2?lang=en")
        content = page.pdf(format="A4", print_background=True)
        reasons = page.locator(".reasons li").all_inner_texts()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert len(reasons) == 3
    printed = text_of_pdf(content)
    assert [reason for reason in reasons if " ".join(reason.split()) not in printed] == []


def text_of_pdf(content: bytes) -> str:
    """The words of a PDF, one blank between them; skips the test where poppler is absent."""
    if (program := shutil.which("pdftotext")) is None:
        pytest.skip("pdftotext is not installed: apt-get install poppler-utils")
    done = subprocess.run([program, "-raw", "-", "-"], input=content, capture_output=True, check=True, timeout=60)
    return " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("size", SIZES)
def test_the_indices_over_the_years_are_drawn(browser: Any, service: httpx.Client, size: str) -> None:
    with window(browser, service, ANA, viewport=SIZES[size]) as page:
        page.goto("/students/page/RA-1?lang=en")
        page.wait_for_selector(".plot svg .ct-line >> nth=0", state="attached")
        drawn = page.locator(".plot-drawing")
        assert drawn.get_attribute("aria-label") == "Indices, from 0 to 10"
        assert page.locator(".plot-key li").first.inner_text() == "Learning (IDA)"
        assert "2024, Learning (IDA): 6" in page.locator(".plot .ct-point title").all_text_contents()
        assert [year.strip() for year in page.locator(".plot .ct-label.ct-horizontal").all_inner_texts()] == [
            "2023",
            "2024",
        ]
        assert not page.is_visible(".plot table")
        page.click(".plot summary")
        assert page.is_visible(".plot table")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_fits_and_is_accessible(browser: Any, service: httpx.Client, size: str, scheme: str) -> None:
    with window(browser, service, ANA, viewport=SIZES[size], color_scheme=scheme) as page:
        for path in ("/students/page", "/students/page/RA-1", "/students/page/RA-2", "/students/page/RA-9"):
            page.goto(path)
            page.wait_for_load_state()
            keep_picture(page, f"students-{path.rpartition('/')[2]}-{size}")
            assert fits(page), path
            assert barriers(page) == [], path
        page.goto("/students/page/RA-2")
        page.fill("input[name=ieg]", "9")
        page.click("text=Calculate")
        page.wait_for_load_state()
        assert fits(page)
