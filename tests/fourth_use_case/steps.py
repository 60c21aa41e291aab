"""From a CSV of ``day,branch,loans`` to a release in service."""

import csv
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

from pipelines.measures.gate import Comparison, Rule, judge
from pipelines.publishing import publish_release, step_facts
from pipelines.use_case import Context
from script_shared.errors import InputError, SourceError
from tests.fourth_use_case.model import Forecast, Row

RAW, ROWS = "loans.csv", "rows.json"
BRANCHES = {"east": 1, "west": 2, "sé": 3}  # of the generated file, with their own number


def check(context: Context) -> None:
    """The file must be there."""
    if context.source_path is None or not context.source_path.is_file():
        raise SourceError("there is no CSV of loans.", fix="Set PAUTA_LOANS_SOURCE_PATH to it.")


def download(context: Context) -> dict[str, Any]:
    """Copy the file."""
    check(context)
    assert context.source_path is not None
    with context.run.write("raw") as (folder, facts):
        shutil.copyfile(context.source_path, folder / RAW)
        facts["source"] = context.source
    return facts


def refine(context: Context) -> dict[str, Any]:
    """Check every row."""
    with (context.run.read("raw") / RAW).open(encoding="utf-8", newline="") as file:
        rows = [_row(number, line) for number, line in enumerate(csv.DictReader(file), start=2)]
    with context.run.write("refined") as (folder, facts):
        content = [(day.isoformat(), branch, loans) for day, branch, loans in sorted(rows)]
        (folder / ROWS).write_text(json.dumps(content), encoding="utf-8")
        facts["rows"] = len(rows)
    return facts


def train(context: Context) -> dict[str, Any]:
    """Fit on all but the held-out days, to be measured, and on all, to be served."""
    rows = _rows(context)
    with context.run.write("trained") as (folder, facts):
        for name, used in (("measured", _before(context, rows)), ("served", rows)):
            (folder / name).mkdir()
            Forecast.fit(used).save(folder / name)
        facts["branches"] = len({branch for _, branch, _ in rows})
    return facts


def evaluate(context: Context) -> dict[str, Any]:
    """Closeness, 1 / (1 + mean absolute error), on the held-out days, beside the same number as the day before."""
    rows = _rows(context)
    held_out = [row for row in rows if row[0] > _split(context, rows)]
    known = {(day, branch): loans for day, branch, loans in rows}
    before = [known.get((day - timedelta(days=1), branch), 0) for day, branch, _ in held_out]
    with context.run.write("evaluated") as (_, facts):
        facts["rows"] = len(held_out)
        facts["candidate"] = _closeness(Forecast.load(context.run.read("trained") / "measured"), held_out)
        facts["day before"] = 1 / (1 + fmean(abs(a - n) for a, (_, _, n) in zip(before, held_out, strict=True)))
    return facts


def evaluate_service(context: Context) -> dict[str, Any]:
    """The same of the release in service."""
    pointer = context.releases.current()
    if pointer is None:
        return {"skipped": "no release"}
    rows = _rows(context)
    held_out = [row for row in rows if row[0] > _split(context, rows)]
    return {
        "release": pointer.version,
        "closeness": _closeness(Forecast.load(context.releases.fetch(pointer.version)), held_out),
    }


def gate(context: Context) -> dict[str, Any]:
    """The candidate must beat the day before."""
    found = context.run.facts("evaluated")
    compared = Comparison("all", "day before", found["candidate"], found["day before"], found["rows"], beat=True)
    verdict = judge([compared], Rule("closeness", 1, context.params.tolerance, 1), context.options.force)
    pointer = context.releases.current()
    with context.run.write("gated") as (_, facts):
        facts |= {**verdict.as_dict(), "in_service": pointer and pointer.version}
    return facts


def publish(context: Context) -> dict[str, Any]:
    """Add it to the releases."""
    facts = {"gate": step_facts(context, "gated"), "evaluation": step_facts(context, "evaluated")}
    return publish_release(context, context.run.read("trained") / "served", facts)


def _row(number: int, line: dict[str, str]) -> Row:
    try:
        return date.fromisoformat(line["day"]), line["branch"], int(line["loans"])
    except (KeyError, ValueError, TypeError):
        raise InputError(f"{RAW}, line {number}: is no day, branch and number.", fix="Correct that line.") from None


def _rows(context: Context) -> list[Row]:
    content = json.loads((context.run.read("refined") / ROWS).read_text(encoding="utf-8"))
    return [(date.fromisoformat(day), branch, loans) for day, branch, loans in content]


def _split(context: Context, rows: list[Row]) -> date:
    return max(day for day, _, _ in rows) - timedelta(days=context.params.held_out_days)


def _before(context: Context, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[0] <= _split(context, rows)]


def _closeness(forecast: Forecast, rows: list[Row]) -> float:
    return 1 / (1 + fmean(abs(forecast.predict(branch, day) - loans) for day, branch, loans in rows))


def write_csv(file: Path, days: int = 90, until: date = date(2026, 11, 28)) -> None:
    """Three branches; each lends ten times the weekday's number (1 to 7) and its own number more."""
    lines = ["day,branch,loans"]
    for back in range(days):
        day = until - timedelta(days=back)
        lines += [
            f"{day},{name},{10 * day.isoweekday() + more}" for name, more in (("east", 1), ("west", 2), ("sé", 3))
        ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
