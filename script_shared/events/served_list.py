"""One list as it was served, in the few bytes that the log database keeps of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from script_shared.events.entry import Entry, Kind
from script_shared.events.person import session_name
from script_shared.experiments.mark import Mark
from script_shared.exploration.draw_code import decode_draw, encode_draw
from script_shared.exploration.draws import Draw
from script_shared.exploration.randomization import SEED, Randomization

_LABELS, _AND = 3, " | "  # names before the pages; between the source and the settings of a draw
KEY = 12  # bytes by which a list and a click that names its answer find each other


def answer_key(answer_id: str) -> bytes:
    """The part of an answer's id that is kept: what comes before the marks of its pages.

    Args:
        answer_id: as the answer had it; ids of other services are accepted, and get a hash.

    Returns:
        12 bytes.

    >>> answer_key("0123456789abcdef01234567" + "marks").hex()
    '0123456789abcdef01234567'
    """
    try:
        key = bytes.fromhex(answer_id[: 2 * KEY])
    except ValueError:
        key = b""
    return key if len(key) == KEY else blake2b(answer_id.encode(), digest_size=KEY).digest()


def person_key(name: str) -> int:
    """31 bits of a user or session by which rows are indexed, 0 for none; a reader of rows compares the name too.

    Args:
        name: of a user or session; "" for none.

    Returns:
        0 to 2^31 - 1.
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big") >> 1 if name else 0


def is_sampled(answer_id: str, share: float) -> bool:
    """Whether a list belongs to the share of lists that is kept; the answer depends only on the id.

    Args:
        answer_id: of the answer.
        share: of the lists that are kept, 0..1.
    """
    return share >= 1 or int.from_bytes(blake2b(answer_id.encode(), digest_size=6).digest(), "big") < share * 2**48


@dataclass(frozen=True, slots=True)
class ServedList:
    """A list as it was served.

    Attributes:
        key: of the answer, see ``answer_key``.
        time_ms: when it was served, epoch milliseconds on the clock of the release.
        user, session: who got it, "" for none.
        segment, source, release: as the answer named them.
        pages: article ids, best first.
        number: place among all lists, 1 or more; 0 before it is written.
        draw: how its last places were drawn; None for a list without chance.
        marks: of the experiments that it took part in.
    """

    key: bytes
    time_ms: int
    user: str
    session: str
    segment: str
    source: str
    release: str
    pages: Sequence[str]
    number: int = 0
    draw: Draw | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def people(self) -> list[str]:
        """The names under which somebody may be erased: of the user and of the visit."""
        return [name for name in (self.user, session_name(self.session)) if name]

    @property
    def names(self) -> list[str]:
        """Every text that is kept as a number: three labels, the pages, then the candidates that got no place."""
        others = () if self.draw is None else self.draw.others
        return [self.segment, self._source_label, self.release, *self.pages, *others]

    @property
    def _source_label(self) -> str:
        return self.source if self.draw is None else f"{self.source}{_AND}{self.draw.how.text}"

    def is_repeatable(self) -> bool:
        """Whether the id of the answer gives the same draw again; True for a list without one."""
        return self.draw is None or self.draw.is_of(self.key[:SEED])

    def entry(self) -> Entry:
        """As exports show it."""
        labels = {"segment": self.segment, "source": self.source, "release": self.release}
        visit = {"session": self.session} if self.session else {}
        body = {**visit, **labels, "items": list(self.pages), "list": self.number, **self._chances()}
        if self.marks:
            body["variants"] = {mark.experiment: mark.variant for mark in self.marks}
        return Entry(f"served-{self.key.hex()}", Kind.SERVED, self.time_ms, self.user, "", body)

    def _chances(self) -> dict[str, Any]:
        if self.draw is None:
            return {}
        fixed = [1.0] * (len(self.pages) - len(self.draw.ranks))
        return {
            "randomization": self.draw.how.text,
            "candidates": self.draw.candidates(self.pages),
            "propensities": [*fixed, *self.draw.place_chances().tolist()],
            "list_propensity": self.draw.chance(),
        }

    def blob(self, numbers: Mapping[str, int]) -> bytes:
        """The names as bytes.

        Args:
            numbers: the number of each name.
        """
        found = [numbers[name] for name in self.names]
        return pack_numbers(
            found if self.draw is None else [*found[:_LABELS], encode_draw(self.draw), *found[_LABELS:]]
        )


def parts_of(
    numbers: Sequence[int], names: Mapping[int, str]
) -> tuple[tuple[str, str, str], Sequence[str], Draw | None]:
    """Segment, source and release, the pages, and the draw of a list.

    Args:
        numbers: as ``ServedList.blob`` packed them.
        names: the text of each number; a missing one becomes "".

    Returns:
        segment, source and release; the pages in the order of the list; how places were drawn, None if they were not.

    Raises:
        InputError: a newer version wrote the list.
    """
    segment, label, release = (names.get(number, "") for number in numbers[:_LABELS])
    source, _, how = label.partition(_AND)
    if not how:
        return (segment, source, release), [names.get(number, "") for number in numbers[_LABELS:]], None
    code, *others = numbers[_LABELS:]
    pages, draw = decode_draw(code, Randomization.of(how), [names.get(number, "") for number in others])
    return (segment, source, release), pages, draw


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """Numbers of 0 or more, seven bits a byte, the lowest first; the last byte of each number is below 128.

    Args:
        numbers: each 0 or more; there is no upper limit.

    >>> pack_numbers([1, 300]).hex(), list(unpack_numbers(pack_numbers([1, 300, 70_000])))
    ('01ac02', [1, 300, 70000])
    """
    found = bytearray()
    for number in numbers:
        while number > 127:
            found.append(number & 127 | 128)
            number >>= 7
        found.append(number)
    return bytes(found)


def unpack_numbers(blob: bytes) -> Iterator[int]:
    """The numbers that ``pack_numbers`` wrote.

    Args:
        blob: whole numbers; bytes after the last one that is complete are ignored.
    """
    number, shift = 0, 0
    for byte in blob:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number, shift = 0, 0
