"""The docs' tables of settings and params, and the params files' comments, come from the descriptions in the code."""

import pytest

from tests.docs_tables import KINDS, PARAMS, SECURITY, page_text, params_file_text, sections, security_text

RENEW = "it differs from the descriptions in the code: run `make docs-tables` and commit"


@pytest.mark.parametrize("use_case", PARAMS)
def test_the_page_of_settings_and_params_is_up_to_date(use_case: str):
    page = PARAMS[use_case][2]
    assert page.read_text(encoding="utf-8") == page_text(use_case), f"{page.name}: {RENEW}"


def test_the_table_of_roles_and_routes_is_up_to_date():
    assert SECURITY.read_text(encoding="utf-8") == security_text(), RENEW


@pytest.mark.parametrize("use_case", PARAMS)
def test_the_comments_of_the_params_file_are_up_to_date(use_case: str):
    file = PARAMS[use_case][1]
    assert file.read_text(encoding="utf-8") == params_file_text(use_case), f"{file.name}: {RENEW}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_has_a_description(kind):
    assert [name for name, field in kind.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("use_case", PARAMS)
def test_every_param_has_a_description(use_case: str):
    params = PARAMS[use_case][0]
    named = {section for section, _ in sections(params)}
    for section, kind in sections(params):
        assert kind.__doc__, section
        bare = [name for name, field in kind.model_fields.items() if not field.description]
        assert [name for name in bare if f"{section}.{name}" not in named] == []
    assert set(params.model_fields) - {"auto"} == {section for section in named if "." not in section}
