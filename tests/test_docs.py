"""The docs name what exists: every route, setting, metric and make target, and no other."""

import ast
import re
import tomllib
from pathlib import Path

from fastapi.routing import APIRoute

from app.__main__ import ServerSettings
from app.main import create_app
from pipelines.supervisor.stack_settings import StackSettings
from script_shared.settings import Settings
from script_shared.use_case_settings import variables
from script_shared.use_cases import entries
from tests.app.exported import exported_metrics

ROOT = Path(__file__).parents[1]
DOCS = {path: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
TEXT = "\n".join(DOCS.values())
ROUTE = re.compile(r"`(GET|POST|PUT|DELETE) (/[^`? ]*)")


SETTINGS = (Settings, ServerSettings, StackSettings)  # of everything, of the API's listener, of `make run`
OF_TESTS = {  # and of notebooks
    *(
        "PAUTA_REAL_DATA",
        "PAUTA_TEST_S3_ENDPOINT",
        "PAUTA_TEST_PICTURES",
        "PAUTA_TEST_FILM",
        "PAUTA_EXPERIMENT_SET",
        "PAUTA_STANDINS",
    ),
}

OF_THE_STACK = {
    name
    for file in (".env.example", "docker/kubernetes/values.yaml")
    for name in re.findall(r"PAUTA_[A-Z0-9_]+", (ROOT / file).read_text(encoding="utf-8"))
}


def test_every_setting_is_documented_and_no_other_is():
    named = set(re.findall(r"PAUTA_[A-Z0-9_]+", TEXT))
    exist = {f"PAUTA_{name.upper()}" for kind in SETTINGS for name in kind.model_fields} | OF_TESTS | OF_THE_STACK
    exist -= {"PAUTA_BY_USE_CASE"}  # filled from the variables of each use case
    of_use_cases = set(variables(entries()))
    assert exist - named == set()
    assert named - exist - of_use_cases == set()


def test_every_route_is_documented_and_no_other_is():
    routes = [route for route in create_app(Settings()).routes if isinstance(route, APIRoute)]
    exist = {(method, route.path_format) for route in routes for method in route.methods}
    exist -= {("GET", "/docs"), ("GET", "/docs/oauth2-redirect")}  # made by the framework
    assert len(exist) > 10
    assert set(ROUTE.findall(TEXT)) == exist


def test_every_make_target_is_documented_and_no_other_is():
    exist = set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`make ([a-z][a-z-]*)", TEXT))
    assert exist - named == set()
    assert named - exist == set()


def test_every_metric_is_documented_and_no_other_is():
    exist = {re.sub(r"^pauta_", "", metric.name) for metric in exported_metrics() if "pauta_" in metric.name}
    named = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in re.findall(r"`pauta_([a-z_]+)`", TEXT)}
    assert exist - named == set()
    assert named - exist == set()


def test_both_readmes_show_the_same_commands_figures_and_links():
    english, portuguese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.pt-BR.md"))
    portuguese = re.sub(r"(\d),(\d)", r"\1.\2", portuguese)  # a decimal comma is written there
    for pattern in (
        r"^\$ .*?(?=  +#|$)",
        r"\]\((docs/[^)]*)\)",
        r"(?<![\d.])\d+\.\d+(?![\d.])",
        r"http://\S+",
        r"`make [a-z]+`",
    ):
        found = [re.findall(pattern, text, re.M) for text in (english, portuguese)]
        assert found[0], pattern
        assert found[0] == found[1], pattern


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 900


BLOCK = re.compile(r"^```(python|toml)\n(.*?)^```", re.M | re.S)


def test_python_and_toml_blocks_are_code_that_works():
    blocks = [(page.name, *block) for page, text in DOCS.items() for block in BLOCK.findall(text)]
    assert {language for _, language, _ in blocks} == {"python", "toml"}
    for page, language, block in blocks:
        if language == "toml":
            tomllib.loads(block)
            continue
        imports = [node for node in ast.parse(block, page).body if isinstance(node, (ast.Import, ast.ImportFrom))]
        exec(compile(ast.Module(imports, []), page, "exec"), {})


def test_every_page_is_in_the_navigation_of_the_site():
    named = re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M)
    assert sorted(named) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))


def test_no_placeholder_is_left():
    assert re.findall(r"@[A-Z]+@", TEXT) == []


def test_every_link_to_a_file_leads_somewhere():
    for page, text in DOCS.items():
        for target in re.findall(r"\]\((?!http|#)([^)#]+)", text):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
