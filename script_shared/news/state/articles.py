"""The articles of a state: each has a permanent number, and a row in the arrays while it is alive."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from script_shared.arrays import Int64s, IntArray
from script_shared.names import section_key

NONE = np.zeros(0, np.int32)
MOST_SECTIONS = 1000  # kept; articles of any further section count as having none


class Articles:
    """Numbers and rows of articles.

    A number is given at the first appearance; reads are remembered by it. Where most numbers are of forgotten articles,
    all are assigned again. A row is a place in the arrays of counts; there are ``capacity`` of them, and the least read
    articles hand theirs on.

    Attributes:
        capacity: number of rows.
        used: rows that were ever in use; higher ones hold nothing.
        ids: article id by number, "" once forgotten.
        numbers: the number of each article that is known, by id.
        number_in: int64 (capacity), number of the article in each row, -1 for a free row.
        first_ms: float64 (capacity), first click or publication of the article in each row.
        last_ms: float64 (capacity), its last click.
        clicks: int64 (capacity), clicks since it has the row.
        section: int32 (capacity), code of its section, 0 when unknown.
        renumbered: how often all numbers were assigned again.
        sections: code of each section, under the spelling that came first; spellings of one key have one code.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity, self.used, self.renumbered = capacity, 0, 0
        self.ids: list[str] = []
        self.first: array[int] = array("q")
        self.row_of: array[int] = array("i")
        self.section_of: array[int] = array("h")
        self.sections: dict[str, int] = {"": 0}
        self._section_codes: dict[str, int] = {"": 0}
        self.numbers: dict[str, int] = {}
        self._free: list[int] = []
        self._columns()

    def _columns(self) -> None:
        self.number_in = np.full(self.capacity, -1, np.int64)
        self.first_ms, self.last_ms = np.zeros(self.capacity), np.zeros(self.capacity)
        self.clicks, self.section = np.zeros(self.capacity, np.int64), np.zeros(self.capacity, np.int32)

    def __len__(self) -> int:
        return len(self.numbers)

    def find(self, article_id: str) -> int:
        """The row of an article, -1 when it has none."""
        number = self.numbers.get(article_id, -1)
        return self.row_of[number] if number >= 0 else -1

    def find_all(self, article_ids: Iterable[str]) -> list[int]:
        """The row of each of some articles, -1 for one that has none."""
        number_of, row_of = self.numbers.get, self.row_of
        numbers = [number_of(article_id, -1) for article_id in article_ids]
        return [row_of[number] if number >= 0 else -1 for number in numbers]

    def id_in(self, row: int) -> str:
        """The id of the article in a row, "" for a free row."""
        number = int(self.number_in[row])
        return self.ids[number] if number >= 0 else ""

    def ids_in(self, rows: Int64s) -> list[str]:
        """The ids of the articles in some rows, "" for a free row; much cheaper than one by one.

        Args:
            rows: int64 (k).
        """
        ids = self.ids
        return [ids[number] if number >= 0 else "" for number in self.number_in[rows].tolist()]

    def rows(self, article_ids: Iterable[str]) -> Int64s:
        """int64: the rows of articles given by id, those that are not alive left out."""
        return np.array([row for row in self.find_all(article_ids) if row >= 0], np.int64)

    def rows_of(self, numbers: IntArray | Sequence[int]) -> Int64s:
        """int64: the rows of articles given by number, those that are not alive left out."""
        rows = np.frombuffer(self.row_of, np.int32)[np.asarray(numbers, np.int64)] if len(numbers) else NONE
        return rows[rows >= 0].astype(np.int64)

    def rows_by_number(self, numbers: IntArray) -> Int64s:
        """int64 (k): the row of the article with each number, -1 when it has none.

        Args:
            numbers: int (k), -1 for no article.
        """
        if not self.row_of:
            return np.full(len(numbers), -1, np.int64)
        return np.where(numbers >= 0, np.frombuffer(self.row_of, np.int32)[numbers], np.int64(-1))

    def live_rows(self) -> Int64s:
        """int64: the rows that hold an article, ascending."""
        return np.flatnonzero(self.number_in[: self.used] >= 0)

    def number(self, article_id: str, time_ms: int) -> int:
        """The permanent number of an article; a new article gets one.

        Args:
            article_id: as the site names it.
            time_ms: of its first click or its publication, epoch milliseconds.
        """
        number = self.numbers.get(article_id)
        if number is None:
            number = self.numbers[article_id] = len(self.ids)
            self.ids.append(article_id)
            self.first.append(time_ms)
            self.row_of.append(-1)
            self.section_of.append(0)
        return number

    @property
    def full(self) -> bool:
        """Whether all rows are used."""
        return not self._free and self.used == self.capacity

    def give_row(self, number: int) -> int:
        """Assign a free row to an article without one; a row must be free."""
        if self._free:
            row = self._free.pop()
        else:
            row, self.used = self.used, self.used + 1
        self.row_of[number], self.number_in[row] = row, number
        self.first_ms[row] = self.last_ms[row] = self.first[number]
        self.clicks[row], self.section[row] = 0, self.section_of[number]
        return row

    def release(self, rows: IntArray) -> None:
        """Take rows back, the first of them to be given again first."""
        for row in rows[::-1].tolist():
            self.row_of[int(self.number_in[row])] = -1
            self.number_in[row] = -1
            self._free.append(row)

    def note_click(self, row: int, time_ms: int, whole: bool) -> None:
        """Note a click on the article of a row; only a ``whole`` one is counted."""
        if whole:
            self.clicks[row] += 1
        if time_ms > self.last_ms.item(row):
            self.last_ms[row] = time_ms

    def turn_back(self, time_ms: int) -> None:
        """Move clicks and publications after a moment back to it."""
        self.first = array("q", np.minimum(np.array(self.first, np.int64), time_ms).tobytes())
        np.minimum(self.first_ms, time_ms, out=self.first_ms)
        np.minimum(self.last_ms, time_ms, out=self.last_ms)

    def learn_section(self, number: int, section: str) -> None:
        """Take the section from a click, where no metadata came before."""
        if self.section_of[number] == 0:
            self.publish(number, self.first[number], section)

    def publish(self, number: int, issued_ms: int, section: str) -> None:
        """Take over metadata of an article; one without a section keeps the section it has."""
        code = self._code(section) or self.section_of[number]
        self.first[number], self.section_of[number] = issued_ms, code
        if (row := self.row_of[number]) >= 0:
            self.first_ms[row], self.section[row] = issued_ms, code

    def section_code(self, section: str) -> int:
        """The code of a section in any spelling, 0 for none, -1 for one that is not known."""
        return self._section_codes.get(section_key(section), -1)

    def _code(self, section: str) -> int:
        """The same, given now when the section is new; 0 when there are too many."""
        code = self.section_code(section)
        if code < 0 and len(self.sections) < MOST_SECTIONS:
            code = self.sections[section] = self._section_codes[section_key(section)] = len(self.sections)
        return max(code, 0)

    def forget_oldest(self, keep: int, spare: int) -> None:
        """Forget the lowest numbers that have no row, ``spare`` not, until about ``keep`` articles are known."""
        idle = (number for number in self.numbers.values() if self.row_of[number] < 0 and number != spare)
        for number in list(islice(idle, max(0, len(self.numbers) - keep))):
            del self.numbers[self.ids[number]]
            self.ids[number] = ""

    def renumber(self) -> Int64s:
        """Assign the numbers again, in order, so that forgotten articles take no place; all of those get number 0.

        Returns:
            int64, the new number of each that there was, -1 for a forgotten one.
        """
        kept, new = list(self.numbers.values()), np.full(len(self.ids), -1, np.int64)
        new[kept] = np.arange(1, len(kept) + 1)
        self.ids = ["", *self.numbers]
        for name, nothing in (("first", 0), ("row_of", -1), ("section_of", 0)):
            column = getattr(self, name)
            setattr(self, name, array(column.typecode, [nothing, *(column[number] for number in kept)]))
        self.numbers = {article_id: number for number, article_id in enumerate(self.ids) if number}
        taken = self.number_in >= 0
        self.number_in[taken] = new[self.number_in[taken]]
        self.renumbered += 1
        return new

    def arrays(self) -> dict[str, IntArray]:
        """What is saved, by name; ids and sections apart."""
        columns = {name: getattr(self, name) for name in ("number_in", "first_ms", "last_ms", "clicks", "section")}
        lists = {name: np.array(getattr(self, name)) for name in ("first", "row_of", "section_of")}
        return {**columns, **lists, "free": np.array(self._free, np.int64), "used": np.array([self.used])}

    def restore(self, arrays: dict[str, IntArray], ids: Sequence[str], sections: Sequence[str]) -> None:
        """Restore the saved values."""
        for name in ("number_in", "first_ms", "last_ms", "clicks", "section"):
            setattr(self, name, np.array(arrays[name]))
        for name, kind in (("first", "q"), ("row_of", "i"), ("section_of", "h")):
            setattr(self, name, array(kind, arrays[name].tolist()))
        self._free, self.used = arrays["free"].tolist(), int(arrays["used"][0])
        self.ids = list(ids)
        self.numbers = {article_id: number for number, article_id in enumerate(ids) if article_id}
        self.sections = {name: code for code, name in enumerate(sections)}
        self._section_codes = {section_key(name): code for name, code in reversed(self.sections.items())}
