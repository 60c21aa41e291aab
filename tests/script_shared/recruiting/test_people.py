"""Rows of records by their ids."""

from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.records import Vacancy


def test_rows_of_many_ids_are_those_of_each_id_after_every_change() -> None:
    people = People.of(Vacancy, [Vacancy(str(row), title="Dev") for row in range(5)])
    names = ["3", "nobody", "0", "new", "4"]
    assert people.rows(names) == [3, -1, 0, -1, 4]
    for record in (Vacancy("new"), Vacancy("3", title="Dev Java")):
        people.name(people.push(record))
    people.erase(4)
    assert people.rows(names) == [people.row(name) for name in names] == [6, -1, 0, 5, -1]
