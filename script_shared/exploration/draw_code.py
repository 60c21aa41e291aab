"""The outcome of a draw as one number and a few names: what a served list keeps of it."""

from collections.abc import Sequence

from script_shared.exploration.draws import Draw
from script_shared.exploration.randomization import Randomization

_BITS = 4  # of a count of places or candidates


def encode_draw(draw: Draw) -> int:
    """The ranks as one number: at each place, the position of its candidate among those that are left.

    The last bit is 1 where the counts of places and candidates differ from the settings, because there were fewer
    articles; the counts are in the eight bits before it.

    Args:
        draw: the outcome of a draw.

    >>> settings = Randomization(1.0, 2, 1, 2.0)
    >>> [encode_draw(Draw(settings, ranks, ["x"])) for ranks in ((0, 1), (2, 0))]
    [0, 4]
    """
    code, left = 0, list(range(draw.size))
    digits = []
    for rank in draw.ranks:
        digits.append((left.index(rank), len(left)))
        left.remove(rank)
    for digit, base in reversed(digits):
        code = code * base + digit
    usual = (len(draw.ranks), draw.size) == (draw.how.places, draw.how.places + draw.how.extra)
    return code << 1 if usual else (((code << _BITS | len(draw.ranks)) << _BITS) | draw.size) << 1 | 1


def decode_draw(code: int, how: Randomization, names: Sequence[str]) -> tuple[Sequence[str], Draw]:
    """The list as it was served, and its draw.

    Args:
        code: as ``encode_draw`` made it.
        how: the settings.
        names: ids of the list, then of the candidates without a place.

    Returns:
        Ids of the list, best first, and the outcome of the draw.
    """
    places, size, code, unusual = how.places, how.places + how.extra, code >> 1, code & 1
    if unusual:
        size, code = code & (1 << _BITS) - 1, code >> _BITS
        places, code = code & (1 << _BITS) - 1, code >> _BITS
    left, ranks = list(range(size)), []
    for _ in range(places):
        code, digit = divmod(code, len(left))
        ranks.append(left.pop(digit))
    length = len(names) - len(left)
    return names[:length], Draw(how, tuple(ranks), names[length:])
