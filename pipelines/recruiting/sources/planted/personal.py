"""Invented people's personal data, and the many ways in which CVs write it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipelines.recruiting.sources.planted.vocabulary import words
from script_shared.algorithms.words import plain

RARE = 0.15  # share of given names that no list has


@dataclass(frozen=True)
class Identity:
    """One invented person; nobody has these numbers."""

    given: str
    middle: str
    surname: str
    mail: str
    phone: str  # eleven digits
    cpf: str  # eleven digits
    birth: date
    street: str
    number: int
    district: str
    cep: str  # eight digits
    handle: str

    @property
    def name(self) -> str:
        """Given name and surnames."""
        return f"{self.given} {self.middle} {self.surname}"

    @property
    def birth_text(self) -> str:
        """As the files write it."""
        return f"{self.birth:%d-%m-%Y}"


@dataclass(frozen=True)
class PlantedPiece:
    """A piece of a CV with personal data.

    Attributes:
        kind: such as ``phone``.
        text: as it is in the CV.
        secrets: letters and digits that may not be in a clean text.
    """

    kind: str
    text: str
    secrets: tuple[str, ...]


def make_identity(rng: np.random.Generator, *, is_woman: bool) -> Identity:
    """An invented person."""
    lists = words("people")
    given = _one(rng, lists["rare"] if rng.random() < RARE else lists["girls" if is_woman else "boys"])
    middle, surname = (_one(rng, lists["surnames"]) for _ in range(2))
    number = int(rng.integers(10, 9_999))
    handle = plain(f"{given}.{surname}{number}").replace(" ", "")
    return Identity(
        given=given,
        middle=middle,
        surname=surname,
        mail=f"{handle}@{_one(rng, lists['hosts'])}",
        phone=f"{rng.integers(11, 99)}9{rng.integers(10_000_000, 99_999_999)}",
        cpf=f"{rng.integers(10**10, 10**11)}",
        birth=date(1958, 1, 1) + timedelta(days=int(rng.integers(0, 45 * 365))),
        street=_one(rng, lists["streets"]),
        number=number,
        district=_one(rng, lists["districts"]),
        cep=f"0{rng.integers(1_000_000, 9_999_999)}",
        handle=handle,
    )


def _one(rng: np.random.Generator, texts: list[str]) -> str:
    return texts[int(rng.integers(len(texts)))]


def _mails(who: Identity) -> list[str]:
    local, host = who.mail.split("@")
    return [
        *(who.mail, who.mail.upper(), f"E-mail: {who.mail}", f"email:{who.mail};", f"{local} @ {host}"),
        *(f"{local}(at){host}", f"{local} arroba {host}", f"<{who.mail}>", f"Contato {who.mail}", f"{local}[at]{host}"),
    ]


def _phones(who: Identity) -> list[str]:
    area, first, last = who.phone[:2], who.phone[2:7], who.phone[7:]
    return [
        *(f"({area}) {first}-{last}", f"{area} {first} {last}", f"+55 {area} {first}-{last}", who.phone),
        *(f"(0{area}) {first[1:]}-{last}", f"Tel: {first[1:]} {last}", f"Cel. 9 {first[1:]}-{last}"),
        *(f"55 ({area}) 9.{first[1:]}-{last}", f"{area}-{first}-{last}", f"Recados: ({area}) {first[1:]}.{last}"),
        *(f"Celular {area}{first}{last}", f"WhatsApp: {area} 9 {first[1:]} {last}", f"+55({area}){first}-{last}"),
        *(f"Telefone para contato: {area} {first}{last}", f"fone {first[1:]}-{last}"),
    ]


def _cpfs(who: Identity) -> list[str]:
    a, b, c, d = who.cpf[:3], who.cpf[3:6], who.cpf[6:9], who.cpf[9:]
    dotted = f"{a}.{b}.{c}-{d}"
    return [dotted, f"CPF: {dotted}", f"CPF {who.cpf}", f"C.P.F. {a}.{b}.{c}/{d}", f"CPF nº {a} {b} {c} {d}", who.cpf]


def _links(who: Identity) -> list[str]:
    handle = who.handle
    return [
        *(f"https://www.linkedin.com/in/{handle}", f"linkedin.com/in/{handle}", f"www.facebook.com/{handle}"),
        *(f"github.com/{handle}", f"Skype: {handle}", f"LinkedIn: /in/{handle}", f"br.linkedin.com/in/{handle}/pt"),
        *(f"http://{handle}.com.br", f"Instagram: @{handle}", f"https://github.com/{handle}?tab=repositories"),
    ]


def _spoken_date(who: Identity) -> str:
    """The birth date in words."""
    return f"{who.birth.day} de {words('people')['months'][who.birth.month - 1]} de {who.birth.year}"


def _births(who: Identity) -> list[str]:
    born = who.birth
    return [
        *(f"Data de nascimento: {born:%d/%m/%Y}", f"Nascido em {_spoken_date(who)}"),
        *(f"nasc. {born:%d-%m-%Y}", f"Nascimento: {born:%d.%m.%Y}", f"Dt. Nasc.: {born:%d/%m/%y}", f"{born:%d/%m/%Y}"),
        *(f"D.N. {born:%d/%m/%Y}", f"Date of birth: {born:%Y-%m-%d}", f"Nascida em: {born:%d / %m / %Y}"),
    ]


def _addresses(who: Identity) -> list[str]:
    place, cep = f"{who.street}, {who.number}", f"{who.cep[:5]}-{who.cep[5:]}"
    return [
        *(
            f"{place} - apto 45 - {who.district}",
            f"{who.street}, nº {who.number}",
            f"Endereço: {place}, {who.district}",
        ),
        *(f"{who.street} {who.number}, bloco B", f"Residente à {place}", f"{place} CEP: {cep}", f"{place} – casa 2"),
        *(f"{place}, CEP {who.cep}", f"Endereço residencial - {place} {cep}"),
    ]


def _names(who: Identity) -> list[str]:
    return [
        *(who.name, who.name.upper(), f"{who.surname}, {who.given} {who.middle}", f"Nome: {who.name}", plain(who.name)),
        *(f"{who.given} {who.middle[0]}. {who.surname}", who.given, f"{who.given} {who.surname}"),
    ]


KINDS: dict[str, tuple[Callable[[Identity], list[str]], Callable[[Identity], tuple[str, ...]]]] = {
    "mail": (_mails, lambda who: (who.mail.split("@")[0],)),
    "phone": (_phones, lambda who: (who.phone[-8:],)),
    "cpf": (_cpfs, lambda who: (who.cpf[:9],)),
    "link": (_links, lambda who: (who.handle,)),
    "birth": (
        _births,
        lambda who: (*(f"{who.birth:{form}}" for form in ("%d%m%Y", "%Y%m%d", "%d%m%y")), _spoken_date(who)),
    ),
    "address": (_addresses, lambda who: (who.street.split()[-1] + str(who.number), who.cep)),
    "name": (_names, lambda who: (who.given, who.middle, who.surname)),
}


def write_piece(who: Identity, kind: str, place: int) -> PlantedPiece:
    """One kind of a person's data in one of its ways.

    Args:
        place: which way; any whole number.
    """
    ways, secrets = KINDS[kind]
    texts = ways(who)
    return PlantedPiece(kind, texts[place % len(texts)], secrets(who))


def traces(text: str, planted: PlantedPiece) -> list[str]:
    """Secrets of a piece that a text still holds, however they are written.

    >>> traces("fone 9876 5432", PlantedPiece("phone", "", ("98765432",)))
    ['98765432']
    """
    if planted.kind == "name":
        words_left = set(re.findall(r"[a-z]+", plain(text)))
        return [secret for secret in planted.secrets if plain(secret) in words_left]
    letters = "".join(letter for letter in plain(text) if letter.isalnum())
    keys = {secret: "".join(letter for letter in plain(secret) if letter.isalnum()) for secret in planted.secrets}
    return [secret for secret, key in keys.items() if key in letters]
