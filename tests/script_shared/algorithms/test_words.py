"""Portuguese words."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from script_shared.algorithms.words import plain, stop_words, words


def test_accents_and_case_do_not_part_words() -> None:
    assert words("Eleição ELEIÇÃO eleicao") == ["eleicao"] * 3


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert words(unicodedata.normalize("NFD", "inflação à vista")) == words("inflação à vista")


def test_stop_words_carry_no_accents_and_are_left_out() -> None:
    assert {"nao", "voce", "ate"} <= stop_words()
    assert words("você não foi até lá") == []


@given(st.text())
def test_any_text_becomes_plain_letters(text: str) -> None:
    assert plain(text).isascii()
    assert plain(text) == plain(text).lower()


@given(st.text(alphabet="abcçãéíõúABÇ -–“”\n", max_size=40))
def test_plain_agrees_with_unicode_on_portuguese(text: str) -> None:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    expected = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    kept = [a for a, b in zip(plain(text), expected, strict=True) if b.isalpha()]
    assert kept == [letter for letter in expected if letter.isalpha()]
