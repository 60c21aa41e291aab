"""Rows of candidates are the same whatever number of processes makes them."""

from pipelines.recruiting.sources.nested.cleaning import BATCH, candidate_rows
from tests.pipelines.recruiting.conftest import candidate


def test_two_processes_give_the_rows_of_one_in_the_order_of_the_file() -> None:
    people = {str(number): candidate(f"CV {number}, ana{number}@x.com.br") for number in range(2 * BATCH + 1)}
    alone = [row for batch in candidate_rows(people, 1) for row in batch]
    shared = [row for batch in candidate_rows(people, 2) for row in batch]
    assert [row["candidate_id"] for row in shared] == list(people)
    assert shared == alone
    assert not any("@" in row["cv_text"] for row in shared)
