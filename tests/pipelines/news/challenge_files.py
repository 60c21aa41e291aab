"""Writes small raw files in the challenge's exact format, for tests."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings

START = 1_656_644_400_000  # 2022-07-01 03:00 UTC, milliseconds
HEADER = ["userId", "userType", "historySize", "history", "timestampHistory", "numberOfClicksHistory"]
HEADER += ["timeOnPageHistory", "scrollPercentageHistory", "pageVisitsCountHistory", "timestampHistory_new"]
ITEM_HEADER = ["page", "url", "issued", "modified", "title", "body", "caption"]
PAGES = [f"{number:08d}-1111-2222-3333-444444444444" for number in range(12)]


@dataclass
class Reader:
    """One row of a treino file; a read is (page, ms, clicks, milliseconds on page, scroll, visits)."""

    user_id: str
    reads: list[tuple[Any, ...]] = field(default_factory=list)
    user_type: str = "Non-Logged"

    def row(self, *, numpy: bool = False) -> list[str]:
        columns = list(zip(*self.reads, strict=True)) or [()] * 6
        cells = [numpy_list(values) if numpy else comma_list(values) for values in columns]
        return [self.user_id, self.user_type, str(len(self.reads)), *cells, cells[1]]


def comma_list(values: Sequence[Any]) -> str:
    """``a, b``"""
    return ", ".join(str(value) for value in values)


def numpy_list(values: Sequence[Any]) -> str:
    """``['a'\\n 'b']`` for text, ``[1 2]`` for numbers."""
    if any(isinstance(value, str) for value in values):
        return "[" + "\n ".join(f"'{value}'" for value in values) + "]"
    return "[" + " ".join(str(value) for value in values) + "]"


def read(page: int | str = 0, ms: int = START, **other: Any) -> tuple[Any, ...]:
    """A plain read, with what a test wants to be different."""
    values = {"clicks": 2, "on_page": 60_000, "scroll": 50.5, "visits": 1} | other
    return (PAGES[page] if isinstance(page, int) else page, ms, *values.values())


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def item(page: str, **other: str) -> list[str]:
    """One row of an items file."""
    cells = {
        "page": page,
        "url": "https://pauta.example/economia/noticia/2022/07/01/a.ghtml",
        "issued": "2022-07-01 02:00:00+00:00",
        "modified": "2023-06-30 02:00:00+00:00",
        "title": "Título, com vírgula",
        "body": 'Primeira linha.\nSegunda "linha", com aspas.',
        "caption": "Legenda",
    }
    return list((cells | other).values())


def write_raw(
    raw: Path,
    readers: Sequence[Reader],
    *,
    items: Sequence[Sequence[str]] | None = None,
    validation: Sequence[tuple[str, list[Any], list[Any]]] = (),
    numpy: bool = False,
    parts: int = 2,
) -> None:
    """Write the files; users are dealt over the parts in order."""
    size = -(-len(readers) // parts)
    for part in range(parts):
        rows = [reader.row(numpy=numpy) for reader in readers[part * size : (part + 1) * size]]
        write_csv(raw / f"files/treino/treino_parte{part + 1}.csv", HEADER, rows)
    pages = [item(page) for page in PAGES] if items is None else items
    write_csv(raw / "itens/itens/itens-parte1.csv", ITEM_HEADER, pages)
    if validation:
        rows = [[user, "Logged", numpy_list(pages), numpy_list(times)] for user, pages, times in validation]
        write_csv(raw / "validacao.csv", ["userId", "userType", "history", "timestampHistory"], rows)


def context_of(folder: Path, **params: dict[str, Any]) -> Context:
    """A context over ``folder`` with the package's params; ``params`` replace whole sections."""
    base = load_params(NewsParams, FILE).model_dump()
    settings = Settings(data_dir=folder / "data", evaluation_dir=folder / "evaluation", models_uri=str(folder / "m"))
    return Context(settings, NewsParams.model_validate(base | params), Run(folder / "data" / "news", "run-1"))
