"""The tries of a search as records for MLflow, each a run of its own."""

from typing import Any

from pipelines.runs import Run
from pipelines.students.search.result import found_in
from pipelines.tracking.record import Record, flat, numbers
from pipelines.tracking.run_facts import data_of


def tried_records(run: Run) -> list[Record]:
    """A record of each try of the run's search; a try that a later run finds again is the same record.

    Args:
        run: whose step search is read.
    """
    found = found_in(run)
    return [_record(run, found, each) for each in found.get("records", ())]


def _record(run: Run, found: dict[str, Any], each: dict[str, Any]) -> Record:
    name = f"{found['study']}-{each['number']:04d}"
    return Record(
        key=name,
        run_id=name,
        state="finished",
        started_ms=each["started_ms"],
        ended_ms=each["ended_ms"],
        params=flat(each["choice"]),
        metrics=numbers({f"search/{found['metric']}": each["value"]}),
        tags={"pauta.try": each["state"], "pauta.study": found["study"]},
        data=data_of(run, "landing"),
    )
