"""Unreachable tables, and a change that cannot be applied, stop no answer of the release in memory."""

import httpx
import pytest

from app.recruiting.live_records import LiveRecords
from script_shared.errors import UnavailableError
from script_shared.recruiting.store.store import RecruitingStore
from tests.app.conftest import until
from tests.app.recruiting.releases import VACANCY
from tests.app.recruiting.test_records import NEW, put, titles

pytestmark = pytest.mark.slow

PATH = f"/recruiting/vacancies/{VACANCY}/candidates"


def test_reads_continue_while_the_tables_are_unreachable(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def down(_store: RecruitingStore, _change: int) -> list[object]:
        tries.append(1)
        raise UnavailableError("the recruiting tables do not answer.", fix="Start the database.")

    monkeypatch.setattr(RecruitingStore, "since", down)
    until(lambda: client.get(PATH).status_code == 200 and bool(tries))
    assert [client.get(PATH).status_code for _ in range(20)] == [200] * 20
    assert len(tries) == 1  # the next read waits


def test_a_change_that_cannot_be_applied_is_left_out_and_later_ones_count(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = LiveRecords._put

    def failing(self: LiveRecords, matcher: object, position: object, stored: object) -> None:
        if stored.record.get("vacancy_id") == "broken":  # type: ignore[attr-defined]
            raise ValueError("cannot be")
        apply(self, matcher, position, stored)  # type: ignore[arg-type]

    monkeypatch.setattr(LiveRecords, "_put", failing)
    put(client, "vacancies/broken", NEW)
    put(client, "vacancies/new-1", {**NEW, "title": "Fiandeira de algodão"})
    assert titles(client, "fiandeira algodão")[0] == "Fiandeira de algodão"
