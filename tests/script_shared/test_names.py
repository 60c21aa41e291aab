"""Ids, titles and sections mean the same wherever they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.names import MAX_ID, MAX_TITLE, clean_id, clean_text, clean_title, is_null, section_key

BLANKS = st.text(" \t\n\u00a0\u200b\ufeff", max_size=4)
TEXTS = st.text(max_size=200)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Z", "Cf"]), min_size=1, max_size=MAX_ID), BLANKS, BLANKS)
def test_white_space_around_an_id_does_not_count(text: str, before: str, after: str):
    assert clean_id(before + text + after) == clean_id(text) == ("" if is_null(text) else text)


@given(TEXTS)
def test_an_id_is_refused_or_stays_what_it_is(text: str):
    try:
        once = clean_id(text)
    except ValueError:
        return
    assert clean_id(once) == once
    assert once in text


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\x00", "\ud800", "a\x85b", "x" * (MAX_ID + 1)])
def test_an_id_that_no_store_could_keep_is_refused(text: str):
    with pytest.raises(ValueError, match="may"):
        clean_id(text)


def test_long_ids_and_addresses_are_ids():
    assert clean_id("x" * MAX_ID) == "x" * MAX_ID
    address = "esid:conteudo_editorial_g1#materia#https://g1.globo.com/a/b.ghtml"
    assert clean_id(address) == address
    assert clean_id("[urgente]") == "[urgente]"
    assert clean_id(12345) == "12345"


@given(TEXTS)
def test_cleaning_twice_changes_nothing_more(text: str):
    once = clean_text(text)
    assert "\n" not in once
    assert clean_text(once) == once or "&" in once  # an entity may have been written twice: &amp;eacute;
    assert len(clean_title(text)) <= MAX_TITLE


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Elei&ccedil;&atilde;o &amp; voto", "Eleição & voto"),
        ("in\u00adfla\u00ad\u00e7\u00e3o", "inflação"),
        ("o\ufb01cina", "oficina"),
        ("cafe\u0301", "café"),
        ("linha um\r\nlinha dois\u2028fim", "linha um linha dois fim"),
        ("a\u200bb\x00c", "abc"),
    ],
)
def test_portuguese_as_people_write_it(raw: str, clean: str):
    assert clean_text(raw) == clean


@pytest.mark.parametrize("spelling", ["Saúde", "saude", " SAÚDE ", "sau\u0301de", "Sa&uacute;de", "saude/"])
def test_spellings_of_a_section_are_one(spelling: str):
    assert section_key(spelling) == "saude"


@given(TEXTS)
def test_a_section_key_is_its_own_key(text: str):
    assert section_key(section_key(text)) == section_key(text)


def test_sections_in_other_scripts_are_told_apart():
    assert section_key("Спорт") == section_key("спорт") != section_key("Мир")
    assert section_key("⚽") != section_key("🎭")
    assert section_key(None) == section_key("  ") == ""
