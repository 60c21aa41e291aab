"""Cuts CSV files into pieces of whole rows, so that many tasks can read one file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from script_shared.arrays import IntArray

PIECE_BYTES = 32 << 20
CHUNK = 1 << 20
QUOTE, NEWLINE = ord('"'), ord("\n")
BEFORE_QUOTE = np.frombuffer(b',\n\r"', np.uint8)
Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]


@dataclass(frozen=True)
class Piece:
    """Whole rows of a file.

    Attributes:
        file: a CSV file with a header.
        begin: its first byte, after the header.
        end: the byte after its last one.
        head: bytes of the header.
    """

    file: Path
    begin: int
    end: int
    head: int

    def read(self) -> bytes:
        """The header and the rows of the piece."""
        with self.file.open("rb") as stream:
            head = stream.read(self.head)
            stream.seek(self.begin)
            return head + stream.read(self.end - self.begin)


def cut(files: Sequence[Path], piece_bytes: int = PIECE_BYTES) -> list[Piece]:
    """The pieces of all files, in order.

    A line break inside quotes does not end a row. If a quote is inside a cell that does not begin with one, the quotes
    do not show which line breaks end rows, so such a file is one piece.

    Args:
        files: CSV files, separated by commas, each with a header that ends with a line break.
        piece_bytes: a piece is a little larger.
    """
    return [piece for file in files for piece in _cut_file(file, piece_bytes)]


def _cut_file(file: Path, piece_bytes: int) -> list[Piece]:
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = len(stream.readline())
    if size - head <= piece_bytes:
        return [Piece(file, head, size, head)]
    ends = _row_ends(file, head, piece_bytes)
    bounds = [head, *(ends or []), size]
    return [Piece(file, begin, end, head) for begin, end in pairwise(bounds) if end > begin]


def _row_ends(file: Path, head: int, piece_bytes: int) -> list[int] | None:
    """Where pieces end; None if the quotes do not show where rows end."""
    ends: list[int] = []
    begin, quoted, before = head, False, NEWLINE
    for at, codes in _chunks(file, head):
        quotes = np.flatnonzero(codes == QUOTE)
        opening = quotes[int(quoted) :: 2]
        behind = np.concatenate([np.array([before], np.uint8), codes])[opening]
        if not np.isin(behind, BEFORE_QUOTE).all():
            return None
        if at + len(codes) - begin >= piece_bytes and (end := _first_row_end(codes, quotes, quoted=quoted)):
            begin = at + end
            ends.append(begin)
        quoted ^= bool(len(quotes) % 2)
        before = int(codes[-1])
    return None if quoted else ends


def _first_row_end(codes: Bytes, quotes: IntArray, *, quoted: bool) -> int:
    """The position after the first line break outside quotes, 0 for none."""
    breaks = np.flatnonzero(codes == NEWLINE)
    outside = breaks[(np.searchsorted(quotes, breaks) + quoted) % 2 == 0]
    return int(outside[0]) + 1 if len(outside) else 0


def _chunks(file: Path, start: int) -> Iterator[tuple[int, Bytes]]:
    with file.open("rb") as stream:
        stream.seek(start)
        while chunk := stream.read(CHUNK):
            yield stream.tell() - len(chunk), np.frombuffer(chunk, np.uint8)
