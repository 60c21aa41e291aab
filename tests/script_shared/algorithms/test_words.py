"""Portuguese words."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.algorithms.words import ACRONYMS, part_of, parts, plain, stop_words, words


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


PORTUGUESE = st.text(alphabet="abcçãéíõúABÇIA gêmeos058-&;.,", max_size=60)


@given(PORTUGUESE)
def test_entities_are_the_letters_that_they_stand_for(text: str) -> None:
    named = html.escape(text).replace("ç", "&ccedil;").replace("ã", "&atilde;").replace("é", "&#233;")
    assert words(named) == words(html.unescape(named))


@given(PORTUGUESE, st.lists(st.tuples(st.integers(0, 60), st.sampled_from("\u00ad\u200b\u200c\u200d\u2060\ufeff"))))
def test_what_nobody_sees_does_not_part_words(text: str, unseen: list[tuple[int, str]]) -> None:
    written = html.unescape(text)
    hidden = written
    for place, letter in unseen:
        hidden = hidden[:place] + letter + hidden[place:]
    if "&" not in hidden:  # within an entity they would part it
        assert words(hidden) == words(written)


@given(PORTUGUESE)
def test_letters_in_one_or_two_parts_make_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text())
def test_words_are_plain_and_hold_a_letter(text: str) -> None:
    for word in words(text):
        assert word.isascii()
        assert any(letter.isalpha() for letter in word)
        assert len(word) > 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Elei&ccedil;&atilde;o &amp; voto", ["eleicao", "voto"]),
        ("o\ufb01cina de in\u00adfla\u00ad\u00e7\u00e3o", ["oficina", "inflacao"]),
        ("A IA generativa", ["ia", "generativa"]),
        ("ele ia ao cinema", ["cinema"]),
        ("o 5G chega, em 4K e 3D", ["5g", "chega", "4k", "3d"]),
        ("covid-19", ["covid", "covid-19"]),
        ("o G-20 e o sub-20", ["g-20", "sub", "sub-20"]),
        ("às 18h30 de 2022, 5km, 2º lugar", ["lugar"]),
        ("guarda-chuva", ["guarda", "chuva"]),
        ("covid\u201119", ["covid", "covid-19"]),
    ],
)
def test_words_as_people_write_them(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(PORTUGUESE)
def test_the_quick_way_and_the_thorough_one_agree(text: str) -> None:
    both = [word for word in words(text + " IA") if "-" not in word]
    assert both[-1] == "ia"
    assert [word for word in both if word != "ia"] == [word for word in words(text) if "-" not in word and word != "ia"]


@pytest.mark.parametrize("letters", [PORTUGUESE, st.text()])
def test_parts_hold_the_words_and_nothing_that_looks_like_another_word(letters: st.SearchStrategy[str]) -> None:
    @given(letters, letters)
    def agree(text: str, other: str) -> None:
        vocabulary = {*words(text), *words(other), *words(text.upper()), *words(text + " IA"), *ACRONYMS, "de", "18h"}
        word_of = {part_of(word): word for word in vocabulary}
        assert [word_of[part] for part in parts(text) if part in word_of] == words(text)

    agree()
