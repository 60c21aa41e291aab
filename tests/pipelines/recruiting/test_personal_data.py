"""Planted personal data is gone from texts, tables and pages; the words of the work stay."""

import re
from collections.abc import Iterator
from pathlib import Path
from re._parser import SubPattern, parse
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.recruiting.sources.generated import generate
from pipelines.recruiting.sources.planted.personal import KINDS, make_identity, traces, write_piece
from pipelines.use_case import Context
from script_shared.recruiting.privacy import patterns, person_names, scrub, scrubber
from script_shared.recruiting.privacy.folded import fold
from tests.pipelines.recruiting.conftest import candidate, do, make_context, prospect, vacancy, write_agency

VARIANTS = 500
AROUND = "CURRÍCULO\n{}\nAnalista SAP de 2010 - 2015, 8 anos de experiência."
HINTED = (
    "tel: 3333-4444 / nascida em 1985, idade: 33 anos de idade, (33 anos) http://a.b/c www.x.com skype: zu /in/zuleica"
    " @zu9 rua 7 de abril 200, cep 01310-100, bairro: Sé, nome: Ana Souza, endereço: rua A, a(at)b.com"
    " nascido em 12/03/1985 "
)
WORK = (
    "Consultor SAP MM desde 2010 - 2015. 10 anos de experiência com Java 8, Spring 5.3 e Oracle 19c.",
    "Implantação de 3 projetos, 120 usuários, SLA de 99,9 %. Vencimento 2.500,00. ISO 9001:2015.",
    "São Paulo - SP. Santa Catarina. João Pessoa. Ensino Superior Completo (2012). S/4HANA, C#, .NET Core, Node.js",
    "01/2015 a 03/2018: Analista de Sistemas. Fev/2019 - atual: Coordenador. Inglês avançado, TOEIC 850.",
)


@pytest.fixture(scope="module")
def left() -> dict[str, list[str]]:
    """By kind, the pieces of which a trace is left."""
    rng, kinds = np.random.default_rng(11), list(KINDS)
    found: dict[str, list[str]] = {}
    for number in range(VARIANTS):
        who, kind = make_identity(rng, is_woman=number % 2 == 0), kinds[number % len(kinds)]
        piece = write_piece(who, kind, number // len(kinds))
        text = scrub(AROUND.format(piece.text), [who.name], [who.birth_text])
        assert "Analista SAP de 2010 - 2015, 8 anos de experiência." in text
        if traces(text, piece):
            found.setdefault(kind, []).append(piece.text)
    return found


def test_of_500_planted_pieces_no_trace_is_left(left: dict[str, list[str]]) -> None:
    assert left == {}


@pytest.mark.parametrize("text", WORK)
def test_a_text_about_work_stays_as_it_is(text: str) -> None:
    assert scrub(text, ["Zuleica Rezende"], ["12-03-1985"]) == text


def test_names_without_a_record_are_removed_where_they_begin_with_a_common_given_name() -> None:
    assert "Moura" not in scrub("Referência: Carlos Eduardo Moura\nGestor: Mariana de Souza Prado")
    assert "Prado" not in scrub("Gestor: Mariana de Souza Prado")


def repeats(pattern: Any) -> Iterator[int]:
    """The most times that each repeat of a parsed pattern allows."""
    for name, value in pattern:
        if str(name) in ("MAX_REPEAT", "MIN_REPEAT"):
            yield int(value[1])
        for part in value if isinstance(value, tuple | list) else ():
            for inner in part if isinstance(part, list) else [part]:
                if isinstance(inner, SubPattern):
                    yield from repeats(inner)


def rules() -> list[re.Pattern[str]]:
    found = [value for module in (patterns, person_names, scrubber) for value in vars(module).values()]
    listed = [each for value in found for each in (value if isinstance(value, tuple) else (value,))]
    return [each for each in listed if isinstance(each, re.Pattern)]


def test_every_rule_looks_at_a_bounded_piece_of_text_from_each_place() -> None:
    made = [rule for rule in rules() if rule not in (person_names._PART, scrubber.SPACES)]  # no rule begins within them
    assert len(made) > 20
    for rule in made:
        assert max(repeats(parse(rule.pattern)), default=0) <= 300, rule.pattern


def test_nothing_planted_is_in_the_tables_or_on_the_data_card(refined: Context, tmp_path: Path) -> None:
    _, _, files = generate(tmp_path, refined.params.generated)
    table = pl.read_parquet(refined.run.read("refined") / "candidates.parquet")
    words = pl.concat_str(pl.exclude("created_on"), separator=" ", ignore_nulls=True).alias("words")
    texts = dict(table.select("candidate_id", words).iter_rows())
    found = {key: traces(texts[key], piece) for key, pieces in files.personal.items() for piece in pieces}
    assert {key: secrets for key, secrets in found.items() if secrets} == {}
    page = next(refined.run.read("quality").glob("*.html")).read_text(encoding="utf-8")
    assert "@" not in page.replace("@media", "").replace("@page", "")


def test_no_file_of_a_run_holds_the_record_of_a_person(tmp_path: Path) -> None:
    cv = "Zuleica Rezende\nzu@x.com\nContato: (11) 98765-4321\nExperiência com SAP MM em 2020"
    people = {"7": candidate(cv, cpf="123.456.789-09", endereco="Sítio Boa Vista", sexo="Feminino")}
    agency = write_agency(tmp_path / "in", {"1": vacancy()}, people, {"1": [prospect("7")]})
    context = make_context(tmp_path, source="json", source_path=agency)
    do(context, "landing", "refine", "quality")
    for file in context.run.root.rglob("*.parquet"):
        content = pl.read_parquet(file, glob=False).write_json()
        for secret in ("Zuleica", "zu@", "98765", "123.456", "Feminino", "12-03-1985", "Aprovada", "Secreto"):
            assert secret not in content, file
    assert "SAP MM em 2020" in pl.read_parquet(context.run.read("refined") / "candidates.parquet")["cv_text"][0]


def test_a_rule_is_left_out_only_where_it_finds_nothing() -> None:
    rng, seen = np.random.default_rng(3), dict.fromkeys(patterns.HINTS, 0)
    for number in range(3 * len(KINDS)):
        piece = write_piece(make_identity(rng, is_woman=True), list(KINDS)[number % len(KINDS)], number)
        for text in (piece.text, piece.text.upper(), piece.text.upper().replace("I", "İ"), f"{HINTED} {piece.text}"):
            useful = scrubber._useful(text)
            for rule in patterns.HINTS:
                found = rule.search(text) is not None
                seen[rule] += found
                assert useful(rule) or not found, (rule.pattern, text)
    assert [rule.pattern for rule, count in seen.items() if not count] == []


def test_hints_have_no_blank_and_are_in_small_letters() -> None:
    for hint in (hint for hints in patterns.HINTS.values() for hint in hints):
        assert hint == hint.casefold()
        assert not any(letter.isspace() for letter in hint)


def test_small_letters_without_accents_are_the_same_in_latin_and_other_texts() -> None:
    letters = "".join(map(chr, range(0x250)))
    assert "".join(fold(letter) for letter in letters) == fold(letters)
    assert fold("ÀÉÎõüÇñ") == "aeioucn"
    assert len(fold(letters)) == len(letters)
