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


def test_blanks_within_an_id_cost_no_more_than_its_length():
    with pytest.raises(ValueError, match="at most 512"):
        clean_id("x" + " " * 1_000_000 + "x")  # tried blank by blank, it takes a day
    assert clean_id("\u3000\ufeff" * 500_000 + "x" + "\u00a0\u2060" * 500_000) == "x"


@pytest.mark.parametrize("letter", [chr(code) for code in range(0x3100) if chr(code).isspace()])
def test_every_space_around_an_id_is_left_out_but_control_characters(letter: str):
    if letter in "\x1c\x1d\x1e\x1f":
        with pytest.raises(ValueError, match="control characters"):
            clean_id(f"{letter}x")
    else:
        assert clean_id(f"{letter}x{letter}") == "x"


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
