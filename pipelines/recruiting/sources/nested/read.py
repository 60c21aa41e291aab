"""Reads the three files into raw tables."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.raw_files.progress import progress
from pipelines.recruiting.sources.nested.cleaning import candidate_rows
from pipelines.recruiting.sources.nested.flat import Row, application_rows, contact_of, vacancy_row
from pipelines.recruiting.sources.nested.layout import records
from pipelines.recruiting.tables.contacts import keep_contacts, keeps_contacts
from pipelines.recruiting.tables.raw import write_raw
from pipelines.use_case import Context


def read_nested(context: Context, files: dict[str, Path], folder: Path) -> dict[str, Any]:
    """Write the raw tables of the three files into the folder, and contacts into the encrypted table if they are kept.

    Args:
        context: its settings say whether contacts are kept.
        files: by canonical name, as ``files_in`` gives them.
        folder: of the step landing.

    Returns:
        rows by table.

    Raises:
        InputError: a file is no JSON of this shape; names the file.
    """
    vacancies = records(files["vagas.json"], "vagas.json")
    write_raw(folder, "vacancies", pl.DataFrame([vacancy_row(key, record) for key, record in vacancies.items()]))
    prospects = records(files["prospects.json"], "prospects.json")
    applications = [row for key, record in prospects.items() for row in application_rows(key, record)]
    write_raw(folder, "applications", pl.DataFrame(applications))
    applicants = records(files["applicants.json"], "applicants.json")
    rows: list[Row] = []
    with progress("cleaning CVs", len(applicants), "CV") as advance:
        for batch in candidate_rows(applicants):
            rows += batch
            advance(len(batch))
    write_raw(folder, "candidates", pl.DataFrame(rows))
    counts = {"vacancies": len(vacancies), "candidates": len(rows), "applications": len(applications)}
    if not keeps_contacts(context.settings):
        return counts
    contacts = {key: contact_of(record) for key, record in applicants.items()}
    return {**counts, "contacts": keep_contacts(context, contacts)}
