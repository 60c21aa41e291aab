"""The open vacancies that a page shows, and the values its filters offer."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from app.recruiting.answers import shown_vacancy, without_removed
from app.recruiting.filters import fits, where_of
from app.recruiting.release_loader import RecruitingRelease
from script_shared.recruiting.ranking.profiles import tags_of_vacancy

FILTERS = ("state", "level", "english", "contract", "area")
COLUMNS = {"contract": "contract_types", "area": "areas"}  # fields whose name differs from the filter's
SUGGESTED = ("state", "level", "academic", "english", "spanish")
ON_A_PAGE = 25


class OpenList:
    """The open vacancies of a release, newest first.

    Attributes:
        lines: of the page.
        total: how many there are on all pages.
        choices: values of each filter.
    """

    def __init__(self, loaded: RecruitingRelease, chosen: Mapping[str, str], offset: int) -> None:
        self._chosen = {name: chosen[name] for name in FILTERS if chosen.get(name)}
        where = where_of({name: [value] for name, value in self._chosen.items()})
        rows = without_removed(loaded, loaded.matcher.open_vacancies().tolist())
        records = [shown_vacancy(loaded, row) for row in rows]
        self.choices = {name: values_of(records, COLUMNS.get(name, name)) for name in FILTERS}
        kept = [
            record
            for row, record in zip(rows, records, strict=True)
            if fits(tags_of_vacancy(loaded.matcher.vacancies.get(row)), where)
        ]
        kept.sort(key=lambda each: (each["asked_on"] or "", each["vacancy_id"]), reverse=True)
        self.lines, self.total, self.offset = kept[offset : offset + ON_A_PAGE], len(kept), offset

    @property
    def before(self) -> str | None:
        """The address of the page before, None for none."""
        return self._address(max(0, self.offset - ON_A_PAGE)) if self.offset else None

    @property
    def after(self) -> str | None:
        """The address of the page after, None for none."""
        following = self.offset + ON_A_PAGE
        return self._address(following) if following < self.total else None

    def _address(self, offset: int) -> str:
        return "?" + urlencode({**self._chosen, "offset": offset})


def values_of(records: list[dict[str, Any]], name: str) -> list[str]:
    """The values that records have in a field, in order.

    Args:
        records: of vacancies.
        name: of the field, which holds a text or a list of texts.
    """
    values = [record[name] for record in records]
    return sorted({each for value in values for each in (value if isinstance(value, list) else [value]) if each})
