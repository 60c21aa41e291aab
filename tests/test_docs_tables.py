"""Tables of settings and params in the docs, and the comments of the params file, come from the code's descriptions."""

import pytest

from script_shared.news.params import FILE, NewsParams
from tests.docs_tables import KINDS, PAGE, page_text, params_file_text, sections

RENEW = "it differs from the descriptions in the code: run `make docs-tables` and commit"


def test_the_page_of_settings_and_params_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page_text(), f"{PAGE.name}: {RENEW}"


def test_the_comments_of_the_params_file_are_up_to_date():
    assert FILE.read_text(encoding="utf-8") == params_file_text(), f"{FILE.name}: {RENEW}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_has_a_description(kind):
    assert [name for name, field in kind.model_fields.items() if not field.description] == []


def test_every_param_has_a_description():
    named = {section for section, _ in sections()}
    for section, kind in sections():
        assert kind.__doc__, section
        bare = [name for name, field in kind.model_fields.items() if not field.description]
        assert [name for name in bare if f"{section}.{name}" not in named] == []
    assert set(NewsParams.model_fields) - {"auto"} == {section for section in named if "." not in section}
